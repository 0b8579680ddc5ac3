#include "emulator/lambda/lambda_engine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/transform/plugin_crash.h"
#include "storage/db.h"

#define COPY_FOLDER ".loaded"

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = mem_alloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

char *lambda_path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = mem_alloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* Functions, which may run as another user, go through to what is theirs. */
static enum status make_folder(const char *path)
{
    bool is_there = mkdir(path, 0711) == 0 || errno == EEXIST;
    return is_there && chmod(path, 0711) == 0 ? STATUS_OK : status_from_errno(errno);
}

static enum status make_inside(const struct lambda_engine *engine, const char *name)
{
    char *path = lambda_path_join(engine->functions_folder, name);
    enum status status = path != NULL ? make_folder(path) : STATUS_NO_MEMORY;
    mem_free(path);
    return status;
}

/* ---- life -------------------------------------------------------------------------------- */

static void run_refused(struct loop_task *task);

static enum status prepare(struct lambda_engine *engine,
                           const struct lambda_engine_options *options)
{
    enum status status = make_folder(options->functions_folder);
    if (status != STATUS_OK)
        return status;
    engine->functions_folder = realpath(options->functions_folder, NULL);
    if (engine->functions_folder == NULL)
        return status_from_errno(errno);
    engine->copy_folder = lambda_path_join(engine->functions_folder, COPY_FOLDER);
    engine->account = copy_text(options->account);
    if (engine->copy_folder == NULL || engine->account == NULL)
        return STATUS_NO_MEMORY;
    function_package_remove(engine->copy_folder);
    status = make_folder(engine->copy_folder);
    if (status == STATUS_OK)
        status = lambda_runtimes_init(engine);
    if (status == STATUS_OK)
        status = make_inside(engine, LAMBDA_LAYERS_FOLDER);
    if (status == STATUS_OK)
        status = make_inside(engine, LAMBDA_OPT_FOLDER);
    return status == STATUS_OK ? lambda_sweep_init(engine) : status;
}

static void release(struct lambda_engine *engine)
{
    free(engine->functions_folder); /* realpath()'s */
    mem_free(engine->copy_folder);
    mem_free(engine->account);
    lambda_runtimes_close(engine);
    lambda_sweep_close(engine);
    mem_free(engine);
}

enum status lambda_engine_create(const struct lambda_engine_options *options,
                                 struct lambda_engine **ret_engine)
{
    struct lambda_engine *engine = mem_zalloc(sizeof(*engine));
    if (engine == NULL)
        return STATUS_NO_MEMORY;
    engine->options = *options;
    list_init(&engine->slots);
    loop_task_init(&engine->refuse, run_refused);
    plugin_crash_watch();
    enum status status = prepare(engine, options);
    if (status != STATUS_OK) {
        release(engine);
        return status;
    }
    *ret_engine = engine;
    return STATUS_OK;
}

void lambda_engine_destroy(struct lambda_engine *engine)
{
    if (engine == NULL)
        return;
    assert(lambda_engine_is_quiet(engine));
    loop_task_cancel(&engine->refuse);
    list_for_each_safe(link, &engine->slots)
        lambda_slot_destroy(list_entry(link, struct lambda_slot, link));
    function_package_remove(engine->copy_folder);
    release(engine);
}

void lambda_engine_stop(struct lambda_engine *engine)
{
    engine->is_stopping = true;
    list_for_each(link, &engine->slots)
        process_pool_retire(list_entry(link, struct lambda_slot, link));
}

bool lambda_engine_is_quiet(const struct lambda_engine *engine)
{
    return engine->busy == 0 && (!engine->is_stopping || engine->process_count == 0);
}

/* ---- finding functions ------------------------------------------------------------------- */

enum status lambda_engine_find(struct lambda_engine *engine, struct slice account,
                               struct slice region, struct slice name, struct arena *arena,
                               struct function_row *ret_row)
{
    enum status status =
        function_store_find(engine->options.db, account, region, name, arena, ret_row);
    if (status != STATUS_NOT_FOUND)
        return status;
    const struct lambda_slot *slot = lambda_slot_find(engine, account, SLICE(""), name);
    return slot != NULL ? lambda_file_row(slot, region, arena, ret_row) : STATUS_NOT_FOUND;
}

/* Stored code always has a revision. */
bool lambda_engine_is_from_file(const struct function_row *row)
{
    return slice_is_empty(row->code_revision);
}

static const struct lambda_slot *next_file(const struct lambda_engine *engine, struct slice account,
                                           struct slice after)
{
    const struct lambda_slot *best = NULL;
    list_for_each(link, &engine->slots) {
        const struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        if (slot->file_path == NULL || !slice_equal(slot->account, account) ||
            slice_compare(slot->name, after) <= 0)
            continue;
        if (best == NULL || slice_compare(slot->name, best->name) < 0)
            best = slot;
    }
    return best;
}

enum status lambda_engine_next(struct lambda_engine *engine, struct slice account,
                               struct slice region, struct slice after, struct arena *arena,
                               struct function_row *ret_row)
{
    struct function_row row = {0};
    enum status status =
        function_store_next(engine->options.db, account, region, after, arena, &row);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    const struct lambda_slot *file = next_file(engine, account, after);
    bool is_file_first =
        file != NULL && (status == STATUS_NOT_FOUND || slice_compare(file->name, row.name) < 0);
    if (is_file_first)
        return lambda_file_row(file, region, arena, ret_row);
    if (status == STATUS_OK)
        *ret_row = row;
    return status;
}

void lambda_engine_forget(struct lambda_engine *engine, struct slice account, struct slice region,
                          struct slice name)
{
    list_for_each_safe(link, &engine->slots) {
        struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        if (slot->is_deleted || !lambda_slot_is_of(slot, account, region, name))
            continue;
        slot->is_deleted = true;
        lambda_slot_next(slot);
    }
}

/* What they come to goes nowhere. */
static void abandon_runs(struct lambda_slot *slot)
{
    if (slot->running != NULL)
        atomic_store(&slot->running->run.is_abandoned, true);
    list_for_each(link, &slot->processes) {
        struct function_process *process = list_entry(link, struct function_process, link);
        if (process->run != NULL)
            atomic_store(&process->run->run.is_abandoned, true);
        function_process_kill(process);
    }
}

void lambda_engine_forget_version(struct lambda_engine *engine, const struct function_key *key)
{
    list_for_each_safe(link, &engine->slots) {
        struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        struct slice version = slot->name;
        int64_t number = 0;
        (void)slice_cut(&version, ':');
        if (slot->is_deleted || slice_to_i64(version, &number) != STATUS_OK ||
            number != key->version ||
            !lambda_slot_is_of(slot, key->account, key->region, key->name))
            continue;
        slot->is_deleted = true;
        lambda_slot_next(slot);
    }
}

void lambda_engine_reset(struct lambda_engine *engine)
{
    list_for_each_safe(link, &engine->slots) {
        struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        abandon_runs(slot);
        lambda_slot_refuse_waiting(slot, LAMBDA_INTERNAL_ERROR, LAMBDA_RESET_MESSAGE);
        if (slot->file_path != NULL)
            continue;
        slot->is_deleted = true;
        lambda_slot_next(slot);
    }
    lambda_engine_sweep(engine);
}

const char *lambda_engine_package_path(const struct lambda_engine *engine, struct arena *arena,
                                       const struct function_row *row)
{
    return arena_printf(arena, "%s/%.*s/%.*s.zip", engine->functions_folder, SLICE_ARG(row->name),
                        SLICE_ARG(row->code_revision));
}

/* ---- invocations that never got as far as a function ------------------------------------- */

static void run_refused(struct loop_task *task)
{
    struct lambda_engine *engine = list_entry(task, struct lambda_engine, refuse);
    struct lambda_invocation *next = engine->refused;
    engine->refused = NULL;
    while (next != NULL) {
        struct lambda_invocation *invocation = next;
        next = invocation->engine_part;
        invocation->engine_part = NULL;
        lambda_invocation_refused(engine, invocation);
    }
}
