#include <stdio.h>

#include "emulator/cli/command.h"

static int run(int argc, char **argv)
{
    if (argc > 0)
        return command_usage_error(&version_command, "unexpected argument \"%s\"", argv[0]);
    (void)printf("hydrant %s\n", HYDRANT_VERSION);
    return COMMAND_OK;
}

const struct command version_command = {
    .name = "version",
    .summary = "Print the version",
    .usage = "",
    .run = run,
};
