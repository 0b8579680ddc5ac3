#include "emulator/lambda/process_pool.h"

#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/sim_clock.h"

int64_t process_pool_busy(const struct lambda_slot *slot)
{
    int64_t count = 0;
    list_for_each(link, &slot->processes)
        count += list_entry(link, struct function_process, link)->run != NULL;
    return count;
}

static bool is_current(const struct function_process *process, const struct lambda_run *run)
{
    const struct sim_clock *clock = process->slot->engine->options.clock;
    int64_t end_ms = sim_clock_now_ms(clock) + run->row.timeout_s * 1000;
    return slice_equal_text(run->row.revision_id, process->revision_id) &&
           end_ms < process->good_until_ms && process->slot->next == NULL &&
           process->kind == function_process_kind_of(run);
}

/* One that can take the run; those of an older revision, or whose keys end, end on the way. */
static struct function_process *find_idle(struct lambda_slot *slot, const struct lambda_run *run)
{
    struct function_process *found = NULL;
    list_for_each(link, &slot->processes) {
        struct function_process *process = list_entry(link, struct function_process, link);
        if (!is_current(process, run)) {
            function_process_let_go(process);
        } else if (found == NULL && !process->is_retired && function_process_is_idle(process)) {
            found = process;
        }
    }
    return found;
}

/* Of any function but this one: somebody who waits needs its place more. */
static void end_an_idle_one(struct lambda_engine *engine, const struct lambda_slot *but)
{
    list_for_each(slot_link, &engine->slots) {
        struct lambda_slot *slot = list_entry(slot_link, struct lambda_slot, link);
        if (slot == but)
            continue;
        list_for_each(link, &slot->processes) {
            struct function_process *process = list_entry(link, struct function_process, link);
            if (!function_process_is_idle(process) || process->is_retired)
                continue;
            function_process_let_go(process);
            return;
        }
    }
}

bool process_pool_has_room(struct lambda_slot *slot, const struct lambda_run *run)
{
    if (find_idle(slot, run) != NULL)
        return true;
    size_t most = run->place == LAMBDA_ISOLATED ? 1 : FUNCTION_PROCESSES_MAX;
    if (slot->process_count >= most)
        return false;
    if (slot->engine->process_count < PROCESSES_MAX)
        return true;
    end_an_idle_one(slot->engine, slot);
    return false;
}

enum status process_pool_start(struct lambda_slot *slot, struct lambda_run *run)
{
    struct function_process *process = find_idle(slot, run);
    if (process != NULL) {
        function_process_invoke(process, run);
        return STATUS_OK;
    }
    return function_process_create(slot, run);
}

void process_pool_retire(struct lambda_slot *slot)
{
    list_for_each(link, &slot->processes)
        function_process_let_go(list_entry(link, struct function_process, link));
}

void process_pool_idle(struct function_process *process)
{
    lambda_slot_next(process->slot);
    if (function_process_is_idle(process) &&
        (process->is_retired || process->slot->engine->is_stopping))
        function_process_let_go(process);
}

/* Whoever waits, for this function or for a place among all of them, may have it now. */
void process_pool_gone(struct function_process *process)
{
    struct lambda_slot *slot = process->slot;
    struct lambda_engine *engine = slot->engine;
    bool were_full = engine->process_count >= PROCESSES_MAX;
    function_process_destroy(process);
    if (were_full) {
        list_for_each_safe(link, &engine->slots) {
            struct lambda_slot *other = list_entry(link, struct lambda_slot, link);
            if (other != slot && other->waiting_count > 0)
                lambda_slot_next(other);
        }
    }
    lambda_slot_next(slot);
}
