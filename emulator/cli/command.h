/*
 * command.h -- the program's sub-commands: `hydrant serve`, `hydrant advance 2m`, ...
 *
 * One file per sub-command, one constant descriptor in each, one row in command.c.
 *
 * Exit codes: COMMAND_OK, COMMAND_FAILED (the daemon said no, or could not be reached or
 * started), COMMAND_USAGE (the command line cannot be understood; nothing was done).
 */
#ifndef EMULATOR_CLI_COMMAND_H
#define EMULATOR_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { COMMAND_OK = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

struct text;

struct command {
    const char *name;
    const char *summary; /* one line, for `hydrant --help` */
    bool is_hidden;      /* not in `hydrant --help` */
    const char *usage;   /* what stands behind the name: "<duration> | --to TIME" */
    void (*write_help)(struct text *out); /* what `--help` shows below the usage */
    int (*run)(int argc, char **argv);    /* gets what stands behind the name; an exit code */
};

extern const struct command serve_command;
extern const struct command exec_command;
extern const struct command advance_command;
extern const struct command clock_command;
extern const struct command flush_command;
extern const struct command reset_command;
extern const struct command healthcheck_command;
extern const struct command cc_command;
extern const struct command run_function_command;
extern const struct command run_transform_command;
extern const struct command run_query_command;
extern const struct command completion_command;
extern const struct command manual_command;
extern const struct command version_command;
extern const struct command help_command;

/* main()'s whole work: find the command, run it, answer the exit code. */
int command_run(int argc, char **argv);

/* All of them, in the order of the overview. */
const struct command *const *command_all(size_t *ret_count);

/* NULL when there is none of that name. */
const struct command *command_find(const char *name);

/* Help on standard output: of one command, or of the program. */
void command_print_help(const struct command *command);
void command_print_overview(void);

/* What `write` writes, on standard output. COMMAND_OK, or COMMAND_FAILED after a lack of memory. */
int command_print(void (*write)(struct text *out));

/* "hydrant advance: <problem>" and where to find help, on standard error. COMMAND_USAGE. */
int command_usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
