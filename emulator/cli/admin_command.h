/*
 * admin_command.h -- what the commands that talk to the daemon have in common: send one
 * request, print the error when it says no, hand the JSON answer to the command.
 */
#ifndef EMULATOR_CLI_ADMIN_COMMAND_H
#define EMULATOR_CLI_ADMIN_COMMAND_H

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"

struct command;
struct json;
struct text;

struct admin_command {
    const struct command *command;
    const char *endpoint; /* of --endpoint; NULL: see command_line_endpoint() */
    const char *method;
    struct slice target;
    struct slice body;
    int patience_s;
    void (*print)(const struct json *answer); /* of a 2xx; NULL prints nothing */
    int (*judge)(const struct json *answer);  /* the exit code for one; NULL: COMMAND_OK */
};

/* The exit code. */
int admin_command_run(const struct admin_command *command);

/* Append `raw` percent-encoded, for a path segment or a query's value. */
void admin_command_encode(struct text *out, struct slice raw);

#endif
