/*
 * child_aside.h -- another process that a worker speaks with: a socket, and a little memory both
 * see, for what has to be known when the process is no more.
 *
 *     start -> (socket, memory) ... -> end
 *
 * It leads a session and a process group of its own, has /dev/null for input, output and errors, an
 * empty environment, and of our descriptors the two. The rest it does to itself: child_confine().
 * Its process may write anything into both.
 *
 * Blocking. One thread at a time, but for child_aside_kill().
 */
#ifndef EMULATOR_LOOP_CHILD_ASIDE_H
#define EMULATOR_LOOP_CHILD_ASIDE_H

#include <stddef.h>
#include <sys/types.h>

#include "emulator/base/status.h"

/* The descriptors it is born with, besides the standard ones. */
enum { CHILD_ASIDE_SOCKET = 3, CHILD_ASIDE_MEMORY = 4, CHILD_ASIDE_FIRST_FREE = 5 };

struct child_aside {
    pid_t pid;
    int socket;   /* owned; never blocks */
    void *memory; /* owned; zeroed at the start */
    size_t memory_bytes;
};

/* Run arguments[0], a path; NULL is behind the last. It ends with the thread that starts it. */
NODISCARD enum status child_aside_start(const char *const *arguments, size_t memory_bytes,
                                        struct child_aside *ret_child);

/* SIGKILL to its group. Any thread, before child_aside_end() is begun. */
void child_aside_kill(const struct child_aside *child);

/* Memory in use now; 0 when that is not known. */
size_t child_aside_memory(const struct child_aside *child);

/* Kill it, wait until it is gone, close what is ours. */
void child_aside_end(struct child_aside *child);

/* In the process: the memory; NULL: there is none of that size. */
void *child_aside_attach(size_t memory_bytes);

#endif
