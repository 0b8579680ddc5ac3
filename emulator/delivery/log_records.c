#include "emulator/delivery/log_records.h"

#include <zlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"

enum { GZIP_ONLY_WINDOW_BITS = 15 + 16, PIECE_BYTES = 16 * 1024 };

static enum status status_of(int result)
{
    if (result == Z_OK || result == Z_STREAM_END)
        return STATUS_OK;
    return result == Z_MEM_ERROR ? STATUS_NO_MEMORY : STATUS_INVALID;
}

/* One piece more. `ret_ended`: the member ended with it. */
static enum status inflate_piece(z_stream *z, struct text *out, bool *ret_ended)
{
    char piece[PIECE_BYTES];
    z->next_out = (Bytef *)piece;
    z->avail_out = sizeof(piece);
    int result = inflate(z, Z_NO_FLUSH);
    size_t made = sizeof(piece) - z->avail_out;
    text_append(out, slice_make(piece, made));
    *ret_ended = result == Z_STREAM_END;
    if (out->status != STATUS_OK)
        return out->status == STATUS_TOO_LARGE ? STATUS_INVALID : out->status;
    if (result == Z_OK && made == 0 && z->avail_in == 0)
        return STATUS_INVALID; /* cut off */
    return status_of(result);
}

static enum status inflate_members(z_stream *z, struct text *out)
{
    enum status status = STATUS_OK;
    bool has_ended = false;
    while (status == STATUS_OK && !(has_ended && z->avail_in == 0)) {
        if (has_ended)
            status = status_of(inflateReset(z));
        if (status == STATUS_OK)
            status = inflate_piece(z, out, &has_ended);
    }
    return status;
}

enum status log_records_decompress(struct slice record, struct arena *arena,
                                   struct slice *ret_plain)
{
    z_stream z = {.next_in = (z_const Bytef *)record.ptr, .avail_in = (uInt)record.len};
    if (record.len == 0 || record.len > LOG_RECORDS_MAX_BYTES)
        return STATUS_INVALID;
    enum status status = status_of(inflateInit2(&z, GZIP_ONLY_WINDOW_BITS));
    if (status != STATUS_OK)
        return status;
    struct text out;
    text_init(&out, LOG_RECORDS_MAX_BYTES);
    status = inflate_members(&z, &out);
    (void)inflateEnd(&z);
    if (status == STATUS_OK)
        status = arena_copy(arena, text_slice(&out), ret_plain);
    text_close(&out);
    return status;
}

/* A message and a newline. */
static enum status copy_message(struct arena *arena, struct slice message, struct slice *ret_copy)
{
    char *copy = arena_alloc(arena, message.len + 1);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < message.len; i++)
        copy[i] = message.ptr[i];
    copy[message.len] = '\n';
    *ret_copy = slice_make(copy, message.len + 1);
    return STATUS_OK;
}

static enum status collect(const struct json *events, struct arena *arena,
                           struct log_messages *found)
{
    found->messages = arena_alloc(arena, (json_count(events) + 1) * sizeof(*found->messages));
    if (found->messages == NULL)
        return STATUS_NO_MEMORY;
    for (const struct json *event = json_first(events); event != NULL; event = json_next(event)) {
        const struct json *message = json_member(event, "message");
        if (json_kind(message) != JSON_STRING)
            return STATUS_INVALID;
        enum status status =
            copy_message(arena, json_string(message), &found->messages[found->count++]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status log_records_messages(struct slice document, struct arena *arena,
                                 struct log_messages *ret_messages)
{
    const struct json *root = NULL;
    struct log_messages found = {.count = 0};
    enum status status = json_parse_replacing(document, arena, &root);
    if (status == STATUS_UNSUPPORTED)
        return STATUS_INVALID;
    if (status != STATUS_OK)
        return status;
    const struct json *events = json_member(root, "logEvents");
    if (json_kind(events) != JSON_ARRAY)
        return STATUS_INVALID;
    bool is_control = slice_equal_text(json_member_string(root, "messageType"), "CONTROL_MESSAGE");
    if (!is_control)
        status = collect(events, arena, &found);
    if (status == STATUS_OK)
        *ret_messages = found;
    return status;
}
