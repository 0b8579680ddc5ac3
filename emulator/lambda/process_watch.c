#include "emulator/lambda/process_watch.h"

#include "emulator/base/log.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_folder.h"
#include "emulator/lambda/process_kind.h"
#include "emulator/lambda/process_output.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/loop/child.h"

static void on_timeout(struct loop_timer *timer)
{
    struct lambda_run *run = list_entry(timer, struct lambda_run, timeout);
    struct function_process *process = run->process;
    child_drain(process->child);
    process_output_end(process);
    process->kind->conclude(process);
    run->run.used_bytes = process->peak_bytes;
    log_line(LOG_WARNING, "function %.*s: timed out after %lld s; its process is killed",
             SLICE_ARG(run->row.name), (long long)(run->run.timeout_ms / 1000));
    loop_timer_stop(&process->watch); /* of the run's memory */
    process->run = NULL;
    process->is_retired = true;
    function_process_kill(process);
    process_folder_leave(process); /* for the one that the next invocation starts */
    lambda_run_answer_timed_out(run);
    lambda_run_free(run);
}

void function_process_start_timeout(struct function_process *process, int64_t ms)
{
    struct lambda_run *run = process->run;
    if (loop_timer_start(function_process_engine(process)->options.loop, &run->timeout, ms,
                         on_timeout) != STATUS_OK)
        function_process_kill(process); /* without a clock it may not run */
}

static void watch(struct function_process *process, int64_t ms,
                  void (*fn)(struct loop_timer *timer))
{
    /* Without it a process lives longer than it might; nothing else is lost. */
    if (loop_timer_start(function_process_engine(process)->options.loop, &process->watch, ms, fn) !=
        STATUS_OK)
        log_line(LOG_WARNING, "a function's process is not watched: out of memory");
}

static void on_memory_watch(struct loop_timer *timer)
{
    struct function_process *process = list_entry(timer, struct function_process, watch);
    size_t used = child_memory(process->child);
    size_t most =
        (size_t)process->run->run.memory_mb * 1024 * 1024 + process->kind->memory_spare_bytes;
    if (used > process->peak_bytes)
        process->peak_bytes = used;
    if (used <= most) {
        watch(process, process->kind->memory_watch_ms, on_memory_watch);
        return;
    }
    log_line(LOG_WARNING, "function %.*s: its process used more than %lld MB and is killed",
             SLICE_ARG(process->run->row.name), (long long)process->run->run.memory_mb);
    process->peak_bytes = most - process->kind->memory_spare_bytes - 1; /* as AWS reports it */
    process->is_retired = true;
    function_process_kill(process);
}

static void on_idle_too_long(struct loop_timer *timer)
{
    function_process_let_go(list_entry(timer, struct function_process, watch));
}

static void on_kill_time(struct loop_timer *timer)
{
    function_process_kill(list_entry(timer, struct function_process, watch));
}

void function_process_kill_after(struct function_process *process, int64_t ms)
{
    if (loop_timer_start(function_process_engine(process)->options.loop, &process->watch, ms,
                         on_kill_time) != STATUS_OK)
        function_process_kill(process);
}

void process_watch_memory(struct function_process *process)
{
    watch(process, process->kind->memory_watch_ms, on_memory_watch);
}

void process_watch_idleness(struct function_process *process)
{
    watch(process, PROCESS_IDLE_MS, on_idle_too_long);
}
