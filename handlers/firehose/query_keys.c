#include "handlers/firehose/query_keys.h"

#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* The name before the first colon; empty when it is no plain one. */
static struct slice key_of(struct slice pair)
{
    struct slice key = slice_trim(slice_first(pair, slice_find(pair, ':')));
    if (key.len > 2 && key.ptr[0] == '"' && key.ptr[key.len - 1] == '"')
        key = slice_first(slice_from(key, 1), key.len - 2);
    for (size_t i = 0; i < key.len; i++) {
        if (!is_word(key.ptr[i]))
            return slice_make(NULL, 0);
    }
    return slice_find(pair, ':') < pair.len ? key : slice_make(NULL, 0);
}

/* How long the next pair is: up to a comma that is in no string, call or array. */
static size_t pair_length(struct slice rest)
{
    bool is_string = false;
    int depth = 0;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        if (is_string && c == '\\')
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (!is_string && (c == '(' || c == '['))
            depth++;
        else if (!is_string && (c == ')' || c == ']'))
            depth--;
        else if (!is_string && depth == 0 && c == ',')
            return i;
    }
    return rest.len;
}

static bool is_in(struct slice prefix, struct slice key)
{
    static const char opening[] = "!{partitionKeyFromQuery:";
    struct slice rest = prefix;
    for (size_t at = 0; (at = slice_search(rest, SLICE(opening))) < rest.len;) {
        rest = slice_from(rest, at + sizeof(opening) - 1);
        if (slice_equal(slice_first(rest, slice_find(rest, '}')), key))
            return true;
    }
    return false;
}

bool query_keys_are_used(struct slice query, struct slice prefix)
{
    struct slice all = slice_trim(query);
    if (all.len < 2 || all.ptr[0] != '{' || all.ptr[all.len - 1] != '}')
        return true;
    struct slice rest = slice_first(slice_from(all, 1), all.len - 2);
    if (memchr(rest.ptr, '{', rest.len) != NULL || memchr(rest.ptr, '}', rest.len) != NULL)
        return true;
    while (rest.len > 0) {
        size_t len = pair_length(rest);
        struct slice key = key_of(slice_first(rest, len));
        if (key.len > 0 && !is_in(prefix, key))
            return false;
        rest = slice_from(rest, len + 1);
    }
    return true;
}
