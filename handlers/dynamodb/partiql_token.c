#include "handlers/dynamodb/partiql_token.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/transaction_digest.h"

#define TOKEN_MAX_BYTES ((size_t)32 * 1024)

enum { DIGEST_BYTES = 8, LENGTH_BYTES = 4, PARTS = 4 };

/* Of statement and parameters. */
static enum status make_digest(const struct json *input, struct refusal *refusal,
                               struct slice *ret_digest)
{
    struct slice statement = {NULL, 0};
    struct slice parameters = {NULL, 0};
    struct text text;
    enum status status =
        transaction_digest(json_member(input, "Statement"), refusal->arena, &statement);
    if (status == STATUS_OK)
        status = transaction_digest(json_member(input, "Parameters"), refusal->arena, &parameters);
    if (status != STATUS_OK)
        return status;
    text_init_in(&text, refusal->arena, TOKEN_MAX_BYTES);
    text_append(&text, slice_first(statement, DIGEST_BYTES));
    text_append(&text, slice_first(parameters, DIGEST_BYTES));
    *ret_digest = text_slice(&text);
    return text.status;
}

static void append_part(struct text *out, struct slice part)
{
    uint32_t len = (uint32_t)part.len;
    text_append(out, slice_make(&len, LENGTH_BYTES));
    text_append(out, part);
}

enum status partiql_token_write(const struct json *input, const struct index_key *after,
                                struct refusal *refusal, struct json_writer *w)
{
    struct slice digest = {NULL, 0};
    struct text raw;
    struct text token;
    enum status status = make_digest(input, refusal, &digest);
    if (status != STATUS_OK)
        return status;
    text_init_in(&raw, refusal->arena, TOKEN_MAX_BYTES);
    text_init_in(&token, refusal->arena, 2 * TOKEN_MAX_BYTES);
    text_append(&raw, digest);
    append_part(&raw, after->item.p);
    append_part(&raw, after->item.s);
    append_part(&raw, after->index.p);
    append_part(&raw, after->index.s);
    base64_append(&token, text_slice(&raw));
    if (raw.status != STATUS_OK || token.status != STATUS_OK)
        return STATUS_NO_MEMORY;
    json_put_string(w, "NextToken", text_slice(&token));
    return STATUS_OK;
}

static bool cut_part(struct slice *rest, struct slice *ret_part)
{
    uint32_t len = 0;
    if (rest->len < LENGTH_BYTES)
        return false;
    memcpy(&len, rest->ptr, LENGTH_BYTES);
    *rest = slice_from(*rest, LENGTH_BYTES);
    if (len > rest->len)
        return false;
    *ret_part = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return true;
}

enum status partiql_token_read(const struct json *input, struct refusal *refusal,
                               struct index_key *ret_after)
{
    struct slice digest = {NULL, 0};
    struct text raw;
    text_init_in(&raw, refusal->arena, TOKEN_MAX_BYTES);
    enum status status = make_digest(input, refusal, &digest);
    if (status != STATUS_OK)
        return status;
    status = base64_decode_to(json_member_string(input, "NextToken"), &raw);
    if (status == STATUS_NO_MEMORY)
        return status;
    struct slice rest = text_slice(&raw);
    bool fits = status == STATUS_OK && slice_starts_with(rest, digest);
    rest = slice_from(rest, digest.len);
    fits = fits && cut_part(&rest, &ret_after->item.p) && cut_part(&rest, &ret_after->item.s) &&
           cut_part(&rest, &ret_after->index.p) && cut_part(&rest, &ret_after->index.s) &&
           rest.len == 0 && ret_after->item.p.len > 0;
    return fits ? STATUS_OK : refuse(refusal, "Given NextToken is not valid for this statement");
}
