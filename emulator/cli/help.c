#include <stddef.h>

#include "emulator/cli/command.h"

static int run(int argc, char **argv)
{
    if (argc == 0) {
        command_print_overview();
        return COMMAND_OK;
    }
    if (argc > 1)
        return command_usage_error(&help_command, "unexpected argument \"%s\"", argv[1]);
    const struct command *command = command_find(argv[0]);
    if (command == NULL)
        return command_usage_error(&help_command, "there is no command \"%s\"", argv[0]);
    command_print_help(command);
    return COMMAND_OK;
}

const struct command help_command = {
    .name = "help",
    .summary = "Show this overview, or the help of a command",
    .usage = "[command]",
    .run = run,
};
