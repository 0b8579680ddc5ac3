#include "emulator/init/init_runner.h"

#include <string.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/loop/child.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/program_path.h"

static struct init_script *script_of(struct init_runner *runner)
{
    return &runner->scripts->items[runner->running];
}

/* ---- what it writes ------------------------------------------------------------------------- */

static void log_output(struct init_runner *runner)
{
    if (runner->line_len > 0)
        log_line(LOG_INFO, "%s: %.*s", script_of(runner)->name, (int)runner->line_len,
                 runner->line);
    runner->line_len = 0;
}

static void on_output(void *ctx, struct slice bytes)
{
    struct init_runner *runner = ctx;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '\n' || runner->line_len == sizeof(runner->line))
            log_output(runner);
        if (bytes.ptr[i] != '\n')
            runner->line[runner->line_len++] = bytes.ptr[i];
    }
}

/* ---- one script ----------------------------------------------------------------------------- */

static const char *interpreter(const struct init_runner *runner, const struct init_script *script)
{
    if (slice_ends_with(slice_of(script->name), SLICE(".py")))
        return runner->python != NULL ? runner->python
                                      : program_path_find(runner->arena, "python3");
    if (access(script->path, X_OK) == 0)
        return script->path;
    const char *bash = program_path_find(runner->arena, "bash");
    return bash != NULL ? bash : "/bin/sh";
}

static void end(struct init_runner *runner, enum init_state state, const char *why, int number)
{
    struct init_script *script = script_of(runner);
    script->state = state;
    if (state == INIT_SUCCESSFUL)
        log_line(LOG_INFO, "%s/%s: done in %lld ms", init_stage_folder(script->stage), script->name,
                 (long long)(loop_monotonic_ms() - runner->since_ms));
    else
        log_line(LOG_ERROR, "%s/%s: %s %d", init_stage_folder(script->stage), script->name, why,
                 number);
}

static void go_on(struct init_runner *runner);

static void on_exit(void *ctx, struct child_exit how)
{
    struct init_runner *runner = ctx;
    log_output(runner);
    child_destroy(runner->child);
    runner->child = NULL;
    if (how.signal != 0)
        end(runner, INIT_ERROR, "ended by signal", how.signal);
    else
        end(runner, how.status == 0 ? INIT_SUCCESSFUL : INIT_ERROR, "exit code", how.status);
    go_on(runner);
}

static enum status start(struct init_runner *runner, const struct init_script *script)
{
    const char *program = interpreter(runner, script);
    if (program == NULL)
        return STATUS_NOT_FOUND;
    const char *const arguments[] = {program, program != script->path ? script->path : NULL, NULL};
    const struct child_options options = {
        .arguments = arguments,
        .environment = runner->environment,
        .ctx = runner,
        .on_output = on_output,
        .on_exit = on_exit,
    };
    runner->since_ms = loop_monotonic_ms();
    return child_start(runner->loop, &options, &runner->child);
}

/* False: it could not be started, and is over. */
static bool begin(struct init_runner *runner, size_t index)
{
    runner->running = index;
    struct init_script *script = script_of(runner);
    log_line(LOG_INFO, "%s/%s: running", init_stage_folder(script->stage), script->name);
    enum status status = start(runner, script);
    script->state = status == STATUS_OK ? INIT_RUNNING : INIT_ERROR;
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "%s/%s: cannot be run: %s", init_stage_folder(script->stage),
                 script->name, status_text(status));
    return status == STATUS_OK;
}

/* ---- a stage -------------------------------------------------------------------------------- */

static void go_on(struct init_runner *runner)
{
    const struct init_scripts *scripts = runner->scripts;
    while (runner->next < scripts->count && !runner->is_stopped) {
        size_t index = runner->next++;
        if (scripts->items[index].stage == runner->stage && begin(runner, index))
            return;
    }
    runner->scripts->is_completed[runner->stage] = !runner->is_stopped;
    runner->done(runner);
}

void init_runner_run(struct init_runner *runner, enum init_stage stage,
                     void (*done)(struct init_runner *runner))
{
    runner->stage = stage;
    runner->done = done;
    runner->next = 0;
    runner->is_stopped = false;
    go_on(runner);
}

void init_runner_stop(struct init_runner *runner)
{
    runner->is_stopped = true;
    if (runner->child != NULL)
        child_kill(runner->child);
}

bool init_runner_is_running(const struct init_runner *runner)
{
    return runner->child != NULL;
}
