/*
 * manual.c -- `hydrant manual 1`: the manual pages, hydrant(1) and hydrant.conf(5), from the tables
 * of commands and settings.
 */
#include <string.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/cli/command.h"
#include "emulator/config/settings.h"

#define HELP_MAX_BYTES ((size_t)16 * 1024)

/* ---- troff ---- */

/* As it is: a backslash, a hyphen (typed, not typeset) and a line that would be a request. */
static void put_words(struct text *out, const char *words)
{
    bool is_start = true;
    for (const char *c = words; *c != '\0'; c++) {
        if (is_start && (*c == '.' || *c == '\''))
            text_append_text(out, "\\&");
        if (*c == '\\')
            text_append_text(out, "\\e");
        else if (*c == '-')
            text_append_text(out, "\\-");
        else
            text_append_byte(out, *c);
        is_start = *c == '\n';
    }
}

static void put_title(struct text *out, const char *name, const char *section)
{
    text_printf(out, ".TH %s %s \"\" \"Hydrant %s\" \"Hydrant\"\n", name, section, HYDRANT_VERSION);
}

/* ---- hydrant(1) ---- */

static void put_command(struct text *out, const struct command *command)
{
    text_append_text(out, ".SS hydrant ");
    put_words(out, command->name);
    text_append_byte(out, ' ');
    put_words(out, command->usage);
    text_append_byte(out, '\n');
    put_words(out, command->summary);
    text_append_text(out, ".\n");
    if (command->write_help == NULL || command == &serve_command)
        return;
    struct text help;
    text_init(&help, HELP_MAX_BYTES);
    command->write_help(&help);
    text_append_byte(&help, '\0');
    text_append_text(out, ".PP\n.nf\n");
    put_words(out, text_slice(&help).ptr);
    text_append_text(out, ".fi\n");
    text_close(&help);
}

static void write_program(struct text *out)
{
    size_t count = 0;
    const struct command *const *commands = command_all(&count);
    put_title(out, "HYDRANT", "1");
    text_append_text(
        out, ".SH NAME\nhydrant \\- a local emulator of Firehose, Lambda, S3, DynamoDB and "
             "CloudWatch Logs\n.SH SYNOPSIS\n.B hydrant\n.I command\n.RI [ options ]\n"
             ".SH DESCRIPTION\nOne daemon that answers as these services of AWS do, for tests "
             "without an account. Clients find it by AWS_ENDPOINT_URL or \\-\\-endpoint\\-url. "
             "What can be set about it is in\n.BR hydrant.conf (5).\n.SH COMMANDS\n");
    for (size_t i = 0; i < count; i++)
        if (!commands[i]->is_hidden)
            put_command(out, commands[i]);
    text_append_text(out,
                     ".SH EXIT STATUS\n0: done; 1: the daemon said no, or could not be reached or "
                     "started; 2: the command line cannot be understood. exec passes on that of "
                     "its command.\n.SH SEE ALSO\n.BR hydrant.conf (5)\n");
}

/* ---- hydrant.conf(5) ---- */

static void put_setting(struct text *out, const struct setting *setting)
{
    text_append_text(out, ".TP\n.B ");
    put_words(out, setting->name);
    text_append_text(out, " = ");
    put_words(out, setting->value_name != NULL ? setting->value_name : "true | false");
    text_append_byte(out, '\n');
    put_words(out, setting->help);
    text_append_text(out, ".\n");
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++)
        text_printf(out, "%s%s", i == 0 ? "One of " : ", ", setting->choices[i]);
    text_append_text(out, setting->choices != NULL ? ".\n" : "");
    if (setting->type == SETTING_LIST)
        text_append_text(out, "May be there several times; in the variable with commas between.\n");
    else if (setting->otherwise != NULL)
        text_printf(out, "Default: %s.\n", setting->otherwise);
    text_printf(out, "Variable: %s.%s\n", setting->environment,
                setting->reloads ? " SIGHUP takes it over." : "");
}

static void write_settings(struct text *out)
{
    size_t count = 0;
    const struct setting *settings = settings_all(&count);
    put_title(out, "HYDRANT.CONF", "5");
    text_append_text(
        out, ".SH NAME\nhydrant.conf \\- the settings of Hydrant\n.SH DESCRIPTION\nThe file that "
             "\\-\\-config or HYDRANT_CONFIG names: one \\(lqname = value\\(rq a line, # before "
             "a comment. Each setting is also a flag of\n.B hydrant serve\nand a variable: a "
             "flag is stronger than a variable, a variable stronger than the file. A name that "
             "is none is an error.\n.SH SETTINGS\n");
    for (size_t i = 0; i < count; i++)
        put_setting(out, &settings[i]);
    text_append_text(out,
                     ".SH FILES\n/etc/default/hydrant: variables of the service, where Hydrant was "
                     "installed as a package.\n.SH SEE ALSO\n.BR hydrant (1)\n");
}

/* ---- the command ---- */

static int run(int argc, char **argv)
{
    bool is_program = argc == 1 && strcmp(argv[0], "1") == 0;
    if (!is_program && (argc != 1 || strcmp(argv[0], "5") != 0))
        return command_usage_error(&manual_command, "a section is wanted: 1 or 5");
    return command_print(is_program ? write_program : write_settings);
}

static void write_help(struct text *out)
{
    text_append_text(out, "  1   hydrant(1), the commands\n"
                          "  5   hydrant.conf(5), the settings\n\n"
                          "  hydrant manual 1 | man -l -\n");
}

const struct command manual_command = {
    .name = "manual",
    .summary = "Print a manual page",
    .usage = "1 | 5",
    .write_help = write_help,
    .run = run,
};
