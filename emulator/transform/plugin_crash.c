#include "emulator/transform/plugin_crash.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "emulator/transform/runtime_plugin.h"

enum { STACK_BYTES = 64 * 1024, LINE_BYTES = 1024 };

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]) };

static struct sigaction before[SIGNAL_COUNT]; /* what we stand in front of: a sanitizer's, ... */
static atomic_flag is_watching = ATOMIC_FLAG_INIT;

static _Thread_local const struct plugin_run *current;
static _Thread_local const char *current_call;
static _Thread_local char stack[STACK_BYTES]; /* the usual one may be what is used up */
static _Thread_local bool has_stack;

/* ---- the line: nothing here but what a signal handler may call --------------------------- */

struct line {
    char text[LINE_BYTES];
    size_t len;
};

static void add(struct line *line, const char *text, size_t len)
{
    size_t room = sizeof(line->text) - line->len;
    len = len < room ? len : room;
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

static void add_number(struct line *line, size_t number)
{
    char digits[24];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    add(line, digits + at, sizeof(digits) - at);
}

static void write_line(int number)
{
    struct line line = {.len = 0};
    const struct plugin_run *run = current;
    const struct lambda_batch *batch = &run->batch;
    add_text(&line, "hydrant: error: the function ");
    add_text(&line, run->function_name != NULL ? run->function_name : "?");
    add_text(&line, " crashed in ");
    add_text(&line, current_call);
    add_text(&line, " with signal ");
    add_number(&line, (size_t)number);
    add_text(&line, ", request ");
    add_text(&line, run->request_id);
    add_text(&line, ", a batch of ");
    add_number(&line, batch->record_count);
    add_text(&line, " records of ");
    add(&line, batch->delivery_stream_arn.ptr, batch->delivery_stream_arn.len);
    add_text(&line, "; the process ends with it, and nothing that was acknowledged is lost\n");
    (void)!write(STDERR_FILENO, line.text, line.len);
}

/* Back to what would have happened without us: the faulting instruction runs again. */
static void on_crash(int number)
{
    for (int i = 0; i < SIGNAL_COUNT; i++)
        if (signals[i] == number)
            (void)sigaction(number, &before[i], NULL);
    if (current != NULL)
        write_line(number);
    if (number == SIGABRT) /* nobody would raise it again */
        (void)raise(number);
}

/* ---- around the plugin ------------------------------------------------------------------- */

void plugin_crash_watch(void)
{
    if (atomic_flag_test_and_set(&is_watching))
        return;
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    (void)sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNAL_COUNT; i++)
        (void)sigaction(signals[i], &action, &before[i]);
}

void plugin_crash_enter(const struct plugin_run *run, const char *call)
{
    stack_t ours = {.ss_sp = stack, .ss_size = sizeof(stack)};
    stack_t now;
    if (!has_stack && sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE) != 0)
        (void)sigaltstack(&ours, NULL);
    has_stack = true;
    current = run;
    current_call = call;
}

void plugin_crash_leave(void)
{
    current = NULL;
}
