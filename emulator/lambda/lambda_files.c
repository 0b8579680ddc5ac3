/*
 * Functions from files (`serve --function NAME=path.so`).
 *
 *     changed -> settle (200 ms without a further change) -> load on a worker
 *         it can be loaded:  the next invocation uses it, the old one is unloaded first
 *         it cannot:         the old one stays, the log says why
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/isolated_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/transform/plugin_file.h"

#define SETTLE_MS 200

_Static_assert(LAMBDA_REASON_BYTES == PLUGIN_REASON_BYTES, "one buffer serves both");

static void start_reload(struct lambda_slot *slot);

/* Where C transforms are isolated, they are not loaded here: only that they could be is made sure
 * of. */
static enum status load(const struct lambda_engine *engine, const char *path, char *reason,
                        struct plugin_file **ret_file)
{
    struct plugin_file *file = NULL;
    if (!engine->options.isolates)
        return plugin_file_open(path, engine->copy_folder, reason, ret_file);
    enum status status = plugin_file_copy(path, engine->copy_folder, reason, &file);
    if (status == STATUS_OK)
        status = isolated_process_probe(engine, file->copy_path, path, reason);
    if (status == STATUS_OK)
        *ret_file = file;
    else
        plugin_file_close(file);
    return status;
}

static void reload_work(struct worker_job *job)
{
    struct lambda_reload *reload = list_entry(job, struct lambda_reload, job);
    const struct lambda_slot *slot = list_entry(reload, struct lambda_slot, reload);
    reload->status = load(slot->engine, slot->file_path, reload->reason, &reload->file);
}

static void reload_done(struct worker_job *job)
{
    struct lambda_reload *reload = list_entry(job, struct lambda_reload, job);
    struct lambda_slot *slot = list_entry(reload, struct lambda_slot, reload);
    slot->engine->busy--;
    reload->is_running = false;
    if (reload->status == STATUS_OK) {
        plugin_file_close(slot->next); /* never used: its init() has not run */
        slot->next = reload->file;
        log_line(LOG_INFO, "function %.*s: reloaded from %s", SLICE_ARG(slot->name),
                 slot->file_path);
    } else {
        log_line(LOG_ERROR, "function %.*s: not reloaded, the old code stays: %s",
                 SLICE_ARG(slot->name), reload->reason);
    }
    reload->file = NULL;
    if (reload->is_asked_again)
        start_reload(slot);
}

static void start_reload(struct lambda_slot *slot)
{
    struct lambda_reload *reload = &slot->reload;
    reload->is_asked_again = reload->is_running;
    if (reload->is_running)
        return;
    reload->job.work = reload_work;
    reload->job.done = reload_done;
    enum status status = worker_submit(slot->engine->options.loop, &reload->job);
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "function %.*s: not reloaded: %s", SLICE_ARG(slot->name),
                 status_text(status));
        return;
    }
    reload->is_running = true;
    slot->engine->busy++;
}

static void on_settled(struct loop_timer *timer)
{
    start_reload(list_entry(timer, struct lambda_slot, settle));
}

static void on_change(void *arg)
{
    struct lambda_slot *slot = arg;
    if (loop_timer_start(slot->engine->options.loop, &slot->settle, SETTLE_MS, on_settled) !=
        STATUS_OK)
        log_line(LOG_ERROR, "function %.*s: its file changed, but there is no memory to reload it",
                 SLICE_ARG(slot->name));
}

void lambda_file_close(struct lambda_slot *slot)
{
    loop_file_watch_stop(slot->watch);
    slot->watch = NULL;
    loop_timer_close(&slot->settle);
    plugin_file_close(slot->next);
    slot->next = NULL;
    free(slot->file_path); /* realpath()'s */
    slot->file_path = NULL;
}

/* `file` and `path` are taken when it succeeds. */
static enum status adopt(struct lambda_slot *slot, char *path, struct plugin_file *file)
{
    struct loop_file_watch *watch = NULL;
    enum status status =
        loop_file_watch_start(slot->engine->options.loop, path, on_change, slot, &watch);
    if (status != STATUS_OK)
        return status;
    loop_file_watch_stop(slot->watch);
    slot->watch = watch;
    plugin_file_close(slot->next);
    slot->next = file;
    free(slot->file_path);
    slot->file_path = path;
    return STATUS_OK;
}

static enum status adopt_by_name(struct lambda_engine *engine, struct slice account,
                                 struct slice name, char *path, struct plugin_file *file)
{
    struct lambda_slot *slot = lambda_slot_find(engine, account, SLICE(""), name);
    if (slot != NULL && slot->reload.is_running)
        return STATUS_BUSY; /* its worker reads the old path */
    bool is_new = slot == NULL;
    if (is_new)
        slot = lambda_slot_create(engine, account, SLICE(""), name);
    if (slot == NULL)
        return STATUS_NO_MEMORY;
    enum status status = adopt(slot, path, file);
    if (status != STATUS_OK && is_new)
        lambda_slot_destroy(slot);
    return status;
}

enum status lambda_engine_add_file(struct lambda_engine *engine, struct slice account,
                                   struct slice name, const char *path, char *reason)
{
    char *full_path = realpath(path, NULL);
    if (full_path == NULL) {
        enum status status = status_from_errno(errno);
        (void)snprintf(reason, LAMBDA_REASON_BYTES, "%.400s: cannot be opened: %s", path,
                       status_text(status));
        return status;
    }
    struct plugin_file *file = NULL;
    enum status status = load(engine, full_path, reason, &file);
    if (status == STATUS_OK) {
        if (slice_is_empty(account))
            account = slice_of(engine->account);
        status = adopt_by_name(engine, account, name, full_path, file);
        if (status != STATUS_OK)
            (void)snprintf(reason, LAMBDA_REASON_BYTES, "%.400s: %s", path, status_text(status));
    }
    if (status != STATUS_OK) {
        plugin_file_close(file);
        free(full_path);
    }
    return status;
}

enum status lambda_file_row(const struct lambda_slot *slot, struct slice region,
                            struct arena *arena, struct function_row *ret_row)
{
    struct stat info = {0};
    if (stat(slot->file_path, &info) != 0)
        info = (struct stat){0}; /* gone for the moment: what is loaded still runs */
    struct function_row row = {
        .runtime = SLICE("provided.al2023"),
        .description = SLICE("C transform given on Hydrant's command line"),
        .timeout_s = LAMBDA_FILE_TIMEOUT_S,
        .memory_mb = LAMBDA_FILE_MEMORY_MB,
        .storage_mb = 512,
        .environment = SLICE(""),
        .tags = SLICE(""),
        .tracing = SLICE("PassThrough"),
        .code_sha256 = SLICE(""),
        .code_size = (int64_t)info.st_size,
        .code_revision = SLICE(""),
        .revision_id = SLICE("file"),
        .modified_ms = (int64_t)info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000,
    };
    enum status status = arena_copy(arena, slot->account, &row.account);
    if (status == STATUS_OK)
        status = arena_copy(arena, region, &row.region);
    if (status == STATUS_OK)
        status = arena_copy(arena, slot->name, &row.name);
    if (status == STATUS_OK)
        status = arena_copy(arena, slice_of(slot->file_path), &row.code_file);
    const char *base = strrchr(slot->file_path, '/') + 1;
    if (status == STATUS_OK)
        status = arena_copy(arena, slice_of(base), &row.handler);
    row.log_group = slice_of(arena_printf(arena, "/aws/lambda/%.*s", SLICE_ARG(slot->name)));
    row.role = slice_of(arena_printf(arena, "arn:aws:iam::%.*s:role/hydrant-function-file",
                                     SLICE_ARG(slot->account)));
    row.architecture = SLICE("x86_64");
#if defined(__aarch64__)
    row.architecture = SLICE("arm64");
#endif
    if (status != STATUS_OK || row.log_group.ptr == NULL || row.role.ptr == NULL)
        return STATUS_NO_MEMORY;
    *ret_row = row;
    return STATUS_OK;
}
