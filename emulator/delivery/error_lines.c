#include "emulator/delivery/error_lines.h"

#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/mem.h"
#include "emulator/delivery/error_object.h"
#include "storage/object_store.h"

#define PIECE_BYTES ((size_t)256 * 1024)
#define LINE_ARENA_MAX_BYTES (4 * ERROR_LINE_MAX_BYTES)

/* ---- the body ---- */

static enum status read_blob(struct blob_store *blobs, const struct extent *extent, uint64_t skip,
                             size_t len, char *at)
{
    int file = -1;
    enum status status = blob_open(blobs, extent->blob_id, &file);
    if (status != STATUS_OK)
        return status;
    size_t got = 0;
    ssize_t count = 1;
    while (got < len && count > 0) {
        count = pread(file, at + got, len - got, (off_t)(extent->start + skip + got));
        got += count > 0 ? (size_t)count : 0;
    }
    (void)close(file);
    return got == len ? STATUS_OK : STATUS_IO_ERROR;
}

/* What stands at `place`, up to the end of its extent and at most `max` bytes. */
static enum status read_piece(const struct error_lines *lines, uint64_t place, size_t max, char *at,
                              size_t *ret_len)
{
    const struct error_object *object = lines->object;
    size_t i = 0;
    while (i < object->extent_count && place >= object->extents[i].length)
        place -= object->extents[i++].length;
    if (i == object->extent_count)
        return STATUS_CORRUPT;
    const struct extent *extent = &object->extents[i];
    size_t len = extent->length - place < max ? (size_t)(extent->length - place) : max;
    *ret_len = len;
    if (extent->blob_id[0] != '\0')
        return read_blob(lines->blobs, extent, place, len, at);
    memcpy(at, extent->bytes.ptr + place, len);
    return STATUS_OK;
}

/* ---- what is loaded ---- */

/* Room for a piece behind what is there. */
static enum status make_room(struct error_lines *lines)
{
    if (lines->start > 0) {
        memmove(lines->ahead, lines->ahead + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    if (lines->end > ERROR_LINE_MAX_BYTES)
        return STATUS_TOO_LARGE;
    if (lines->capacity - lines->end >= PIECE_BYTES)
        return STATUS_OK;
    size_t capacity = 2 * lines->capacity + PIECE_BYTES;
    char *ahead = mem_resize(lines->ahead, capacity);
    if (ahead == NULL)
        return STATUS_NO_MEMORY;
    lines->ahead = ahead;
    lines->capacity = capacity;
    return STATUS_OK;
}

static enum status load(struct error_lines *lines)
{
    size_t len = 0;
    enum status status = make_room(lines);
    if (status == STATUS_OK)
        status = read_piece(lines, lines->taken + lines->end - lines->start, PIECE_BYTES,
                            lines->ahead + lines->end, &len);
    if (status == STATUS_OK)
        lines->end += len;
    return status;
}

void error_lines_open(struct error_lines *lines, struct blob_store *blobs,
                      const struct error_object *object, uint64_t place)
{
    *lines = (struct error_lines){.blobs = blobs, .object = object, .taken = place};
}

void error_lines_close(struct error_lines *lines)
{
    mem_free(lines->ahead);
    lines->ahead = NULL;
}

enum status error_lines_next(struct error_lines *lines, struct slice *ret_line)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        struct slice rest = slice_from(slice_make(lines->ahead, lines->end), lines->start);
        size_t len = rest.len > 0 ? slice_find(rest, '\n') : 0;
        bool is_all = lines->taken + rest.len >= lines->object->size;
        if (len < rest.len || (is_all && rest.len > 0)) {
            size_t step = len + (len < rest.len ? 1 : 0);
            lines->start += step;
            lines->taken += step;
            *ret_line = slice_first(rest, len);
            return STATUS_OK;
        }
        status = is_all ? STATUS_END : load(lines);
    }
    return status;
}

/* ---- records ---- */

void error_chunk_init(struct error_chunk *chunk)
{
    text_init(&chunk->packed, 2 * ERROR_LINE_MAX_BYTES);
}

void error_chunk_close(struct error_chunk *chunk)
{
    text_close(&chunk->packed);
}

static bool has(struct slice line, struct slice words)
{
    return slice_search(line, words) < line.len;
}

static bool is_blank(struct slice line)
{
    size_t at = 0;
    while (at < line.len && slice_find(SLICE(" \t\r"), line.ptr[at]) < 3)
        at++;
    return at == line.len;
}

/* Of a line with the words of one of ours. What is no JSON is one of ours that is damaged. */
static enum status read_data(struct slice line, struct arena *arena, struct slice *ret_data)
{
    const struct json *json = NULL;
    enum status status = json_parse(line, arena, &json);
    if (status != STATUS_OK)
        return status == STATUS_UNSUPPORTED ? STATUS_INVALID : status;
    const struct json *data = json_member(json, "rawData");
    const struct json *code = json_member(json, "errorCode");
    if (data == NULL || code == NULL)
        return STATUS_UNSUPPORTED;
    if (json_kind(data) != JSON_STRING || json_string(code).len == 0)
        return STATUS_INVALID;
    *ret_data = json_string(data);
    return STATUS_OK;
}

/* The record of a line; nothing of a blank one. Where it cannot be one: as error_lines_check(). */
static enum status add_line(struct record_chunk_builder *builder, struct slice line, int64_t now_ms)
{
    struct arena arena;
    struct slice data;
    if (is_blank(line))
        return STATUS_OK;
    if (!has(line, SLICE("\"rawData\"")) || !has(line, SLICE("\"errorCode\"")))
        return STATUS_UNSUPPORTED;
    arena_init(&arena, LINE_ARENA_MAX_BYTES);
    enum status status = read_data(line, &arena, &data);
    if (status == STATUS_OK)
        status = record_chunk_add_base64(builder, data, now_ms);
    arena_clear(&arena);
    return status == STATUS_OK ? builder->out->status : status;
}

enum status error_chunk_fill(struct error_chunk *chunk, struct error_lines *lines, uint64_t bytes,
                             int64_t now_ms)
{
    struct record_chunk_builder builder;
    struct slice line;
    enum status status = STATUS_OK;
    text_clear(&chunk->packed);
    record_chunk_begin(&builder, &chunk->packed, chunk->entries, ERROR_LINES_OF_CHUNK);
    while (status == STATUS_OK && builder.count < ERROR_LINES_OF_CHUNK &&
           record_chunk_bytes(&builder) < bytes) {
        status = error_lines_next(lines, &line);
        if (status == STATUS_OK)
            status = add_line(&builder, line, now_ms);
    }
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    return record_chunk_finish(&builder, &chunk->chunk);
}

enum status error_lines_check(struct error_lines *lines)
{
    struct error_chunk *chunk = mem_alloc(sizeof(*chunk));
    if (chunk == NULL)
        return STATUS_NO_MEMORY;
    error_chunk_init(chunk);
    enum status status = STATUS_OK;
    uint64_t before = lines->taken;
    uint64_t records = 0;
    do {
        before = lines->taken;
        status = error_chunk_fill(chunk, lines, PIECE_BYTES, 0);
        records += status == STATUS_OK ? chunk->chunk.records : 0;
    } while (status == STATUS_OK && lines->taken > before);
    error_chunk_close(chunk);
    mem_free(chunk);
    if (status == STATUS_TOO_LARGE)
        return STATUS_UNSUPPORTED; /* no line of ours is as long */
    return status == STATUS_OK && records == 0 ? STATUS_UNSUPPORTED : status;
}
