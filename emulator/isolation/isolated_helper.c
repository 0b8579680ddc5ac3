#include "emulator/isolation/isolated_helper.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/json.h"
#include "emulator/isolation/helper_backend.h"
#include "emulator/isolation/isolated_outcome.h"
#include "emulator/loop/child_launch.h"
#include "emulator/transform/plugin_crash.h"
#include "emulator/transform/plugin_file.h"

#define MIB ((size_t)1024 * 1024)

/* A crash is to end the process by its signal, whatever a sanitizer would make of it. */
static void reset_crash_signals(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        (void)signal(signals[i], SIG_DFL);
}

/* Both before anything of the transform's is here. */
static enum status begin(int first_free)
{
    enum status status = child_confine(first_free);
    reset_crash_signals();
    (void)signal(SIGPIPE, SIG_IGN);         /* as in the daemon */
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed before a crash is printed */
    return status;
}

static enum status read_order(struct helper *helper)
{
    struct plugin_run *run = &helper->run;
    arena_init(&run->arena, runtime_plugin_arena_bytes(0));
    enum status status = isolated_order_read(&helper->mailbox, run, &helper->order);
    run->arena.max_bytes = runtime_plugin_arena_bytes(run->memory_mb);
    if (status == STATUS_OK && helper->order.environment.len > 0)
        status = json_parse(helper->order.environment, &run->arena, &helper->environment);
    run->backend = &helper_backend;
    run->instance = &helper->instance;
    return status;
}

static void answer(struct helper *helper)
{
    struct plugin_run *run = &helper->run;
    (void)fflush(stdout);
    if (isolated_outcome_write(&helper->mailbox, run, helper->kept_bytes) != STATUS_OK) {
        run->outcome = LAMBDA_INTERNAL_ERROR;
        run->error_message = "the results are larger than an isolated function may give";
        run->error_type = NULL;
        (void)!isolated_outcome_write(&helper->mailbox, run, 0);
    }
    mailbox_bell_ring(&helper->mailbox, ISOLATED_BELL, MAILBOX_ANSWERED);
    arena_clear(&run->arena);
}

/* Until it is told something else. */
static enum mailbox_word serve(struct helper *helper)
{
    bool has_begun = false;
    enum mailbox_word word = MAILBOX_NOTHING;
    while ((word = mailbox_bell_hear(&helper->mailbox)) == MAILBOX_RUN) {
        memset(&helper->run, 0, sizeof(helper->run));
        helper->environment = NULL;
        helper->log_bytes = 0;
        helper->kept_bytes = 0;
        enum status status = read_order(helper);
        if (!has_begun)
            helper_ask(helper, MAILBOX_BEGUN);
        has_begun = true;
        if (status == STATUS_OK) {
            runtime_plugin_run(&helper->run);
        } else {
            helper->run.outcome = LAMBDA_INTERNAL_ERROR;
            helper->run.error_message = status_text(status);
        }
        answer(helper);
    }
    return word;
}

int isolated_helper_run(int64_t memory_mb)
{
    static struct helper helper;
    if (begin(ISOLATED_FIRST_FREE) != STATUS_OK ||
        mailbox_attach(ISOLATED_MAILBOX, &helper.mailbox) != STATUS_OK) {
        (void)fputs("[hydrant] this is started by the daemon only\n", stderr);
        return 1;
    }
    child_limit_memory((size_t)(memory_mb + ISOLATED_SPARE_MB) * MIB);
    plugin_crash_watch();
    if (serve(&helper) != MAILBOX_LEAVE)
        return 1; /* the daemon never said that: the transform wrote there */
    runtime_plugin_unload(&helper.instance);
    return 0;
}

int isolated_helper_probe(const char *path, const char *shown)
{
    char reason[PLUGIN_REASON_BYTES] = "";
    struct plugin_file *file = NULL;
    if (begin(STDERR_FILENO + 1) != STATUS_OK)
        return 1;
    if (plugin_file_load(path, shown, reason, &file) == STATUS_OK) {
        plugin_file_close(file);
        return 0;
    }
    (void)fputs(reason, stdout);
    (void)fflush(stdout);
    return 1;
}
