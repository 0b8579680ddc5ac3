/*
 * function_command.h -- what to start for a function: program, arguments, environment. The
 * environment is the one AWS's sandbox has, made from nothing; the function's own variables lose
 * against the reserved ones.
 *
 *     python3.x      the Python given in the settings, else python3.x, else python3, on our
 * bootstrap nodejsN.x      likewise node provided.*     "bootstrap" in the package
 *
 * AWS_LAMBDA_EXEC_WRAPPER of the function's own stands before an interpreter; in its path /var/task
 * and /opt are the function's code and layers.
 *
 * Pure but for looking whether files are there. Everything is in the arena.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_COMMAND_H
#define EMULATOR_LAMBDA_FUNCTION_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct child_user;
struct function_keys;
struct function_row;

/* Does a function of this runtime need a process (rather than a C transform)? */
bool function_command_is_known(struct slice runtime);

/* What does not depend on the function. The texts are borrowed. */
struct function_command_settings {
    const char *launcher;         /* a program that limits itself, then runs the rest; NULL: none */
    const char *python;           /* the interpreter to use; NULL or "": look for one */
    const char *node;             /* likewise */
    const char *bootstrap_folder; /* of bootstrap.py and bootstrap.mjs */
    const struct child_user *user; /* whom it runs as */
};

struct function_command_place {
    const char *code_folder;
    const char *opt_folder; /* its layers, what AWS has in /opt; NULL: none */
    const char *temporary_folder;
    const char *log_stream;
    const struct function_keys *keys; /* of its role */
    const char *aws_url;              /* where the AWS APIs are */
    const char *version;              /* "$LATEST" or a number */
    unsigned short api_port;          /* of the Runtime API, at 127.0.0.1 */
};

struct function_command {
    const char **arguments;   /* NULL-terminated */
    const char **environment; /* NULL-terminated */
    const char *warning;      /* for the function's log; NULL: none */
    const char *problem;      /* why it cannot be started, with STATUS_NOT_FOUND */
};

/*
 * STATUS_NOT_FOUND: there is no such interpreter, or no bootstrap in the package: `problem` says
 * so.
 */
NODISCARD enum status function_command_make(const struct function_command_settings *settings,
                                            const struct function_row *row,
                                            const struct function_command_place *place,
                                            struct arena *arena,
                                            struct function_command *ret_command);

#endif
