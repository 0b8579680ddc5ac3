/*
 * init_runner.h -- runs the scripts of a stage, one after the other.
 *
 * A .sh that may be executed is, else it is given to bash or sh; a .py is given to Python. What a
 * script writes is logged line by line under its name. One that fails does not stop the others.
 * Loop thread only.
 */
#ifndef EMULATOR_INIT_INIT_RUNNER_H
#define EMULATOR_INIT_INIT_RUNNER_H

#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/init/init_scripts.h"

struct child;
struct loop;

enum { INIT_LINE_MAX_BYTES = 1024 }; /* longer ones are logged in pieces */

/* Embed it. The first five are the user's, borrowed, and to be set; the rest is the runner's. */
struct init_runner {
    struct loop *loop;
    struct init_scripts *scripts;
    struct arena *arena;            /* for a path or two of each script */
    const char *python;             /* NULL: looked for */
    const char *const *environment; /* NULL-terminated; may be changed between stages */

    void (*done)(struct init_runner *runner);
    enum init_stage stage;
    size_t next;
    size_t running; /* the script of `child` */
    struct child *child;
    int64_t since_ms;
    bool is_stopped;
    size_t line_len;
    char line[INIT_LINE_MAX_BYTES];
};

/* done() comes when the last script has ended; at once, inside the call, when there is none. */
void init_runner_run(struct init_runner *runner, enum init_stage stage,
                     void (*done)(struct init_runner *runner));

/* Kill what runs and begin nothing more of this stage. Its done() comes. */
void init_runner_stop(struct init_runner *runner);

bool init_runner_is_running(const struct init_runner *runner);

#endif
