#include <stdio.h>

#include "emulator/base/text.h"
#include "emulator/cli/admin_command.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define PATIENCE_S 300 /* what is in flight ends first */

static void print(const struct json *answer)
{
    (void)answer;
    (void)printf("Everything is gone; the daemon is as new.\n");
}

static int run(int argc, char **argv)
{
    const char *endpoint = NULL;
    struct command_flag flags[] = {{"--endpoint", &endpoint}};
    struct command_line line = {&reset_command, flags, 1, NULL, 0, 0};
    int code = command_line_parse(&line, argc, argv);
    if (code != COMMAND_OK)
        return code;
    struct admin_command command = {
        .command = &reset_command,
        .endpoint = endpoint,
        .method = "POST",
        .target = SLICE("/_hydrant/reset"),
        .patience_s = PATIENCE_S,
        .print = print,
    };
    return admin_command_run(&command);
}

static void write_help(struct text *out)
{
    text_append_text(out, "Every resource of every service is removed, without asking.\n\n" //
                     COMMAND_LINE_ENDPOINT_HELP);
}

const struct command reset_command = {
    .name = "reset",
    .summary = "Remove everything the daemon holds",
    .usage = "",
    .write_help = write_help,
    .run = run,
};
