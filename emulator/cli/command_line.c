#include "emulator/cli/command_line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/cli/command.h"

static const struct command_flag *find_flag(const struct command_line *line, const char *argument)
{
    size_t len = strcspn(argument, "=");
    for (size_t i = 0; i < line->flag_count; i++) {
        const char *name = line->flags[i].name;
        if (strlen(name) == len && memcmp(name, argument, len) == 0)
            return &line->flags[i];
    }
    return NULL;
}

static int take_flag(struct command_line *line, int argc, char **argv, int *index)
{
    const char *argument = argv[*index];
    const struct command_flag *flag = find_flag(line, argument);
    if (flag == NULL)
        return command_usage_error(line->command, "there is no option %s", argument);
    const char *equals = strchr(argument, '=');
    if (equals != NULL) {
        *flag->value = equals + 1;
        return COMMAND_OK;
    }
    if (*index + 1 >= argc)
        return command_usage_error(line->command, "%s: a value is missing", argument);
    (*index)++;
    *flag->value = argv[*index];
    return COMMAND_OK;
}

static int take_word(struct command_line *line, const char *word)
{
    if (line->word_count == line->word_max)
        return command_usage_error(line->command, "unexpected argument \"%s\"", word);
    line->words[line->word_count++] = word;
    return COMMAND_OK;
}

int command_line_parse(struct command_line *line, int argc, char **argv)
{
    bool flags_ended = false;
    int code = COMMAND_OK;
    for (int i = 0; i < argc && code == COMMAND_OK; i++) {
        if (!flags_ended && strcmp(argv[i], "--") == 0)
            flags_ended = true;
        else if (!flags_ended && argv[i][0] == '-')
            code = take_flag(line, argc, argv, &i);
        else
            code = take_word(line, argv[i]);
    }
    return code;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): before any thread */
    return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *command_line_endpoint(const char *flag)
{
    if (flag != NULL)
        return flag;
    const char *endpoint = variable("HYDRANT_ENDPOINT");
    if (endpoint == NULL)
        endpoint = variable("AWS_ENDPOINT_URL");
    return endpoint != NULL ? endpoint : "http://127.0.0.1:4566";
}
