#include <string.h>

#include "emulator/base/slice.h"
#include "emulator/cli/command.h"
#include "emulator/isolation/isolated_helper.h"

/* "--probe FILE NAME", or the function's memory in MB. */
static int run(int argc, char **argv)
{
    uint64_t memory_mb = 0;
    if (argc == 3 && strcmp(argv[0], "--probe") == 0)
        return isolated_helper_probe(argv[1], argv[2]);
    if (argc != 1 || slice_to_u64(slice_of(argv[0]), &memory_mb) != STATUS_OK ||
        memory_mb > 1024 * 1024)
        return command_usage_error(&run_transform_command, "how much memory?");
    return isolated_helper_run((int64_t)memory_mb);
}

const struct command run_transform_command = {
    .name = "run-transform",
    .summary = "Run a C transform for the daemon, isolated from it; for the daemon's own use",
    .usage = "<MB> | --probe FILE NAME",
    .is_hidden = true,
    .run = run,
};
