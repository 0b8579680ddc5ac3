/*
 * child.h -- another process: started, read, killed, waited for.
 *
 *     child_start -> on_output ... on_output -> on_exit -> child_destroy
 *
 * It leads a session and process group of its own, reads nothing (/dev/null), and what it and its
 * descendants write to stdout and stderr comes through one pipe, in the order written. When it
 * ends, its group is killed. The environment is the one given, and of our descriptors it has those
 * that are handed down.
 *
 * Loop thread only. No callback runs inside child_start() or child_kill(); on_output also runs
 * inside child_drain().
 */
#ifndef EMULATOR_LOOP_CHILD_H
#define EMULATOR_LOOP_CHILD_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct child;
struct loop;

struct child_exit {
    int status; /* as given to exit(); when `signal` is 0 */
    int signal; /* that ended it */
};

enum { CHILD_HANDED_MAX = 2 };

/* What the pointers point to is used during child_start() only, but for `ctx`. */
struct child_options {
    const char *const *arguments;   /* NULL-terminated, a path first */
    const char *const *environment; /* NULL-terminated, NAME=value; NULL: ours */
    const char *folder;             /* to start in; NULL: ours */
    int handed[CHILD_HANDED_MAX];   /* open as 3, 4, ... there: borrowed during child_start() */
    int handed_count;
    void *ctx; /* borrowed, given to both */
    void (*on_output)(void *ctx, struct slice bytes);
    void (*on_exit)(void *ctx, struct child_exit how); /* once, and after it nothing */
};

/* STATUS_NOT_FOUND: there is no such program. */
NODISCARD enum status child_start(struct loop *loop, const struct child_options *options,
                                  struct child **ret_child);

/* Give on_output what has been written up to now: CHILD_DRAIN_MAX_BYTES of it at most. */
#define CHILD_DRAIN_MAX_BYTES ((size_t)256 * 1024)
void child_drain(struct child *child);

/* SIGKILL to the whole group. on_exit follows. */
void child_kill(struct child *child);

/* Memory in use now, and the most there was; 0 when it is gone. Bytes. */
size_t child_memory(const struct child *child);
size_t child_peak_memory(const struct child *child);

/* After on_exit, or inside it. NULL is a no-op. */
void child_destroy(struct child *child);

#endif
