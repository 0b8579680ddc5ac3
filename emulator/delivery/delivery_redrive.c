#include "emulator/delivery/delivery_redrive.h"

#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/record_chunk.h"
#include "storage/bucket_store.h"
#include "storage/object_list.h"

#define PAGE_KEYS 1000
#define ARENA_MAX_BYTES ((size_t)1024 * 1024 * 1024)
#define LINE_ARENA_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define RECORD_MAX_BYTES ((size_t)1024 * 1000)

/* "-yyyy-MM-dd-HH-mm-ss-" and the id. */
enum { STAMP_CHARS = 21, TAIL_CHARS = STAMP_CHARS + UUID_CHARS };

struct redriving {
    struct delivery_stream *stream;
    int64_t bucket_id;
    struct arena arena; /* of one page, and the objects read */
    uint64_t bytes;
    struct delivery_redriven done;
};

/* ---- which objects ---- */

static bool has_error_type(struct slice key)
{
    return slice_search(key, SLICE("processing-failed")) < key.len ||
           slice_search(key, SLICE("decompression-failed")) < key.len ||
           slice_search(key, SLICE("http-endpoint-failed")) < key.len;
}

/* <anything><stream>-<version>-<time>-<id>, without an extension. */
static bool has_name(const struct delivery_stream *stream, struct slice key)
{
    if (key.len <= TAIL_CHARS)
        return false;
    struct slice head = slice_first(key, key.len - TAIL_CHARS);
    size_t digits = 0;
    while (digits < head.len && head.ptr[head.len - 1 - digits] >= '0' &&
           head.ptr[head.len - 1 - digits] <= '9')
        digits++;
    struct slice rest = slice_first(head, head.len - digits);
    if (digits == 0 || rest.len == 0 || rest.ptr[rest.len - 1] != '-')
        return false;
    return slice_ends_with(slice_first(rest, rest.len - 1), stream->name);
}

/* Where error objects begin: what stands before the first expression. */
static struct slice start_of(const struct delivery_stream *stream)
{
    const struct delivery_target *target = &stream->settings.destination;
    struct slice prefix = target->error_prefix.len > 0 ? target->error_prefix : target->prefix;
    return slice_first(prefix, slice_search(prefix, SLICE("!{")));
}

/* ---- one object ---- */

static enum status read_extent(struct redriving *r, const struct extent *extent, char *at)
{
    if (extent->blob_id[0] == '\0') {
        for (uint64_t i = 0; i < extent->length; i++)
            at[i] = extent->bytes.ptr[i];
        return STATUS_OK;
    }
    int file = -1;
    enum status status = blob_open(r->stream->engine->deps.blobs, extent->blob_id, &file);
    if (status != STATUS_OK)
        return status;
    uint64_t got = 0;
    ssize_t count = 1;
    while (got < extent->length && count > 0) {
        count = pread(file, at + got, extent->length - got, (off_t)(extent->start + got));
        got += count > 0 ? (uint64_t)count : 0;
    }
    (void)close(file);
    return got == extent->length ? STATUS_OK : STATUS_IO_ERROR;
}

static enum status read_body(struct redriving *r, const struct object *object,
                             struct slice *ret_body)
{
    struct extent *extents = NULL;
    size_t count = 0;
    *ret_body = object->bytes;
    if (object->body_id == 0)
        return STATUS_OK;
    enum status status = object_store_extents(r->stream->engine->deps.db, object->body_id,
                                              &r->arena, &extents, &count);
    char *body = status == STATUS_OK ? arena_alloc(&r->arena, object->size) : NULL;
    if (status == STATUS_OK && body == NULL)
        status = STATUS_NO_MEMORY;
    uint64_t at = 0;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = read_extent(r, &extents[i], body + at);
        at += extents[i].length;
    }
    *ret_body = slice_make(body, object->size);
    return status;
}

/* A line's record, to the chunk. STATUS_INVALID: it is not a line of ours. */
static enum status add_line(struct record_chunk_builder *builder, struct slice line, int64_t now_ms)
{
    struct arena arena;
    const struct json *json = NULL;
    arena_init(&arena, LINE_ARENA_MAX_BYTES);
    enum status status = json_parse(line, &arena, &json);
    if (status == STATUS_UNSUPPORTED)
        status = STATUS_INVALID;
    if (status == STATUS_OK && (json_member_string(json, "errorCode").len == 0 ||
                                json_kind(json_member(json, "rawData")) != JSON_STRING))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        status = record_chunk_add_base64(builder, json_member_string(json, "rawData"), now_ms);
    arena_clear(&arena);
    return status;
}

struct lines {
    struct slice rest;
    struct text packed;
    struct record_chunk_entry *entries;
    uint64_t records;
};

/* As many lines as fit into one chunk. STATUS_END behind the last one. */
static enum status put_lines(struct redriving *r, struct lines *lines)
{
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    struct delivery_stream *stream = r->stream;
    uint64_t limit = delivery_stream_chunk_bytes(stream);
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    enum status status = STATUS_OK;
    text_clear(&lines->packed);
    record_chunk_begin(&builder, &lines->packed, lines->entries, PAGE_KEYS);
    while (status == STATUS_OK && lines->rest.len > 0 && builder.count < PAGE_KEYS &&
           record_chunk_bytes(&builder) < limit) {
        status = add_line(&builder, slice_cut(&lines->rest, '\n'), now_ms);
    }
    if (status == STATUS_OK)
        status = record_chunk_finish(&builder, &chunk);
    if (status != STATUS_OK)
        return status;
    lines->records += chunk.records;
    return delivery_accept(stream->engine, stream, &chunk, 1);
}

static enum status put_object_lines(struct redriving *r, struct slice body, uint64_t *ret_records)
{
    struct lines lines = {.rest = body};
    lines.entries = mem_alloc(PAGE_KEYS * sizeof(*lines.entries));
    if (lines.entries == NULL)
        return STATUS_NO_MEMORY;
    text_init(&lines.packed, body.len + RECORD_MAX_BYTES);
    enum status status = STATUS_OK;
    while (status == STATUS_OK && lines.rest.len > 0)
        status = put_lines(r, &lines);
    text_close(&lines.packed);
    mem_free(lines.entries);
    *ret_records = lines.records;
    return status;
}

/* Every line is looked at before the first one is put: an object is taken whole or left alone. */
static bool is_all_ours(struct slice body)
{
    while (body.len > 0) {
        struct slice line = slice_cut(&body, '\n');
        if (slice_search(line, SLICE("\"rawData\":\"")) == line.len ||
            slice_search(line, SLICE("\"errorCode\":\"")) == line.len)
            return false;
    }
    return true;
}

static enum status take_object(struct redriving *r, struct slice key)
{
    struct db *db = r->stream->engine->deps.db;
    struct object object;
    struct slice body = {NULL, 0};
    uint64_t records = 0;
    enum status status = object_store_read(db, r->bucket_id, key, &r->arena, &object);
    if (status == STATUS_OK && object.size > DELIVERY_REDRIVE_OBJECT_MAX_BYTES)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = read_body(r, &object, &body);
    if (status != STATUS_OK || body.len == 0 || !is_all_ours(body))
        return status;
    status = put_object_lines(r, body, &records);
    if (status == STATUS_OK)
        status = object_store_delete(db, r->bucket_id, key);
    if (status != STATUS_OK)
        return status;
    r->bytes += object.size;
    r->done.objects++;
    r->done.records += records;
    return STATUS_OK;
}

/* ---- all ---- */

static enum status take_page(struct redriving *r, const struct object_list *page)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < page->count; i++) {
        struct slice key = page->rows[i].name;
        if (!has_error_type(key) || !has_name(r->stream, key))
            continue;
        r->done.has_more =
            r->done.objects > 0 && r->bytes + page->rows[i].size > DELIVERY_REDRIVE_BYTES;
        if (r->done.has_more)
            break;
        status = take_object(r, key);
    }
    return status;
}

/* A page; its last key goes into `after`. STATUS_END behind the last page. */
static enum status take_next_page(struct redriving *r, struct text *after)
{
    struct object_list page = {
        .bucket_id = r->bucket_id,
        .prefix = start_of(r->stream),
        .after = text_slice(after),
        .max = PAGE_KEYS,
    };
    enum status status = object_list_run(r->stream->engine->deps.db, &r->arena, &page);
    if (status == STATUS_OK)
        status = take_page(r, &page);
    if (status != STATUS_OK)
        return status;
    if (!page.is_truncated || page.count == 0 || r->done.has_more)
        return STATUS_END;
    text_clear(after);
    text_append(after, page.rows[page.count - 1].name);
    return after->status;
}

static enum status take_all(struct redriving *r)
{
    struct text after;
    enum status status = STATUS_OK;
    text_init(&after, OBJECT_KEY_MAX_BYTES);
    while (status == STATUS_OK) {
        status = take_next_page(r, &after);
        arena_clear(&r->arena);
    }
    text_close(&after);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status delivery_redrive(struct delivery_stream *stream, struct delivery_redriven *ret_redriven)
{
    struct bucket bucket;
    struct redriving r = {.stream = stream};
    arena_init(&r.arena, ARENA_MAX_BYTES);
    enum status status = bucket_store_find(stream->engine->deps.db,
                                           stream->settings.destination.bucket, &r.arena, &bucket);
    r.bucket_id = status == STATUS_OK ? bucket.id : 0;
    arena_clear(&r.arena);
    if (status == STATUS_OK)
        status = take_all(&r);
    arena_clear(&r.arena);
    if (status == STATUS_OK)
        *ret_redriven = r.done;
    return status;
}
