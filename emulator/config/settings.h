/*
 * settings.h -- the table of settings, and taking one value. For this folder, and for who writes
 * about settings.
 */
#ifndef EMULATOR_CONFIG_SETTINGS_H
#define EMULATOR_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct config;
struct text;

enum setting_type {
    SETTING_STRING,   /* const char * */
    SETTING_INTEGER,  /* int64_t, from `min` to `max` */
    SETTING_BOOLEAN,  /* bool; a flag without a value says true */
    SETTING_DURATION, /* int64_t milliseconds, from `min` to `max` */
    SETTING_CHOICE,   /* int: an index into `choices` */
    SETTING_LIST      /* struct config_list */
};

struct setting {
    const char *name; /* --name, and the file's key */
    enum setting_type type;
    size_t offset;           /* of the member of struct config */
    const char *otherwise;   /* the default, as a person would write it; NULL: see data_folder.h */
    const char *environment; /* "HYDRANT_..." */
    const char *value_name;  /* in the help: "PORT" */
    const char *help;
    int64_t min;
    int64_t max;
    const char *const *choices;          /* NULL behind the last */
    bool (*is_valid)(struct slice text); /* strings and lists; NULL takes anything not empty */
    const char *form;                    /* what is_valid wants: "twelve digits" */
    bool reloads;                        /* may change while the daemon runs */
};

/* All of them, in the order of the help. */
const struct setting *settings_all(size_t *ret_count);

/* NULL when there is none of that name. */
const struct setting *settings_find(struct slice name);

/*
 * Put `value` into the member of `config` (a list grows by it). STATUS_INVALID: `problem` got a
 * sentence that begins with `where`, such as `--port`.
 */
NODISCARD enum status setting_take(const struct setting *setting, struct config *config,
                                   struct arena *arena, const char *where, struct slice value,
                                   struct text *problem);

/* Forget the values a weaker source gave to a list; no-op for other types. */
void setting_forget(const struct setting *setting, struct config *config);

/* "where: there is no setting NAME", with the nearest name when there is one. STATUS_INVALID. */
NODISCARD enum status settings_unknown(const char *where, const char *dashes, struct slice name,
                                       struct text *problem);

#endif
