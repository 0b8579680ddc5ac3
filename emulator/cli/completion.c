/*
 * completion.c -- `hydrant completion bash`: a shell's completions, from the tables of commands and
 * settings.
 */
#include <string.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/cli/command.h"
#include "emulator/config/settings.h"

/* ---- what the three have in common ---- */

/* Between single quotes; `escaped` get a backslash, and a quote what the shell wants for one. */
static void put_quoted(struct text *out, const char *words, const char *escaped, const char *quote)
{
    for (const char *c = words; *c != '\0'; c++) {
        if (*c == '\'')
            text_append_text(out, quote);
        else if (strchr(escaped, *c) != NULL)
            text_printf(out, "\\%c", *c);
        else
            text_append_byte(out, *c);
    }
}

static bool is_file(const struct setting *setting)
{
    return setting->value_name != NULL &&
           (strcmp(setting->value_name, "FILE") == 0 || strcmp(setting->value_name, "FOLDER") == 0);
}

static void put_choices(struct text *out, const struct setting *setting)
{
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++)
        text_printf(out, "%s%s", i == 0 ? "" : " ", setting->choices[i]);
}

/* Those a person may call. */
static void for_each_command(struct text *out,
                             void (*put)(struct text *out, const struct command *command))
{
    size_t count = 0;
    const struct command *const *commands = command_all(&count);
    for (size_t i = 0; i < count; i++)
        if (!commands[i]->is_hidden)
            put(out, commands[i]);
}

/* ---- bash ---- */

static void put_bash_command(struct text *out, const struct command *command)
{
    text_printf(out, "%s ", command->name);
}

static void put_bash_values(struct text *out, const struct setting *setting)
{
    if (setting->type == SETTING_BOOLEAN)
        return;
    text_printf(out, "        --%s) ", setting->name);
    if (is_file(setting)) {
        text_append_text(out, "COMPREPLY=($(compgen -f -- \"$word\")) ;;\n");
        return;
    }
    text_append_text(out, "COMPREPLY=($(compgen -W \"");
    put_choices(out, setting);
    text_append_text(out, "\" -- \"$word\")) ;;\n");
}

static void write_bash(struct text *out)
{
    size_t setting_count = 0;
    const struct setting *settings = settings_all(&setting_count);
    text_append_text(out,
                     "# bash completion of hydrant\n_hydrant() {\n"
                     "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                     "        COMPREPLY=($(compgen -W \"");
    for_each_command(out, put_bash_command);
    text_append_text(out, "--help --version\" -- \"$word\"))\n        return\n    fi\n"
                          "    case ${COMP_WORDS[1]} in serve | exec) ;; *) return ;; esac\n"
                          "    case $before in\n");
    for (size_t i = 0; i < setting_count; i++)
        put_bash_values(out, &settings[i]);
    text_append_text(out, "        --config) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
                          "        *) COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < setting_count; i++)
        text_printf(out, "--%s ", settings[i].name);
    text_append_text(out, "--config --help\" -- \"$word\")) ;;\n    esac\n}\n"
                          "complete -F _hydrant hydrant\n");
}

/* ---- zsh ---- */

#define ZSH_QUOTE "'\\''"

static void put_zsh_command(struct text *out, const struct command *command)
{
    text_printf(out, "        '%s:", command->name);
    put_quoted(out, command->summary, "", ZSH_QUOTE);
    text_append_text(out, "'\n");
}

static void put_zsh_setting(struct text *out, const struct setting *setting)
{
    text_printf(out, "        '*--%s[", setting->name);
    put_quoted(out, setting->help, "[]:", ZSH_QUOTE);
    text_append_byte(out, ']');
    if (setting->type != SETTING_BOOLEAN)
        text_printf(out, ":%s:", setting->value_name);
    if (is_file(setting))
        text_append_text(out, "_files");
    if (setting->choices != NULL) {
        text_append_byte(out, '(');
        put_choices(out, setting);
        text_append_byte(out, ')');
    }
    text_append_text(out, "' \\\n");
}

static void write_zsh(struct text *out)
{
    size_t setting_count = 0;
    const struct setting *settings = settings_all(&setting_count);
    text_append_text(out, "#compdef hydrant\n_hydrant() {\n    local -a commands=(\n");
    for_each_command(out, put_zsh_command);
    text_append_text(out, "    )\n    if (( CURRENT == 2 )); then\n"
                          "        _describe command commands\n        return\n    fi\n"
                          "    [[ $words[2] == (serve|exec) ]] && _arguments \\\n");
    for (size_t i = 0; i < setting_count; i++)
        put_zsh_setting(out, &settings[i]);
    text_append_text(out, "        '--config[read settings from a file]:FILE:_files'\n}\n"
                          "_hydrant \"$@\"\n");
}

/* ---- fish ---- */

#define FISH_QUOTE "\\'"

static void put_fish_command(struct text *out, const struct command *command)
{
    text_printf(out, "complete -c hydrant -n __fish_use_subcommand -a %s -d '", command->name);
    put_quoted(out, command->summary, "", FISH_QUOTE);
    text_append_text(out, "'\n");
}

static void put_fish_setting(struct text *out, const struct setting *setting)
{
    text_printf(out, "complete -c hydrant -n '__fish_seen_subcommand_from serve exec' -l %s",
                setting->name);
    if (setting->type != SETTING_BOOLEAN)
        text_append_text(out, is_file(setting) ? " -r -F" : " -x");
    if (setting->choices != NULL) {
        text_append_text(out, " -a '");
        put_choices(out, setting);
        text_append_byte(out, '\'');
    }
    text_append_text(out, " -d '");
    put_quoted(out, setting->help, "", FISH_QUOTE);
    text_append_text(out, "'\n");
}

static void write_fish(struct text *out)
{
    size_t setting_count = 0;
    const struct setting *settings = settings_all(&setting_count);
    text_append_text(out, "# fish completion of hydrant\ncomplete -c hydrant -f\n");
    for_each_command(out, put_fish_command);
    for (size_t i = 0; i < setting_count; i++)
        put_fish_setting(out, &settings[i]);
    text_append_text(out, "complete -c hydrant -n '__fish_seen_subcommand_from serve exec' "
                          "-l config -r -F -d 'read settings from a file'\n");
}

/* ---- the command ---- */

static const struct {
    const char *name;
    void (*write)(struct text *out);
} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

static int run(int argc, char **argv)
{
    if (argc != 1)
        return command_usage_error(&completion_command, "one shell is wanted: bash, zsh or fish");
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (strcmp(argv[0], shells[i].name) == 0)
            return command_print(shells[i].write);
    return command_usage_error(&completion_command, "there are completions for bash, zsh and fish");
}

static void write_help(struct text *out)
{
    text_append_text(out, "  bash   source <(hydrant completion bash)\n"
                          "  zsh    hydrant completion zsh > \"${fpath[1]}/_hydrant\"\n"
                          "  fish   hydrant completion fish | source\n");
}

const struct command completion_command = {
    .name = "completion",
    .summary = "Print what a shell needs to complete this program's arguments",
    .usage = "bash | zsh | fish",
    .write_help = write_help,
    .run = run,
};
