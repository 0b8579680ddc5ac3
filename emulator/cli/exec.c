/*
 * exec.c -- `hydrant exec -- pytest`: a daemon of its own for the time of one command.
 *
 * This process starts the daemon (`hydrant serve` on a free port, everything in a temporary
 * folder), reads its URL from a pipe, runs the command in the foreground and stops the daemon.
 * Should this process be killed, the daemon ends too.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/cli/command.h"
#include "emulator/config/config.h"
#include "emulator/loop/client_environment.h"
#include "emulator/loop/foreground.h"

#define ARENA_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define PROBLEM_MAX_BYTES ((size_t)4096)
#define URL_BYTES 512

enum { NOT_EXECUTABLE = 126, NO_SUCH_PROGRAM = 127 }; /* as shells have it */

struct execution {
    struct arena arena;
    char *const *settings; /* for the daemon */
    int setting_count;
    char *const *command; /* NULL-terminated */
    struct background daemon;
    char url[URL_BYTES];
};

static const char *variable(void *owner, const char *name)
{
    (void)owner;
    return getenv(name); /* NOLINT(concurrency-mt-unsafe): before any thread */
}

/* A mistake in the settings is found before anything is started. */
static int read_region(struct execution *e, const char **ret_region)
{
    struct config_sources sources = {
        .argc = e->setting_count, .argv = (const char *const *)e->settings, .env = variable};
    struct text problem;
    struct config config;
    text_init(&problem, PROBLEM_MAX_BYTES);
    enum status status = config_load(&config, &e->arena, &sources, &problem);
    int code = COMMAND_OK;
    if (status == STATUS_OK)
        *ret_region = config.region;
    else if (problem.len > 0)
        code = command_usage_error(&exec_command, "%.*s", SLICE_ARG(text_slice(&problem)));
    else
        code = command_usage_error(&exec_command, "%s", status_text(status));
    text_close(&problem);
    return code;
}

/* Ours stand first, so that a person's replace them; what they must not replace stands last. */
static const char **daemon_arguments(struct execution *e, const char *program, int ready_fd)
{
    const char *first[] = {program, "serve", "--ephemeral", "--log-level", "warning"};
    const char *last[] = {"--host", "127.0.0.1",  "--port",
                          "0",      "--ready-fd", arena_printf(&e->arena, "%d", ready_fd)};
    size_t first_count = sizeof(first) / sizeof(first[0]);
    size_t last_count = sizeof(last) / sizeof(last[0]);
    size_t given = (size_t)e->setting_count;
    if (variable(NULL, "HYDRANT_LOG_LEVEL") != NULL)
        first_count -= 2;
    const char **all =
        arena_zalloc(&e->arena, (first_count + given + last_count + 1) * sizeof(*all));
    if (all == NULL || last[last_count - 1] == NULL)
        return NULL;
    memcpy(all, first, first_count * sizeof(*all));
    for (size_t i = 0; i < given; i++)
        all[first_count + i] = e->settings[i];
    memcpy(all + first_count + given, last, sizeof(last));
    return all;
}

/* False when the daemon ended without having served. */
static bool read_url(struct execution *e, int fd)
{
    FILE *pipe = fdopen(fd, "r");
    bool has_url = pipe != NULL && fgets(e->url, sizeof(e->url), pipe) != NULL;
    if (pipe != NULL)
        (void)fclose(pipe);
    else
        (void)close(fd);
    e->url[strcspn(e->url, "\n")] = '\0';
    return has_url;
}

static bool start_daemon(struct execution *e)
{
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    int ends[2];
    if (len <= 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    program[len] = '\0';
    const char **arguments = daemon_arguments(e, program, ends[1]);
    enum status status =
        arguments != NULL ? background_start(arguments, ends[1], &e->daemon) : STATUS_NO_MEMORY;
    (void)close(ends[1]);
    if (status != STATUS_OK) {
        (void)close(ends[0]);
        return false;
    }
    if (read_url(e, ends[0]))
        return true;
    background_stop(&e->daemon);
    return false;
}

static int run_command(struct execution *e, const char *region)
{
    int code = COMMAND_FAILED;
    const char **environment =
        client_environment(&e->arena, (const char *const *)environ, e->url, region);
    enum status status = environment != NULL
                             ? foreground_run(e->command, environment, &e->daemon, &code)
                             : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        return code;
    (void)fprintf(stderr, "hydrant exec: cannot run %s: %s\n", e->command[0], status_text(status));
    return status == STATUS_NOT_FOUND ? NO_SUCH_PROGRAM : NOT_EXECUTABLE;
}

/* A command that went well has not been tested against a daemon that did not. */
static int stop_daemon(struct execution *e, int code)
{
    bool ended_early = e->daemon.has_ended;
    background_stop(&e->daemon);
    if (!ended_early && e->daemon.code == 0)
        return code;
    (void)fprintf(stderr, "hydrant exec: the daemon ended %swith exit code %d\n",
                  ended_early ? "before the command, " : "", e->daemon.code);
    return code != 0 ? code : COMMAND_FAILED;
}

static int execute(struct execution *e)
{
    const char *region = NULL;
    int code = read_region(e, &region);
    if (code != COMMAND_OK)
        return code;
    if (!start_daemon(e)) {
        (void)fprintf(stderr, "hydrant exec: the daemon did not start; the command was not run\n");
        return COMMAND_FAILED;
    }
    return stop_daemon(e, run_command(e, region));
}

static int run(int argc, char **argv)
{
    int settings = 0;
    while (settings < argc && strcmp(argv[settings], "--") != 0)
        settings++;
    if (settings + 1 >= argc)
        return command_usage_error(&exec_command, "the command is missing behind --");
    struct execution e = {
        .settings = argv, .setting_count = settings, .command = argv + settings + 1};
    arena_init(&e.arena, ARENA_MAX_BYTES);
    int code = execute(&e);
    arena_clear(&e.arena);
    return code;
}

static void write_help(struct text *out)
{
    text_append_text(
        out,
        "Starts a daemon with empty data on a free port of 127.0.0.1, runs the command, stops the\n"
        "daemon. The command finds it through AWS_ENDPOINT_URL and HYDRANT_ENDPOINT, with the\n"
        "credentials test/test and, where the environment names none, the daemon's region.\n"
        "Signals go on to the command, and its exit code is that of `hydrant exec`: 128 + n when\n"
        "signal n ended it, 127 when there is no such program.\n\n"
        "The settings are those of `hydrant serve`, but for --host, --port and --ready-fd:\n\n"
        "  hydrant exec --durability none -- pytest -q\n");
}

const struct command exec_command = {
    .name = "exec",
    .summary = "Run a command, such as a test, with a daemon of its own",
    .usage = "[--NAME VALUE]... -- COMMAND [ARGUMENT]...",
    .write_help = write_help,
    .run = run,
};
