#include "emulator/lambda/layer_folder.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"

/* ---- laying over ------------------------------------------------------------------------- */

static enum status make_folder(const char *path)
{
    if (mkdir(path, 0755) == 0)
        return STATUS_OK;
    struct stat info;
    if (errno != EEXIST || lstat(path, &info) != 0)
        return status_from_errno(errno);
    if (S_ISDIR(info.st_mode))
        return STATUS_OK;
    if (unlink(path) != 0 || mkdir(path, 0755) != 0)
        return status_from_errno(errno);
    return STATUS_OK;
}

static enum status put_file(const char *from, const char *to)
{
    if (link(from, to) == 0)
        return STATUS_OK;
    if (errno != EEXIST)
        return status_from_errno(errno);
    function_package_remove(to); /* a file or a folder of an earlier layer */
    return link(from, to) == 0 ? STATUS_OK : status_from_errno(errno);
}

static enum status put_entry(const FTSENT *entry, size_t from_len, const char *to)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s%s", to, entry->fts_path + from_len);
    if (len < 0 || (size_t)len >= sizeof(path))
        return STATUS_TOO_LARGE;
    if (entry->fts_info == FTS_D)
        return make_folder(path);
    if (entry->fts_info == FTS_F)
        return put_file(entry->fts_accpath, path);
    return entry->fts_info == FTS_DP ? STATUS_OK : STATUS_IO_ERROR;
}

enum status layer_folder_lay_over(const char *from, const char *to)
{
    char start[PATH_MAX];
    if (snprintf(start, sizeof(start), "%s", from) >= (int)sizeof(start))
        return STATUS_TOO_LARGE;
    char *const paths[] = {start, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL)
        return status_from_errno(errno);
    enum status status = STATUS_OK;
    const FTSENT *entry = NULL;
    while (status == STATUS_OK && (entry = fts_read(walk)) != NULL)
        status = put_entry(entry, strlen(from), to);
    (void)fts_close(walk);
    return status;
}

/* ---- the job ----------------------------------------------------------------------------- */

static char *path_in(const struct lambda_engine *engine, const char *folder, struct slice name)
{
    size_t size = strlen(engine->functions_folder) + strlen(folder) + name.len + 3;
    char *path = mem_alloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%s/%s/%.*s", engine->functions_folder, folder, SLICE_ARG(name));
    return path;
}

static void work(struct worker_job *worker)
{
    struct layer_folder_job *job = list_entry(worker, struct layer_folder_job, job);
    const char *to = job->paths[job->count];
    job->status = make_folder(to);
    for (size_t i = 0; i < job->count && job->status == STATUS_OK; i++)
        job->status = layer_folder_lay_over(job->paths[i], to);
    if (job->status != STATUS_OK)
        function_package_remove(to);
}

static void free_paths(struct layer_folder_job *job)
{
    for (size_t i = 0; i <= job->count; i++)
        mem_free(job->paths[i]);
}

static void done(struct worker_job *worker)
{
    struct layer_folder_job *job = list_entry(worker, struct layer_folder_job, job);
    struct lambda_engine *engine = job->engine;
    free_paths(job);
    job->done(job); /* may free it */
    engine->busy--;
    sim_clock_release(engine->options.clock);
}

static bool make_paths(struct layer_folder_job *job)
{
    bool ok = true;
    for (size_t i = 0; i < job->count; i++) {
        job->paths[i] = path_in(job->engine, LAMBDA_LAYERS_FOLDER, job->revisions[i]);
        ok = ok && job->paths[i] != NULL;
    }
    job->paths[job->count] = path_in(job->engine, LAMBDA_OPT_FOLDER, slice_of(job->name));
    return ok && job->paths[job->count] != NULL;
}

enum status layer_folder_start(struct lambda_engine *engine, struct layer_folder_job *job)
{
    job->engine = engine;
    job->job.work = work;
    job->job.done = done;
    random_uuid(engine->options.random, job->name);
    enum status status = make_paths(job) ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = worker_submit(engine->options.loop, &job->job);
    if (status != STATUS_OK) {
        free_paths(job);
        return status;
    }
    engine->busy++;
    sim_clock_hold(engine->options.clock);
    return STATUS_OK;
}

/* ---- paths ------------------------------------------------------------------------------- */

const char *layer_folder_path(const struct lambda_engine *engine, struct arena *arena,
                              const struct function_row *row)
{
    if (row->layer_folder.len == 0)
        return NULL;
    return arena_printf(arena, "%s/%s/%.*s", engine->functions_folder, LAMBDA_OPT_FOLDER,
                        SLICE_ARG(row->layer_folder));
}

const char *layer_folder_package_path(const struct lambda_engine *engine, struct arena *arena,
                                      struct slice code_revision)
{
    return arena_printf(arena, "%s/%s/%.*s.zip", engine->functions_folder, LAMBDA_LAYERS_FOLDER,
                        SLICE_ARG(code_revision));
}
