#include "emulator/lambda/isolated_process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/isolation/isolated_helper.h"
#include "emulator/isolation/isolated_log.h"
#include "emulator/isolation/isolated_order.h"
#include "emulator/isolation/isolated_outcome.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/mailbox_bell.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/isolated_rows.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_kind.h"
#include "emulator/loop/child.h"
#include "emulator/loop/child_run.h"
#include "emulator/transform/plugin_file.h"

#define MEMORY_WATCH_MS 20
#define MEMORY_SPARE_BYTES ((size_t)64 * 1024 * 1024) /* our own program, and the mailbox */
#define LET_GO_MS 1000                                /* for fini() */
#define PROBE_MS 10000

struct isolated_process {
    struct function_process process;
    struct mailbox mailbox;
    int bell; /* owned; -1: none */
    struct loop_watch *watch;
    bool has_begun;
    bool is_leaving;
    struct isolated_rows *rows; /* on their way for it; NULL: none */

    /* of the run */
    bool has_start; /* its START is in the log */
    size_t log_taken;
};

static struct isolated_process *of(const struct function_process *process)
{
    return list_entry(process, struct isolated_process, process);
}

static void hang_up(struct function_process *process)
{
    struct isolated_process *own = of(process);
    loop_watch_stop(own->watch);
    own->watch = NULL;
}

static void forget(struct function_process *process)
{
    struct isolated_process *own = of(process);
    isolated_rows_forget(own->rows);
    own->rows = NULL;
}

/* No helper of ours does that: the transform has written where it should not. */
static void distrust(struct isolated_process *own, const char *what)
{
    struct function_process *process = &own->process;
    log_line(LOG_WARNING, "function %.*s: its process %s; it is killed",
             SLICE_ARG(process->slot->name), what);
    hang_up(process);
    process->is_retired = true;
    function_process_kill(process);
}

/* What it wrote could not be read. */
static void give_up(struct isolated_process *own, enum status status, const char *what)
{
    distrust(own, status == STATUS_INVALID ? what : "cannot be heard, for want of memory");
}

/* ---- its log ----------------------------------------------------------------------------- */

static void log_start(struct isolated_process *own, int64_t at_ms)
{
    struct lambda_run *run = own->process.run;
    if (!own->has_start)
        invocation_log_start(&run->log, at_ms, run->run.request_id, run->run.version);
    own->has_start = true;
}

static void take_entry(void *ctx, const struct isolated_log_entry *entry)
{
    struct isolated_process *own = ctx;
    struct lambda_run *run = own->process.run;
    int64_t at_ms = function_process_now_ms(&own->process);
    if (entry->at_ms >= run->run.now_ms && entry->at_ms < at_ms)
        at_ms = entry->at_ms;
    if (entry->is_start)
        log_start(own, at_ms);
    else
        invocation_log_append(&run->log, at_ms, entry->text);
}

static enum status take_log(struct isolated_process *own)
{
    struct arena arena;
    arena_init(&arena, 2 * mailbox_room(MAILBOX_LOG));
    enum status status = isolated_log_read(&own->mailbox, &arena, &own->log_taken, own, take_entry);
    arena_clear(&arena);
    return status;
}

/* What makes no sense is left out. */
static void collect(struct function_process *process)
{
    struct isolated_process *own = of(process);
    if (own->mailbox.head != NULL)
        (void)!take_log(own);
}

/* However it ends, its log has START. */
static void conclude(struct function_process *process)
{
    collect(process);
    log_start(of(process), function_process_now_ms(process));
}

static void on_full_log(struct isolated_process *own)
{
    if (take_log(own) == STATUS_INVALID) {
        distrust(own, "wrote no log");
        return;
    }
    own->log_taken = 0;
    mailbox_set_bytes(&own->mailbox, MAILBOX_LOG, 0);
    mailbox_bell_tell(&own->mailbox, MAILBOX_DONE);
}

/* ---- what it says ------------------------------------------------------------------------ */

static void on_rows_put(void *ctx)
{
    struct isolated_process *own = ctx;
    own->rows = NULL;
    if (own->process.run != NULL) /* else it is being killed */
        mailbox_bell_tell(&own->mailbox, MAILBOX_DONE);
}

static void on_put(struct isolated_process *own)
{
    const struct lambda_run *run = own->process.run;
    if (atomic_load(&run->run.is_abandoned))
        return; /* it is being killed */
    enum status status = isolated_rows_start(&own->mailbox, run, own, on_rows_put, &own->rows);
    if (status != STATUS_OK)
        give_up(own, status, "wrote no rows");
}

/* The process is up: its time counts from now on. */
static void on_begun(struct isolated_process *own)
{
    int64_t took_us = loop_monotonic_us() - own->process.started_us;
    own->process.init_us = took_us > 0 ? took_us : 1;
    own->has_begun = true;
    function_process_delivered(&own->process);
    mailbox_bell_tell(&own->mailbox, MAILBOX_DONE);
}

static void on_answered(struct isolated_process *own)
{
    struct function_process *process = &own->process;
    struct plugin_run *run = &process->run->run;
    enum status status = take_log(own);
    if (status == STATUS_OK)
        status = isolated_outcome_read(&own->mailbox, run);
    if (status != STATUS_OK) {
        give_up(own, status, "wrote no results");
        return;
    }
    int64_t elapsed_us = loop_monotonic_us() - process->delivered_us;
    int64_t init_us = run->init_us < elapsed_us ? run->init_us : elapsed_us;
    process->init_us += init_us;
    process->delivered_us += init_us;
    process->is_answered = true;
    mailbox_empty(&own->mailbox);
    function_process_finish(process);
}

/* In WORKING and LOADING. */
static void take_word(struct isolated_process *own, enum mailbox_word word)
{
    if (word == MAILBOX_BEGUN && !own->has_begun)
        on_begun(own);
    else if (word == MAILBOX_PUT && own->has_begun)
        on_put(own);
    else if (word == MAILBOX_FULL && own->has_begun)
        on_full_log(own);
    else if (word == MAILBOX_ANSWERED && own->has_begun)
        on_answered(own);
    else
        distrust(own, "says what it should not");
}

static void on_word(void *arg)
{
    struct isolated_process *own = arg;
    enum mailbox_word word = mailbox_bell_take(&own->mailbox, own->bell);
    if (own->process.run == NULL && own->process.is_retired)
        hang_up(&own->process); /* it is about to end, whatever it says */
    else if (own->process.run == NULL || own->rows != NULL)
        distrust(own, "speaks without being asked");
    else
        take_word(own, word);
}

/* ---- invoking ---------------------------------------------------------------------------- */

static bool order(struct isolated_process *own)
{
    struct lambda_run *run = own->process.run;
    const struct isolated_order order = {.environment = run->row.environment,
                                         .clock_is_real = run->clock_is_real};
    own->has_start = false;
    own->log_taken = 0;
    if (isolated_order_write(&own->mailbox, &run->run, &order) != STATUS_OK) {
        function_process_fail_delivery(
            &own->process, "the batch is larger than an isolated function may get (16 MiB)");
        return false;
    }
    mailbox_bell_tell(&own->mailbox, MAILBOX_RUN);
    return true;
}

static void deliver(struct function_process *process)
{
    function_process_log_output(process);
    if (order(of(process)))
        function_process_delivered(process);
}

static bool is_waiting(const struct function_process *process)
{
    const struct isolated_process *own = of(process);
    return own->has_begun && own->watch != NULL && !own->is_leaving;
}

static void let_go(struct function_process *process)
{
    struct isolated_process *own = of(process);
    own->is_leaving = true;
    mailbox_bell_tell(&own->mailbox, MAILBOX_LEAVE);
    function_process_kill_after(process, LET_GO_MS);
}

/* ---- start and end ----------------------------------------------------------------------- */

/* What is loaded: of a function from a file the copy made last. */
static void choose_file(struct isolated_process *own)
{
    struct lambda_slot *slot = own->process.slot;
    struct plugin_run *run = &own->process.run->run;
    if (slot->next != NULL) {
        plugin_file_close(slot->instance.file);
        slot->instance.file = slot->next;
        slot->next = NULL;
    }
    run->copy_folder = NULL;
    if (slot->file_path != NULL)
        run->file_path = slot->instance.file->copy_path;
}

static enum status spawn(struct isolated_process *own)
{
    const struct lambda_engine_options *options = &function_process_engine(&own->process)->options;
    char memory[24];
    (void)snprintf(memory, sizeof(memory), "%lld", (long long)own->process.run->run.memory_mb);
    const char *arguments[] = {options->launcher, "run-transform", memory, NULL};
    return function_process_spawn(&own->process, (struct child_options){
                                                     .arguments = arguments,
                                                     .handed = {own->bell, own->mailbox.file},
                                                     .handed_count = 2,
                                                 });
}

static enum status open_line(struct isolated_process *own)
{
    own->bell = mailbox_bell_open();
    if (own->bell < 0)
        return status_from_errno(errno);
    enum status status = mailbox_create(&own->mailbox);
    if (status == STATUS_OK)
        status = loop_watch_start(function_process_engine(&own->process)->options.loop, own->bell,
                                  on_word, own, &own->watch);
    return status;
}

static enum status start(struct function_process *process, const char **ret_problem)
{
    struct isolated_process *own = of(process);
    const char *launcher = function_process_engine(process)->options.launcher;
    own->bell = -1;
    if (launcher == NULL || launcher[0] == '\0') {
        *ret_problem = "there is no program to isolate it in";
        return STATUS_UNSUPPORTED;
    }
    choose_file(own);
    enum status status = open_line(own);
    if (status == STATUS_OK)
        status = spawn(own);
    if (status == STATUS_OK)
        (void)order(own); /* it is there when the process has come up */
    return status;
}

static void close_line(struct function_process *process)
{
    struct isolated_process *own = of(process);
    if (own->bell >= 0)
        (void)close(own->bell);
    mailbox_close(&own->mailbox);
}

const struct process_kind isolated_process_kind = {
    .size = sizeof(struct isolated_process),
    .memory_spare_bytes = MEMORY_SPARE_BYTES,
    .memory_watch_ms = MEMORY_WATCH_MS,
    .start = start,
    .deliver = deliver,
    .is_waiting = is_waiting,
    .collect = collect,
    .conclude = conclude,
    .let_go = let_go,
    .forget = forget,
    .hang_up = hang_up,
    .close = close_line,
};

/* ---- before anything runs ---------------------------------------------------------------- */

static enum status probe_here(const struct lambda_engine *engine, const char *path, char *reason)
{
    struct plugin_file *file = NULL;
    enum status status = plugin_file_open(path, engine->copy_folder, reason, &file);
    plugin_file_close(file);
    return status;
}

enum status isolated_process_probe(const struct lambda_engine *engine, const char *path,
                                   const char *shown, char *reason)
{
    const char *launcher = engine->options.launcher;
    const char *arguments[] = {launcher, "run-transform", "--probe", path, shown, NULL};
    struct child_exit how = {.status = 0};
    struct text output;
    if (launcher == NULL || launcher[0] == '\0')
        return probe_here(engine, path, reason);
    text_init(&output, PLUGIN_REASON_BYTES);
    enum status status = child_run(arguments, PROBE_MS, &output, &how);
    const char *name = strrchr(shown, '/') != NULL ? strrchr(shown, '/') + 1 : shown;
    if (status != STATUS_OK)
        (void)snprintf(reason, PLUGIN_REASON_BYTES, "%.120s: %s", name, status_text(status));
    else if (how.signal != 0)
        (void)snprintf(reason, PLUGIN_REASON_BYTES,
                       "%.120s: loading it took too long or ended the process, by signal %d", name,
                       how.signal);
    else if (how.status != 0)
        (void)snprintf(reason, PLUGIN_REASON_BYTES, "%.*s", SLICE_ARG(text_slice(&output)));
    text_close(&output);
    return status == STATUS_OK && (how.signal != 0 || how.status != 0) ? STATUS_INVALID : status;
}
