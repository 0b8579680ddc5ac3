#include "emulator/app_folder.h"

#include <stdlib.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/config/config.h"
#include "storage/folder.h"

static bool make_given(struct app_folder *folder, const char *path)
{
    folder->path = path;
    enum status status = folder_make(path);
    if (status == STATUS_EXISTS)
        log_line(LOG_ERROR, "cannot make the data folder %s: a file is in its way", path);
    else if (status != STATUS_OK)
        log_line(LOG_ERROR, "cannot make the data folder %s: %s", path, status_text(status));
    return status == STATUS_OK;
}

static bool make_ephemeral(struct app_folder *folder, struct arena *arena)
{
    const char *parent = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): before any thread */
    char *path = arena_printf(arena, "%s/hydrant-XXXXXX", parent != NULL ? parent : "/tmp");
    if (path == NULL || mkdtemp(path) == NULL) {
        log_line(LOG_ERROR, "cannot make a temporary folder");
        return false;
    }
    folder->path = path;
    folder->is_ephemeral = true;
    return true;
}

static bool lock(struct app_folder *folder)
{
    enum status status = folder_lock(folder->path, &folder->lock);
    if (status == STATUS_BUSY)
        log_line(LOG_ERROR, "another Hydrant is using %s; stop it or choose --data", folder->path);
    else if (status != STATUS_OK)
        log_line(LOG_ERROR, "cannot lock the data folder %s: %s", folder->path,
                 status_text(status));
    return status == STATUS_OK;
}

bool app_folder_take(struct app_folder *folder, const struct config *config, struct arena *arena)
{
    bool is_made =
        config->ephemeral ? make_ephemeral(folder, arena) : make_given(folder, config->data);
    return is_made && lock(folder);
}

void app_folder_remove(const struct app_folder *folder)
{
    if (!folder->is_ephemeral)
        return;
    enum status status = folder_remove(folder->path);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "cannot remove %s: %s", folder->path, status_text(status));
}

void app_folder_leave(struct app_folder *folder)
{
    if (folder->lock >= 0)
        (void)close(folder->lock);
    app_folder_remove(folder);
}
