#include "emulator/init/init_scripts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"

enum { ENTRIES_MAX = 1024 }; /* of one folder, whatever they are */

static const struct {
    const char *name;
    const char *folder;
} stages[INIT_STAGE_COUNT] = {
    [INIT_BOOT] = {"BOOT", "boot.d"},
    [INIT_START] = {"START", "start.d"},
    [INIT_READY] = {"READY", "ready.d"},
    [INIT_SHUTDOWN] = {"SHUTDOWN", "shutdown.d"},
};

static const char *const states[] = {
    [INIT_UNKNOWN] = "UNKNOWN",
    [INIT_RUNNING] = "RUNNING",
    [INIT_SUCCESSFUL] = "SUCCESSFUL",
    [INIT_ERROR] = "ERROR",
};

const char *init_stage_name(enum init_stage stage)
{
    return stages[stage].name;
}

const char *init_stage_folder(enum init_stage stage)
{
    return stages[stage].folder;
}

const char *init_state_name(enum init_state state)
{
    return states[state];
}

/* One search; a folder at a time, and in it those below. */
struct search {
    struct arena *arena;
    struct init_scripts *scripts;
    enum init_stage stage;
    const char *where;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is in the folder, sorted; names that begin with a dot are nobody's scripts. */
static enum status list_folder(struct search *search, const char *folder, const char ***ret_names,
                               size_t *ret_count)
{
    const char **names = arena_alloc(search->arena, ENTRIES_MAX * sizeof(*names));
    DIR *dir = names != NULL ? opendir(folder) : NULL;
    if (dir == NULL)
        return names == NULL ? STATUS_NO_MEMORY : status_from_errno(errno);
    const struct dirent *entry = NULL;
    enum status status = STATUS_OK;
    size_t count = 0;
    /* One stream, one thread: readdir() is safe. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (status == STATUS_OK && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (count == ENTRIES_MAX)
            status = STATUS_TOO_LARGE;
        else if ((names[count++] = arena_text(search->arena, slice_of(entry->d_name))) == NULL)
            status = STATUS_NO_MEMORY;
    }
    (void)closedir(dir);
    if (status == STATUS_OK)
        qsort(names, count, sizeof(*names), by_name);
    *ret_names = names;
    *ret_count = count;
    return status;
}

static bool is_script(struct slice name)
{
    return slice_ends_with(name, SLICE(".sh")) || slice_ends_with(name, SLICE(".py"));
}

static enum status take(struct search *search, const char *name, const char *path)
{
    struct init_scripts *scripts = search->scripts;
    if (scripts->count == INIT_SCRIPTS_MAX)
        return STATUS_TOO_LARGE;
    scripts->items[scripts->count++] =
        (struct init_script){.stage = search->stage, .name = name, .path = path};
    return STATUS_OK;
}

static enum status search_folder(struct search *search, const char *folder, int depth);

/* The files of a folder, or the folders in it. */
static enum status search_kind(struct search *search, const char *folder, const char *const *names,
                               size_t count, mode_t kind, int depth)
{
    for (size_t i = 0; i < count; i++) {
        struct stat found;
        const char *path = arena_printf(search->arena, "%s/%s", folder, names[i]);
        if (path == NULL)
            return STATUS_NO_MEMORY;
        if (stat(path, &found) != 0 || (found.st_mode & S_IFMT) != kind)
            continue;
        enum status status = STATUS_OK;
        if (kind == S_IFDIR)
            status = search_folder(search, path, depth + 1);
        else if (is_script(slice_of(names[i])))
            status = take(search, names[i], path);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* As deep as INIT_DEPTH_MAX. NOLINTNEXTLINE(misc-no-recursion) */
static enum status search_folder(struct search *search, const char *folder, int depth)
{
    const char **names = NULL;
    size_t count = 0;
    search->where = folder;
    if (depth > INIT_DEPTH_MAX)
        return STATUS_TOO_LARGE;
    enum status status = list_folder(search, folder, &names, &count);
    if (status == STATUS_OK)
        status = search_kind(search, folder, names, count, S_IFREG, depth);
    if (status == STATUS_OK)
        status = search_kind(search, folder, names, count, S_IFDIR, depth);
    return status;
}

static enum status search_stage(struct search *search, const char *root)
{
    const char *folder = arena_printf(search->arena, "%s/%s", root, stages[search->stage].folder);
    if (folder == NULL)
        return STATUS_NO_MEMORY;
    enum status status = search_folder(search, folder, 0);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status init_scripts_find(const char *const *folders, size_t folder_count, struct arena *arena,
                              struct init_scripts *scripts, const char **ret_where)
{
    struct search search = {.arena = arena, .scripts = scripts, .where = ""};
    enum status status = STATUS_OK;
    for (int stage = 0; stage < INIT_STAGE_COUNT && status == STATUS_OK; stage++)
        for (size_t i = 0; i < folder_count && status == STATUS_OK; i++) {
            search.stage = (enum init_stage)stage;
            status = search_stage(&search, folders[i]);
        }
    *ret_where = search.where;
    return status;
}
