#include "handlers/logs/log_tokens.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"

#define OWNER_CHARS 17
#define NUMBER_CHARS 19
#define LIST_TOKEN_MAX_BYTES ((size_t)4096)

void log_token_write(enum log_token_kind kind, int64_t owner, struct log_position position,
                     char *text)
{
    assert(owner >= 0 && position.at_ms >= 0 && position.id >= 0);
    char digits[80]; /* room for any numbers, so that nothing is ever cut off */
    (void)snprintf(digits, sizeof(digits), "%1d%0*lld%0*lld%0*lld", (int)kind, OWNER_CHARS,
                   (long long)owner, NUMBER_CHARS, (long long)position.at_ms, NUMBER_CHARS,
                   (long long)position.id);
    memcpy(text, digits, LOG_TOKEN_CHARS);
    text[LOG_TOKEN_CHARS] = '\0';
}

enum status log_token_read(enum log_token_kind kind, int64_t owner, struct slice text,
                           struct log_position *ret_position)
{
    int64_t stated_owner = 0;
    struct log_position position = {0, 0};
    struct slice rest = slice_from(text, 1);
    if (text.len != LOG_TOKEN_CHARS || text.ptr[0] != '0' + (char)kind ||
        slice_to_i64(slice_first(rest, OWNER_CHARS), &stated_owner) != STATUS_OK ||
        slice_to_i64(slice_first(slice_from(rest, OWNER_CHARS), NUMBER_CHARS), &position.at_ms) !=
            STATUS_OK ||
        slice_to_i64(slice_from(rest, OWNER_CHARS + NUMBER_CHARS), &position.id) != STATUS_OK)
        return STATUS_INVALID;
    if (stated_owner != owner || position.at_ms < 0 || position.id < 0)
        return STATUS_INVALID;
    *ret_position = position;
    return STATUS_OK;
}

enum status log_token_read_page(int64_t stream, struct slice text, bool *ret_backward,
                                struct log_position *ret_position)
{
    struct slice rest = text;
    struct slice direction = slice_cut(&rest, '/');
    struct slice digits = slice_cut(&rest, '/');
    bool is_backward = slice_equal(direction, SLICE("b"));
    if ((!is_backward && !slice_equal(direction, SLICE("f"))) || !slice_equal(rest, SLICE("s")))
        return STATUS_INVALID;
    enum status status = log_token_read(LOG_TOKEN_EVENT, stream, digits, ret_position);
    if (status == STATUS_OK)
        *ret_backward = is_backward;
    return status;
}

enum status log_list_token_write(struct arena *arena, const struct log_list_place *place,
                                 struct slice *ret_token)
{
    struct text plain;
    struct text token;
    text_init_in(&plain, arena, LIST_TOKEN_MAX_BYTES);
    text_init_in(&token, arena, LIST_TOKEN_MAX_BYTES * 2);
    text_printf(&plain, "%lld ", (long long)place->number);
    text_append(&plain, place->name);
    base64_append(&token, text_slice(&plain));
    if (plain.status != STATUS_OK || token.status != STATUS_OK)
        return plain.status != STATUS_OK ? plain.status : token.status;
    *ret_token = text_slice(&token);
    return STATUS_OK;
}

enum status log_list_token_read(struct arena *arena, struct slice token,
                                struct log_list_place *ret_place)
{
    struct slice rest = {NULL, 0};
    struct log_list_place place = {0, {NULL, 0}};
    enum status status = base64_decode(token, arena, &rest);
    if (status != STATUS_OK)
        return status;
    if (slice_to_i64(slice_cut(&rest, ' '), &place.number) != STATUS_OK || rest.len == 0)
        return STATUS_INVALID;
    place.name = rest;
    *ret_place = place;
    return STATUS_OK;
}
