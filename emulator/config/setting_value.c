#include <assert.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/durations.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/settings.h"

static void *member_of(const struct setting *setting, struct config *config)
{
    return (char *)config + setting->offset;
}

static enum status refuse(const char *where, struct slice value, const char *form,
                          struct text *problem)
{
    text_printf(problem, "%s: \"%.*s\" is not %s", where, SLICE_ARG(value), form);
    return STATUS_INVALID;
}

static enum status check_text(const struct setting *setting, const char *where, struct slice value,
                              struct text *problem)
{
    if (value.len == 0)
        return refuse(where, value, setting->form != NULL ? setting->form : "a value", problem);
    if (memchr(value.ptr, '\0', value.len) != NULL)
        return refuse(where, value, "a text without NUL", problem);
    if (setting->is_valid != NULL && !setting->is_valid(value))
        return refuse(where, value, setting->form, problem);
    return STATUS_OK;
}

static enum status take_string(struct arena *arena, struct slice value, const char **ret_text)
{
    const char *copy = arena_text(arena, value);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    *ret_text = copy;
    return STATUS_OK;
}

static enum status take_integer(const struct setting *setting, const char *where,
                                struct slice value, int64_t *ret_value, struct text *problem)
{
    int64_t number = 0;
    if (slice_to_i64(value, &number) == STATUS_OK && number >= setting->min &&
        number <= setting->max) {
        *ret_value = number;
        return STATUS_OK;
    }
    text_printf(problem, "%s: \"%.*s\" is not a number from %lld to %lld", where, SLICE_ARG(value),
                (long long)setting->min, (long long)setting->max);
    return STATUS_INVALID;
}

static enum status take_duration(const struct setting *setting, const char *where,
                                 struct slice value, int64_t *ret_ms, struct text *problem)
{
    int64_t ms = 0;
    if (durations_parse(value, &ms) == STATUS_OK && ms >= setting->min && ms <= setting->max) {
        *ret_ms = ms;
        return STATUS_OK;
    }
    text_printf(problem, "%s: \"%.*s\" is not a time from %llds to %llds, such as 500ms or 10s",
                where, SLICE_ARG(value), (long long)(setting->min / 1000),
                (long long)(setting->max / 1000));
    return STATUS_INVALID;
}

static enum status take_boolean(const char *where, struct slice value, bool *ret_value,
                                struct text *problem)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        bool is_yes = slice_equal_nocase(value, slice_of(yes[i]));
        if (is_yes || slice_equal_nocase(value, slice_of(no[i]))) {
            *ret_value = is_yes;
            return STATUS_OK;
        }
    }
    return refuse(where, value, "true or false", problem);
}

static enum status take_choice(const struct setting *setting, const char *where, struct slice value,
                               int *ret_index, struct text *problem)
{
    for (int i = 0; setting->choices[i] != NULL; i++) {
        if (slice_equal_text(value, setting->choices[i])) {
            *ret_index = i;
            return STATUS_OK;
        }
    }
    text_printf(problem, "%s: \"%.*s\" is not one of", where, SLICE_ARG(value));
    for (int i = 0; setting->choices[i] != NULL; i++)
        text_printf(problem, "%s %s", i == 0 ? "" : ",", setting->choices[i]);
    return STATUS_INVALID;
}

static enum status take_item(struct config_list *list, struct arena *arena, const char *where,
                             struct slice value, struct text *problem)
{
    if (list->count == CONFIG_LIST_MAX) {
        text_printf(problem, "%s: given more than %d times", where, CONFIG_LIST_MAX);
        return STATUS_INVALID;
    }
    if (list->items == NULL)
        list->items = arena_alloc(arena, CONFIG_LIST_MAX * sizeof(list->items[0]));
    if (list->items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = take_string(arena, value, &list->items[list->count]);
    if (status == STATUS_OK)
        list->count++;
    return status;
}

enum status setting_take(const struct setting *setting, struct config *config, struct arena *arena,
                         const char *where, struct slice value, struct text *problem)
{
    void *member = member_of(setting, config);
    enum status status = STATUS_OK;
    switch (setting->type) {
    case SETTING_STRING:
        status = check_text(setting, where, value, problem);
        return status != STATUS_OK ? status : take_string(arena, value, member);
    case SETTING_INTEGER:
        return take_integer(setting, where, value, member, problem);
    case SETTING_BOOLEAN:
        return take_boolean(where, value, member, problem);
    case SETTING_DURATION:
        return take_duration(setting, where, value, member, problem);
    case SETTING_CHOICE:
        return take_choice(setting, where, value, member, problem);
    case SETTING_LIST:
        status = check_text(setting, where, value, problem);
        return status != STATUS_OK ? status : take_item(member, arena, where, value, problem);
    }
    assert(!"a setting type without a case");
    return STATUS_INVALID;
}

void setting_forget(const struct setting *setting, struct config *config)
{
    if (setting->type != SETTING_LIST)
        return;
    struct config_list *list = member_of(setting, config);
    list->count = 0;
}
