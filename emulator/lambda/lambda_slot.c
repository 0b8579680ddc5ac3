/*
 * A slot's instance is unloaded on a worker, since fini() and the plugin's destructors may take
 * their time; only at the engine's end on the loop thread, when nobody is waiting for anything.
 */
#include <string.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_folder.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/transform/plugin_file.h"

struct lambda_slot *lambda_slot_find(struct lambda_engine *engine, struct slice account,
                                     struct slice region, struct slice name)
{
    list_for_each(link, &engine->slots) {
        struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        if (!slot->is_deleted && slice_equal(slot->name, name) &&
            slice_equal(slot->account, account) && slice_equal(slot->region, region))
            return slot;
    }
    return NULL;
}

bool lambda_slot_is_of(const struct lambda_slot *slot, struct slice account, struct slice region,
                       struct slice name)
{
    struct slice rest = slot->name;
    return slice_equal(slice_cut(&rest, ':'), name) && slice_equal(slot->account, account) &&
           slice_equal(slot->region, region);
}

int64_t lambda_slot_in_flight(const struct lambda_engine *engine, const struct function_row *row)
{
    int64_t count = 0;
    list_for_each(link, &engine->slots) {
        const struct lambda_slot *slot = list_entry(link, struct lambda_slot, link);
        if (lambda_slot_is_of(slot, row->account, row->region, row->name))
            count += (int64_t)slot->waiting_count + (slot->running != NULL ? 1 : 0) +
                     process_pool_busy(slot);
    }
    return count;
}

static struct slice put(char **at, struct slice text)
{
    struct slice copy = {*at, text.len};
    if (text.len > 0)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return copy;
}

struct lambda_slot *lambda_slot_create(struct lambda_engine *engine, struct slice account,
                                       struct slice region, struct slice name)
{
    if (engine->slot_count >= LAMBDA_FUNCTIONS_MAX)
        return NULL;
    struct lambda_slot *slot = mem_zalloc(sizeof(*slot) + account.len + region.len + name.len);
    if (slot == NULL)
        return NULL;
    char *at = (char *)(slot + 1);
    slot->engine = engine;
    slot->account = put(&at, account);
    slot->region = put(&at, region);
    slot->name = put(&at, name);
    list_init(&slot->waiting);
    list_init(&slot->processes);
    list_append(&engine->slots, &slot->link);
    engine->slot_count++;
    return slot;
}

void lambda_slot_destroy(struct lambda_slot *slot)
{
    lambda_file_close(slot);
    list_for_each_safe(process, &slot->processes)
        function_process_destroy(list_entry(process, struct function_process, link));
    process_folder_remove_all(slot);
    runtime_plugin_unload(&slot->instance);
    list_remove(&slot->link);
    slot->engine->slot_count--;
    mem_free(slot);
}

static void unload_work(struct worker_job *job)
{
    struct lambda_slot *slot = list_entry(job, struct lambda_slot, unload);
    runtime_plugin_unload(&slot->instance);
}

static void unload_done(struct worker_job *job)
{
    struct lambda_slot *slot = list_entry(job, struct lambda_slot, unload);
    slot->engine->busy--;
    slot->is_busy = false;
    lambda_slot_destroy(slot);
}

static void let_go(struct lambda_slot *slot)
{
    slot->is_busy = true;
    slot->unload.work = unload_work;
    slot->unload.done = unload_done;
    slot->engine->busy++;
    if (worker_submit(slot->engine->options.loop, &slot->unload) == STATUS_OK)
        return;
    slot->engine->busy--;
    slot->is_busy = false;
    lambda_slot_destroy(slot);
}

static bool can_start(struct lambda_slot *slot, const struct lambda_run *run)
{
    if (run->place == LAMBDA_HERE)
        return !slot->is_busy && process_pool_busy(slot) == 0;
    return !slot->is_busy && process_pool_has_room(slot, run);
}

static struct lambda_run *first_waiting(const struct lambda_slot *slot)
{
    return list_is_empty(&slot->waiting) ? NULL
                                         : list_entry(slot->waiting.next, struct lambda_run, link);
}

void lambda_slot_next(struct lambda_slot *slot)
{
    struct lambda_run *run = NULL;
    while ((run = first_waiting(slot)) != NULL && can_start(slot, run)) {
        list_remove(&run->link);
        slot->waiting_count--;
        lambda_run_start(run); /* the slot is busy then, unless it failed */
    }
    if (!slot->is_deleted || run != NULL)
        return;
    process_pool_retire(slot);
    if (!slot->is_busy && slot->process_count == 0)
        let_go(slot);
}
