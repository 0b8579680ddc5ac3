#include "emulator/loop/program_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

/* Version managers put a stand-in for every version there is into a folder of this name; it fails
 * unless that version was chosen. */
static bool is_shims(struct slice folder)
{
    return slice_ends_with(folder, SLICE("/shims"));
}

static const char *find(struct arena *arena, const char *name, bool takes_shims)
{
    const char *path = getenv("PATH"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    struct slice rest = slice_of(path != NULL ? path : DEFAULT_PATH);
    while (rest.ptr != NULL) {
        struct slice folder = slice_cut(&rest, ':');
        const char *file = arena_printf(arena, "%.*s/%s", SLICE_ARG(folder), name);
        if (file != NULL && folder.len > 0 && access(file, X_OK) == 0 &&
            (takes_shims || !is_shims(folder)))
            return file;
    }
    return NULL;
}

const char *program_path_find(struct arena *arena, const char *name)
{
    const char *found = find(arena, name, false);
    return found != NULL ? found : find(arena, name, true);
}
