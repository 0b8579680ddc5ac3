#include "emulator/lambda/function_isolation.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"

bool function_isolation_is_word(struct slice word)
{
    return slice_equal_text(word, "none") || slice_equal_text(word, "worker");
}

/* Most have none of it: they are not parsed. */
static enum status find_word(struct slice object, const char *name, struct arena *arena,
                             struct slice *word)
{
    const struct json *json = NULL;
    if (function_isolation_is_word(*word) || slice_search(object, slice_of(name)) >= object.len)
        return STATUS_OK;
    enum status status = json_parse(object, arena, &json);
    if (status == STATUS_OK)
        *word = json_member_string(json, name);
    return status;
}

enum status function_isolation_find(struct slice environment, struct slice tags, bool otherwise,
                                    struct arena *arena, bool *ret_is_isolated)
{
    struct slice word = {NULL, 0};
    enum status status = find_word(environment, FUNCTION_ISOLATION_VARIABLE, arena, &word);
    if (status == STATUS_OK)
        status = find_word(tags, FUNCTION_ISOLATION_TAG, arena, &word);
    if (status != STATUS_OK)
        return status;
    *ret_is_isolated =
        function_isolation_is_word(word) ? slice_equal_text(word, "worker") : otherwise;
    return STATUS_OK;
}
