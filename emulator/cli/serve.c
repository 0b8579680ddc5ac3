#include <stdlib.h>

#include "emulator/app.h"
#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/cli/command.h"
#include "emulator/config/config.h"
#include "emulator/loop/process_one.h"

#define ARENA_MAX_BYTES ((size_t)1024 * 1024)
#define PROBLEM_MAX_BYTES ((size_t)4096)

static const char *environment(void *owner, const char *name)
{
    (void)owner;
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): before any thread */
}

static int run_with(const struct config_sources *sources, struct arena *arena, struct text *problem)
{
    struct config config;
    enum status status = config_load(&config, arena, sources, problem);
    if (status == STATUS_OK)
        return app_run(&config, sources);
    if (problem->len == 0)
        text_append_text(problem, status_text(status));
    return command_usage_error(&serve_command, "%.*s", SLICE_ARG(text_slice(problem)));
}

static int run(int argc, char **argv)
{
    int ended_with = 0;
    if (process_one_stands_by(&ended_with))
        return ended_with;
    struct config_sources sources = {
        .argc = argc, .argv = (const char *const *)argv, .env = environment};
    struct arena arena;
    struct text problem;
    arena_init(&arena, ARENA_MAX_BYTES);
    text_init(&problem, PROBLEM_MAX_BYTES);
    int code = run_with(&sources, &arena, &problem);
    text_close(&problem);
    arena_clear(&arena);
    return code;
}

static void write_help(struct text *out)
{
    text_append_text(out, "Prints \"Ready.\" when it serves; SIGTERM and SIGINT end it.\n\n"
                          "Settings, a flag before its variable before the file:\n");
    config_help(out);
}

const struct command serve_command = {
    .name = "serve",
    .summary = "Start the daemon and serve the AWS APIs",
    .usage = "[--NAME VALUE]...",
    .write_help = write_help,
    .run = run,
};
