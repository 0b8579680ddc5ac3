#include "emulator/config/data_folder.h"

#include "emulator/base/arena.h"

/* The XDG specification wants absolute paths and tells to ignore others. */
static bool is_absolute(const char *path)
{
    return path != NULL && path[0] == '/';
}

const char *data_folder_default(struct arena *arena, config_env_fn *env, void *env_owner)
{
    const char *state = env(env_owner, "XDG_STATE_HOME");
    if (is_absolute(state))
        return arena_printf(arena, "%s/hydrant", state);
    const char *home = env(env_owner, "HOME");
    if (is_absolute(home))
        return arena_printf(arena, "%s/.local/state/hydrant", home);
    return "/var/lib/hydrant";
}
