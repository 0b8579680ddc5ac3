#include "emulator/cli/command.h"
#include "emulator/delivery/query_helper.h"

static int run(int argc, char **argv)
{
    (void)argv;
    if (argc != 0)
        return command_usage_error(&run_query_command, "it takes no arguments");
    return query_helper_run();
}

const struct command run_query_command = {
    .name = "run-query",
    .summary = "Run a jq program for the daemon, apart from it; for the daemon's own use",
    .usage = "",
    .is_hidden = true,
    .run = run,
};
