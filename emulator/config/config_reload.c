#include <string.h>

#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/settings.h"

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_list(const struct config_list *a, const struct config_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_text(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool is_same(const struct setting *setting, const struct config *a, const struct config *b)
{
    const void *one = (const char *)a + setting->offset;
    const void *other = (const char *)b + setting->offset;
    switch (setting->type) {
    case SETTING_STRING:
        return same_text(*(const char *const *)one, *(const char *const *)other);
    case SETTING_LIST:
        return same_list(one, other);
    case SETTING_BOOLEAN:
        return *(const bool *)one == *(const bool *)other;
    case SETTING_CHOICE:
        return *(const int *)one == *(const int *)other;
    case SETTING_INTEGER:
    case SETTING_DURATION:
        break;
    }
    return *(const int64_t *)one == *(const int64_t *)other;
}

/* Only choices reload: what has a pointer would have to outlive the arena it was read into. */
void config_take_over(struct config *running, const struct config *fresh, struct text *kept)
{
    size_t count = 0;
    const struct setting *all = settings_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].reloads && all[i].type == SETTING_CHOICE)
            memcpy((char *)running + all[i].offset, (const char *)fresh + all[i].offset,
                   sizeof(int));
        else if (!is_same(&all[i], running, fresh))
            text_printf(kept, " %s", all[i].name);
    }
}
