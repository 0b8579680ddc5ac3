#include "handlers/logs/filter_reader.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"

bool filter_reader_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool filter_reader_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & '\x80') != 0;
}

void filter_reader_skip_space(struct filter_reader *r)
{
    size_t at = 0;
    while (at < r->rest.len && filter_reader_is_space(r->rest.ptr[at]))
        at++;
    r->rest = slice_from(r->rest, at);
}

bool filter_reader_sees(struct filter_reader *r, const char *symbol)
{
    filter_reader_skip_space(r);
    return slice_starts_with(r->rest, slice_of(symbol));
}

bool filter_reader_take(struct filter_reader *r, const char *symbol)
{
    bool is_there = filter_reader_sees(r, symbol);
    if (is_there)
        r->rest = slice_from(r->rest, strlen(symbol));
    return is_there;
}

bool filter_reader_take_word(struct filter_reader *r, const char *word)
{
    size_t len = strlen(word);
    filter_reader_skip_space(r);
    bool is_there = slice_equal_nocase(slice_first(r->rest, len), slice_of(word)) &&
                    (r->rest.len == len || !filter_reader_is_word(r->rest.ptr[len]));
    if (is_there)
        r->rest = slice_from(r->rest, len);
    return is_there;
}

enum status filter_reader_take_quoted(struct filter_reader *r, struct slice *ret_text)
{
    struct slice rest = slice_from(r->rest, 1);
    char *text = arena_alloc(r->arena, rest.len + 1);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    size_t at = 0;
    while (at < rest.len && rest.ptr[at] != '"') {
        bool is_escape = rest.ptr[at] == '\\' && at + 1 < rest.len;
        at += is_escape ? 1 : 0;
        text[len++] = rest.ptr[at++];
    }
    if (at == rest.len)
        return filter_reader_refuse(r);
    r->rest = slice_from(rest, at + 1);
    *ret_text = slice_make(text, len);
    return STATUS_OK;
}

enum status filter_reader_refuse(struct filter_reader *r)
{
    text_append_text(r->problem, "Invalid filter pattern");
    return STATUS_INVALID;
}

enum status filter_reader_refuse_character(struct filter_reader *r, char c)
{
    text_printf(r->problem, "Invalid character(s) in term '%c'", c);
    return STATUS_INVALID;
}
