/*
 * config.c -- the sources, weakest first: defaults, file, environment, flags. Each simply
 * overwrites what a weaker one put there.
 */
#include "emulator/config/config.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/aliases.h"
#include "emulator/config/config_file.h"
#include "emulator/config/data_folder.h"
#include "emulator/config/settings.h"

/* One flag of the command line, taken apart. */
struct flag {
    struct slice name;
    struct slice value;
    bool has_value; /* "--name=value" */
};

static enum status take_defaults(struct config *config, struct arena *arena,
                                 const struct config_sources *sources, struct text *problem)
{
    memset(config, 0, sizeof(*config));
    size_t count = 0;
    const struct setting *all = settings_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].otherwise == NULL)
            continue;
        enum status status =
            setting_take(&all[i], config, arena, all[i].name, slice_of(all[i].otherwise), problem);
        if (status != STATUS_OK)
            return status;
    }
    config->data = data_folder_default(arena, sources->env, sources->env_owner);
    return config->data != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Lists come with commas between their values. */
static enum status take_variable(const struct setting *setting, struct config *config,
                                 struct arena *arena, struct slice value, struct text *problem)
{
    if (setting->type != SETTING_LIST)
        return setting_take(setting, config, arena, setting->environment, value, problem);
    setting_forget(setting, config);
    enum status status = STATUS_OK;
    while (value.len > 0 && status == STATUS_OK)
        status = setting_take(setting, config, arena, setting->environment,
                              slice_trim(slice_cut(&value, ',')), problem);
    return status;
}

/* An empty variable counts as one that is not set, as compose files leave them. */
static enum status take_environment(struct config *config, struct arena *arena,
                                    const struct config_sources *sources, struct text *problem)
{
    size_t count = 0;
    const struct setting *all = settings_all(&count);
    for (size_t i = 0; i < count; i++) {
        struct slice value = slice_of(sources->env(sources->env_owner, all[i].environment));
        if (value.len == 0)
            continue;
        enum status status = take_variable(&all[i], config, arena, value, problem);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status read_flag(struct slice argument, struct flag *ret_flag, struct text *problem)
{
    if (!slice_starts_with(argument, SLICE("--")) || argument.len == 2) {
        text_printf(problem, "unexpected argument \"%.*s\"", SLICE_ARG(argument));
        return STATUS_INVALID;
    }
    struct slice rest = slice_from(argument, 2);
    ret_flag->has_value = slice_find(rest, '=') < rest.len;
    ret_flag->name = slice_cut(&rest, '=');
    ret_flag->value = rest;
    return STATUS_OK;
}

/* The flag's value: behind the '=', or the next argument. */
static enum status flag_value(const struct config_sources *sources, struct flag *flag, int *index,
                              struct text *problem)
{
    if (flag->has_value)
        return STATUS_OK;
    if (*index + 1 >= sources->argc) {
        text_printf(problem, "--%.*s: a value is missing", SLICE_ARG(flag->name));
        return STATUS_INVALID;
    }
    (*index)++;
    flag->value = slice_of(sources->argv[*index]);
    return STATUS_OK;
}

/* A pass over the flags: without a `config` it only looks for mistakes and for --config. */
struct flag_walk {
    const struct config_sources *sources;
    struct config *config;
    struct arena *arena;
    struct text *problem;
    struct slice config_file;
    bool *forgotten; /* one per setting: its list was emptied for the flags */
};

static enum status take_flag(struct flag_walk *walk, struct flag *flag, int *index)
{
    if (slice_equal(flag->name, SLICE("config"))) {
        enum status status = flag_value(walk->sources, flag, index, walk->problem);
        walk->config_file = flag->value;
        return status;
    }
    const struct setting *setting = settings_find(flag->name);
    if (setting == NULL)
        return settings_unknown("", "--", flag->name, walk->problem);
    if (setting->type == SETTING_BOOLEAN && !flag->has_value)
        flag->value = SLICE("true");
    else {
        enum status status = flag_value(walk->sources, flag, index, walk->problem);
        if (status != STATUS_OK)
            return status;
    }
    if (walk->config == NULL)
        return STATUS_OK;

    size_t count = 0;
    size_t row = (size_t)(setting - settings_all(&count));
    if (!walk->forgotten[row])
        setting_forget(setting, walk->config);
    walk->forgotten[row] = true;
    char *where = arena_printf(walk->arena, "--%s", setting->name);
    if (where == NULL)
        return STATUS_NO_MEMORY;
    return setting_take(setting, walk->config, walk->arena, where, flag->value, walk->problem);
}

static enum status walk_flags(struct flag_walk *walk)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < walk->sources->argc && status == STATUS_OK; i++) {
        struct flag flag = {0};
        status = read_flag(slice_of(walk->sources->argv[i]), &flag, walk->problem);
        if (status == STATUS_OK)
            status = take_flag(walk, &flag, &i);
    }
    return status;
}

static enum status take_flags(struct flag_walk *walk, struct config *config)
{
    size_t count = 0;
    (void)settings_all(&count);
    walk->config = config;
    walk->forgotten = arena_zalloc(walk->arena, count * sizeof(walk->forgotten[0]));
    return walk->forgotten != NULL ? walk_flags(walk) : STATUS_NO_MEMORY;
}

/* All sources, with or without the variables of what Hydrant is used in place of. */
static enum status take_all(struct flag_walk *walk, struct config *config, bool takes_aliases)
{
    enum status status = take_defaults(config, walk->arena, walk->sources, walk->problem);
    if (status == STATUS_OK && walk->config_file.len > 0)
        status = config_file_take(walk->config_file, config, walk->arena, walk->problem);
    if (status == STATUS_OK && takes_aliases)
        status = aliases_take(config, walk->arena, walk->sources, walk->problem);
    if (status == STATUS_OK)
        status = take_environment(config, walk->arena, walk->sources, walk->problem);
    if (status == STATUS_OK)
        status = take_flags(walk, config);
    return status;
}

enum status config_load(struct config *config, struct arena *arena,
                        const struct config_sources *sources, struct text *problem)
{
    /* Once without taking anything: the file that --config names is weaker than the flags. */
    struct flag_walk walk = {.sources = sources, .arena = arena, .problem = problem};
    walk.config_file = slice_of(sources->env(sources->env_owner, "HYDRANT_CONFIG"));
    struct config loaded;
    enum status status = walk_flags(&walk);
    if (status == STATUS_OK)
        status = take_all(&walk, &loaded, false);
    if (status == STATUS_OK && loaded.in_place_of == CONFIG_IN_PLACE_OF_LOCALSTACK)
        status = take_all(&walk, &loaded, true);
    if (status == STATUS_OK)
        *config = loaded;
    return status;
}
