/*
 * Removing code no function refers to: of deleted functions, of earlier revisions, of a crash
 * between unpacking and COMMIT.
 *
 *     asked -> SWEEP_DELAY_MS -> quiet and committed? -> moved to the trash (loop thread)
 *                  ^                   | no                   '-> removed (worker)
 *                  '-------------------'
 *
 * Moving a folder is quick whatever is in it. A sweep waits until nothing is in flight: a
 * package being unpacked has no row yet, and an invocation that waits may still need old code.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/lambda_internal.h"
#include "storage/db.h"
#include "storage/layer_store.h"

#define TRASH_FOLDER ".trash"
#define SWEEP_DELAY_MS 1000

typedef enum status uses_fn(struct db *db, struct slice name, bool *ret_uses);

/* `name` is "<revision>" or "<revision>.zip". */
static void sweep_entry(struct lambda_engine *engine, const char *folder, const char *name,
                        uses_fn *uses)
{
    struct slice revision = slice_of(name);
    if (slice_ends_with(revision, SLICE(".zip")))
        revision.len -= sizeof(".zip") - 1;
    bool is_used = true;
    enum status status = uses(engine->options.db, revision, &is_used);
    if (status != STATUS_OK || is_used)
        return;
    char path[PATH_MAX];
    char trash[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
        snprintf(trash, sizeof(trash), "%s/%s", engine->trash_folder, name) >= (int)sizeof(trash))
        return;
    if (rename(path, trash) != 0)
        log_line(LOG_WARNING, "old code cannot be removed: %s: %s", path,
                 status_text(status_from_errno(errno)));
}

static void sweep_revision(struct lambda_engine *engine, const char *folder, const char *name)
{
    sweep_entry(engine, folder, name, function_store_uses_code);
}

static void sweep_layer(struct lambda_engine *engine, const char *folder, const char *name)
{
    sweep_entry(engine, folder, name, layer_store_uses_code);
}

static void sweep_opt(struct lambda_engine *engine, const char *folder, const char *name)
{
    sweep_entry(engine, folder, name, function_store_uses_layers);
}

static void for_each_entry(struct lambda_engine *engine, const char *folder,
                           void (*fn)(struct lambda_engine *engine, const char *folder,
                                      const char *name))
{
    DIR *dir = opendir(folder);
    struct dirent *entry = NULL;
    /* One stream, one thread: readdir() is safe. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            fn(engine, folder, entry->d_name);
    }
    if (dir != NULL)
        (void)closedir(dir);
}

static void sweep_function(struct lambda_engine *engine, const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return;
    for_each_entry(engine, path, sweep_revision);
    (void)remove(path); /* succeeds when it is empty now */
}

static void sweep_inside(struct lambda_engine *engine, const char *name,
                         void (*fn)(struct lambda_engine *engine, const char *folder,
                                    const char *name))
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", engine->functions_folder, name) < (int)sizeof(path))
        for_each_entry(engine, path, fn);
}

static bool make_trash(const struct lambda_engine *engine)
{
    return mkdir(engine->trash_folder, 0700) == 0 || errno == EEXIST;
}

void lambda_trash(struct lambda_engine *engine, const char *path)
{
    char trash[PATH_MAX];
    int len = snprintf(trash, sizeof(trash), "%s/%llu", engine->trash_folder,
                       (unsigned long long)engine->trashed++);
    if (len >= (int)sizeof(trash) || !make_trash(engine) || rename(path, trash) != 0)
        log_line(LOG_WARNING, "cannot be removed: %s", path);
    else
        lambda_engine_sweep(engine);
}

static void move_to_trash(struct lambda_engine *engine)
{
    if (make_trash(engine))
        for_each_entry(engine, engine->functions_folder, sweep_function);
    sweep_inside(engine, LAMBDA_LAYERS_FOLDER, sweep_layer);
    sweep_inside(engine, LAMBDA_OPT_FOLDER, sweep_opt);
}

static void remove_work(struct worker_job *job)
{
    const struct lambda_engine *engine = list_entry(job, struct lambda_engine, sweep_job);
    function_package_remove(engine->trash_folder);
}

static void remove_done(struct worker_job *job)
{
    struct lambda_engine *engine = list_entry(job, struct lambda_engine, sweep_job);
    engine->is_sweeping = false;
    engine->busy--;
}

static void on_due(struct loop_timer *timer)
{
    struct lambda_engine *engine = list_entry(timer, struct lambda_engine, sweep_timer);
    if (engine->busy > 0 || engine->is_sweeping || db_is_dirty(engine->options.db)) {
        lambda_engine_sweep(engine);
        return;
    }
    move_to_trash(engine);
    engine->sweep_job.work = remove_work;
    engine->sweep_job.done = remove_done;
    if (worker_submit(engine->options.loop, &engine->sweep_job) != STATUS_OK)
        return; /* the trash goes with the next sweep */
    engine->is_sweeping = true;
    engine->busy++;
}

/* Without memory for the timer the next start sweeps. */
void lambda_engine_sweep(struct lambda_engine *engine)
{
    enum status status =
        loop_timer_start(engine->options.loop, &engine->sweep_timer, SWEEP_DELAY_MS, on_due);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "old code is removed at the next start only: %s",
                 status_text(status));
}

enum status lambda_sweep_init(struct lambda_engine *engine)
{
    engine->trash_folder = lambda_path_join(engine->functions_folder, TRASH_FOLDER);
    if (engine->trash_folder == NULL)
        return STATUS_NO_MEMORY;
    move_to_trash(engine);
    function_package_remove(engine->trash_folder);
    return STATUS_OK;
}

void lambda_sweep_close(struct lambda_engine *engine)
{
    loop_timer_close(&engine->sweep_timer);
    mem_free(engine->trash_folder);
}
