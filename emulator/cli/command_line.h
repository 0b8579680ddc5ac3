/*
 * command_line.h -- taking the arguments of a sub-command that talks to the daemon apart.
 */
#ifndef EMULATOR_CLI_COMMAND_LINE_H
#define EMULATOR_CLI_COMMAND_LINE_H

#include <stddef.h>

struct command;
struct text;

/* Lines of the help that these commands share. */
#define COMMAND_LINE_ENDPOINT_HELP                                                         \
    "  --endpoint URL   where the daemon listens [$HYDRANT_ENDPOINT, $AWS_ENDPOINT_URL,\n" \
    "                   else http://127.0.0.1:4566]\n"

struct command_flag {
    const char *name;   /* "--to" */
    const char **value; /* filled in; left alone when the flag is not there */
};

struct command_line {
    const struct command *command;
    const struct command_flag *flags;
    size_t flag_count;
    const char **words; /* filled in: the arguments that are no flags */
    size_t word_max;
    size_t word_count;
};

/* COMMAND_OK, or COMMAND_USAGE after saying what is wrong. "--" ends the flags. */
int command_line_parse(struct command_line *line, int argc, char **argv);

/* `flag`, or the environment's endpoint, or the default one. */
const char *command_line_endpoint(const char *flag);

#endif
