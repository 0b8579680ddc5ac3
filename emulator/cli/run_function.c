#include <stdio.h>

#include "emulator/cli/command.h"
#include "emulator/loop/child_launch.h"

static int run(int argc, char **argv)
{
    if (argc == 0)
        return command_usage_error(&run_function_command, "which program?");
    enum status status = child_launch(argv);
    (void)fprintf(stderr, "[hydrant] %s cannot be run: %s\n", argv[0], status_text(status));
    return COMMAND_FAILED;
}

const struct command run_function_command = {
    .name = "run-function",
    .summary = "Start a function's process; for the daemon's own use",
    .usage = "<program> [arguments]",
    .is_hidden = true,
    .run = run,
};
