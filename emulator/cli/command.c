#include "emulator/cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/config/nearest.h"

#define HELP_MAX_BYTES ((size_t)16 * 1024)
#define PRINT_MAX_BYTES ((size_t)256 * 1024)

static const struct command *const commands[] = {
    &serve_command,        &exec_command,          &clock_command,       &advance_command,
    &flush_command,        &reset_command,         &healthcheck_command, &cc_command,
    &completion_command,   &manual_command,        &version_command,     &help_command,
    &run_function_command, &run_transform_command, &run_query_command,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

const struct command *const *command_all(size_t *ret_count)
{
    *ret_count = COMMAND_COUNT;
    return commands;
}

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

void command_print_help(const struct command *command)
{
    (void)printf("Usage: hydrant %s%s%s\n\n%s.\n", command->name, command->usage[0] ? " " : "",
                 command->usage, command->summary);
    if (command->write_help == NULL)
        return;
    struct text help;
    text_init(&help, HELP_MAX_BYTES);
    command->write_help(&help);
    (void)printf("\n%.*s", SLICE_ARG(text_slice(&help)));
    text_close(&help);
}

void command_print_overview(void)
{
    (void)printf("Usage: hydrant <command> [options]\n\n"
                 "A local emulator of the Firehose pipeline: Lambda transform, S3, DynamoDB,\n"
                 "CloudWatch Logs.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!commands[i]->is_hidden)
            (void)printf("  %-13s%s\n", commands[i]->name, commands[i]->summary);
    (void)printf("\n`hydrant <command> --help` says more about each.\n");
}

int command_print(void (*write)(struct text *out))
{
    struct text printed;
    text_init(&printed, PRINT_MAX_BYTES);
    write(&printed);
    (void)printf("%.*s", SLICE_ARG(text_slice(&printed)));
    int code = printed.status == STATUS_OK ? COMMAND_OK : COMMAND_FAILED;
    text_close(&printed);
    return code;
}

int command_usage_error(const struct command *command, const char *format, ...)
{
    const char *space = command != NULL ? " " : "";
    const char *name = command != NULL ? command->name : "";
    va_list args;
    (void)fprintf(stderr, "hydrant%s%s: ", space, name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fprintf(stderr, "\nTry `hydrant%s%s --help`.\n", space, name);
    return COMMAND_USAGE;
}

static int refuse_name(const char *name)
{
    const char *names[COMMAND_COUNT + 1];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    names[COMMAND_COUNT] = NULL;

    const char *nearest = nearest_name(slice_of(name), names);
    if (nearest == NULL)
        return command_usage_error(NULL, "there is no command \"%s\"", name);
    return command_usage_error(NULL, "there is no command \"%s\"; did you mean %s?", name, nearest);
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (is_help(argv[i]))
            return true;
    return false;
}

/* What was printed must have arrived: a full disk behind a pipe is a failure. */
static int with_output(int exit_code)
{
    if (fflush(stdout) != 0 && exit_code == COMMAND_OK)
        return COMMAND_FAILED;
    return exit_code;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    if (!asks_for_help(argc, argv))
        return command->run(argc, argv);
    command_print_help(command);
    return COMMAND_OK;
}

int command_run(int argc, char **argv)
{
    if (argc < 2)
        return command_usage_error(NULL, "a command is missing");
    const char *name = argv[1];
    if (is_help(name)) {
        command_print_overview();
        return with_output(COMMAND_OK);
    }
    if (strcmp(name, "--version") == 0)
        name = version_command.name;

    const struct command *command = command_find(name);
    if (command == NULL)
        return refuse_name(name);
    return with_output(run_command(command, argc - 2, argv + 2));
}
