/*
 * foreground.h -- a program in place of this one for a while: with our standard input, output,
 * error and terminal. What arrives here as a signal goes on to it, and whatever ends below us is
 * reaped, so the same function is what a container's process 1 has to be.
 *
 * Blocks the calling thread; for commands, before there is a loop. A signal that the terminal sends
 * to the whole group (Ctrl-C) has reached the program already and is not sent twice.
 */
#ifndef EMULATOR_LOOP_FOREGROUND_H
#define EMULATOR_LOOP_FOREGROUND_H

#include <stdbool.h>

#include "emulator/base/status.h"

/* A program in the background of this one: no terminal's signals, and it ends when we do. */
struct background {
    int pid;
    bool has_ended;
    int code; /* when it has: as a shell would say it, 128 + n for signal n */
};

/*
 * Start `arguments` (NULL-terminated, a path first); its standard input and output are /dev/null
 * and `handed` stays open in it. STATUS_NOT_FOUND: there is no such program.
 */
NODISCARD enum status background_start(const char *const *arguments, int handed,
                                       struct background *ret_background);

/* SIGTERM, and wait. */
void background_stop(struct background *background);

/*
 * Run `arguments` (the first is looked for on the PATH) to its end. `ret_code`: its exit code,
 * 128 + n when signal n ended it. `beside`, if not NULL, is reaped as well when it ends meanwhile.
 * STATUS_NOT_FOUND: no such program. STATUS_DENIED: it may not be run.
 */
NODISCARD enum status foreground_run(char *const *arguments, const char *const *environment,
                                     struct background *beside, int *ret_code);

#endif
