#include "emulator/delivery/record_split.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_space(struct slice s)
{
    size_t at = 0;
    while (at < s.len && is_space(s.ptr[at]))
        at++;
    return slice_from(s, at);
}

/* Behind the quote that ends the string which begins at `at`; s.len when there is none. */
static size_t skip_string(struct slice s, size_t at)
{
    for (at++; at < s.len && s.ptr[at] != '"'; at++)
        at += s.ptr[at] == '\\';
    return at < s.len ? at + 1 : s.len;
}

/* How long the object at the start of `s` is; 0: there is none, or it has no end. */
static size_t object_length(struct slice s)
{
    size_t depth = 0;
    size_t at = 0;
    if (s.ptr[0] != '{')
        return 0;
    while (at < s.len) {
        char c = s.ptr[at];
        if (c == '"') {
            at = skip_string(s, at);
            continue;
        }
        at++;
        depth += c == '{' || c == '[';
        if (depth > RECORD_SPLIT_MAX_DEPTH)
            return 0;
        if ((c == '}' || c == ']') && --depth == 0)
            return c == '}' ? at : 0;
    }
    return 0;
}

static enum status next_object(struct slice *rest, struct slice *ret_record)
{
    *rest = skip_space(*rest);
    if (rest->len == 0)
        return STATUS_END;
    size_t length = object_length(*rest);
    if (length == 0)
        return STATUS_INVALID;
    *ret_record = slice_first(*rest, length);
    *rest = slice_from(*rest, length);
    return STATUS_OK;
}

static enum status next_delimited(struct slice *rest, struct slice delimiter,
                                  struct slice *ret_record)
{
    while (slice_starts_with(*rest, delimiter))
        *rest = slice_from(*rest, delimiter.len);
    if (rest->len == 0)
        return STATUS_END;
    size_t length = slice_search(*rest, delimiter);
    *ret_record = slice_first(*rest, length);
    *rest = slice_from(*rest, length);
    return STATUS_OK;
}

enum status record_split_next(struct record_split *split, struct slice *ret_record)
{
    enum status status = split->is_json
                             ? next_object(&split->rest, ret_record)
                             : next_delimited(&split->rest, split->delimiter, ret_record);
    if (status == STATUS_OK && split->count++ == RECORD_SPLIT_MAX_RECORDS)
        return STATUS_INVALID;
    return status;
}
