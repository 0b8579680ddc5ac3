/*
 * isolated_helper.h -- the helper's side: a process of our own program that runs one C transform
 * for a daemon, and may crash, hang or be killed without taking anybody along.
 *
 *     daemon (emulator/lambda/isolated_process.h)              helper
 *     child_start ------------------------------------------> confine itself, map the mailbox
 *     IN, MAILBOX_RUN --------------------------------------> load, init(), transform()
 *                     <-- MAILBOX_BEGUN, the first time only
 *                     <-- MAILBOX_PUT, MAILBOX_FULL, as needed
 *     MAILBOX_DONE, after each of these --------------------> goes on
 *     OUT             <-- MAILBOX_ANSWERED
 *     MAILBOX_LEAVE ----------------------------------------> fini(), end
 */
#ifndef EMULATOR_ISOLATION_ISOLATED_HELPER_H
#define EMULATOR_ISOLATION_ISOLATED_HELPER_H

#include <stdint.h>

/* The descriptors a helper is born with, besides the standard ones. */
enum { ISOLATED_BELL = 3, ISOLATED_MAILBOX = 4, ISOLATED_FIRST_FREE = 5 };

/*
 * What a helper allocates may not be more than this beyond the function's MemorySize, whoever looks
 * or not; the daemon looks, and allows less.
 */
#define ISOLATED_SPARE_MB 512

/* Serve until the daemon says to leave. An exit code: 0, unless it could not begin or go on. */
int isolated_helper_run(int64_t memory_mb);

/* Can this file be loaded here? Writes why not to standard output, where it is called `shown`. 0:
 * it can. */
int isolated_helper_probe(const char *path, const char *shown);

#endif
