/*
 * child_spawn.h -- what child_run.h and child_aside.h start a process with: posix_spawn(), which
 * copies nothing of the daemon's memory. Any thread.
 */
#ifndef EMULATOR_LOOP_CHILD_SPAWN_H
#define EMULATOR_LOOP_CHILD_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "emulator/base/status.h"

/* The process has our `ours` as its `its`. Not 0 to 2, but where it is to have its output. */
struct child_spawn_file {
    int ours;
    int its;
};

struct child_spawn_options {
    const char *const *arguments; /* [0] is a path; NULL is behind the last */
    char *const *environment;     /* the same; never written to */
    const struct child_spawn_file *files;
    size_t file_count;
};

/*
 * It leads a session and a process group of its own; input, output and errors that are not among
 * `files` are /dev/null. Of our descriptors it has those that are not closed on exec, and `files`.
 */
NODISCARD enum status child_spawn(const struct child_spawn_options *options, pid_t *ret_pid);

#endif
