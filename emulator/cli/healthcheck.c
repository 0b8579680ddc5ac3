#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/cli/admin_command.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define PATIENCE_S 5

static bool is_ready(const struct json *answer)
{
    return json_member_bool(answer, "ready", false);
}

static void print(const struct json *answer)
{
    (void)printf("Hydrant %.*s %s.\n", SLICE_ARG(json_member_string(answer, "version")),
                 is_ready(answer) ? "is serving" : "is not ready: scripts of its start still run");
}

static int judge(const struct json *answer)
{
    return is_ready(answer) ? COMMAND_OK : COMMAND_FAILED;
}

static int run(int argc, char **argv)
{
    const char *endpoint = NULL;
    struct command_flag flags[] = {{"--endpoint", &endpoint}};
    struct command_line line = {&healthcheck_command, flags, 1, NULL, 0, 0};
    int code = command_line_parse(&line, argc, argv);
    if (code != COMMAND_OK)
        return code;
    struct admin_command command = {
        .command = &healthcheck_command,
        .endpoint = endpoint,
        .method = "GET",
        .target = SLICE("/_hydrant/health"),
        .patience_s = PATIENCE_S,
        .print = print,
        .judge = judge,
    };
    return admin_command_run(&command);
}

static void write_help(struct text *out)
{
    text_append_text(out, "Exit code 0 when the daemon answers and is ready, else 1; as a "
                          "container wants it.\n\n" COMMAND_LINE_ENDPOINT_HELP);
}

const struct command healthcheck_command = {
    .name = "healthcheck",
    .summary = "Say whether the daemon is serving",
    .usage = "",
    .write_help = write_help,
    .run = run,
};
