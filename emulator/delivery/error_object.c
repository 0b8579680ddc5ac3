#include "emulator/delivery/error_object.h"

#include "emulator/base/arena.h"
#include "emulator/base/dates.h"
#include "emulator/base/ids.h"
#include "emulator/base/text.h"
#include "emulator/delivery/error_folder.h"
#include "storage/bucket_store.h"
#include "storage/object_list.h"

#define PAGE_KEYS 1000
#define PAGE_MAX_BYTES ((size_t)8 * 1024 * 1024)

/* "-yyyy-MM-dd-HH-mm-ss-" and the id. */
enum { STAMP_CHARS = 21, TAIL_CHARS = STAMP_CHARS + UUID_CHARS };

/* ---- which keys ---- */

static bool has_error_type(struct slice key)
{
    return slice_search(key, SLICE("processing-failed")) < key.len ||
           slice_search(key, SLICE("decompression-failed")) < key.len ||
           slice_search(key, SLICE("http-endpoint-failed")) < key.len;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What stands before the first expression. */
static struct slice start_of(struct slice prefix)
{
    return slice_first(prefix, slice_search(prefix, SLICE("!{")));
}

/* "-2026-11-25-22-27-23-", as clocks showed it. */
static bool read_stamp(struct slice stamp, int64_t *ret_local_ms)
{
    static const char form[] = "-0000-00-00-00-00-00-";
    char iso[] = "0000-00-00T00:00:00Z";
    for (size_t i = 0; i < STAMP_CHARS; i++) {
        if (form[i] == '0' ? !is_digit(stamp.ptr[i]) : stamp.ptr[i] != form[i])
            return false;
        if (form[i] == '0')
            iso[i - 1] = stamp.ptr[i];
    }
    return dates_parse_iso(slice_of(iso), ret_local_ms) == STATUS_OK;
}

/* <prefix><stream>-<version>-<time>-<id>, without an extension. */
static bool has_name(const struct error_search *search, struct slice key)
{
    int64_t local_ms = 0;
    if (key.len <= TAIL_CHARS || !read_stamp(slice_from(key, key.len - TAIL_CHARS), &local_ms))
        return false;
    struct slice head = slice_first(key, key.len - TAIL_CHARS);
    size_t digits = 0;
    while (digits < head.len && is_digit(head.ptr[head.len - 1 - digits]))
        digits++;
    struct slice rest = slice_first(head, head.len - digits);
    if (digits == 0 || rest.len == 0 || rest.ptr[rest.len - 1] != '-')
        return false;
    struct slice named = slice_first(rest, rest.len - 1);
    return slice_ends_with(named, search->stream) &&
           error_folder_fits(search->prefix, slice_first(named, named.len - search->stream.len),
                             local_ms);
}

/* ---- pages of keys ---- */

/* The first that fits; an empty slice when there is none. */
static struct slice pick(const struct error_search *search, const struct object_list *page)
{
    for (size_t i = 0; i < page->count; i++) {
        struct slice key = page->rows[i].name;
        if (has_error_type(key) && has_name(search, key))
            return key;
    }
    return slice_make(NULL, 0);
}

/* STATUS_BUSY: `after` is where the next page begins. */
static enum status look_at_page(struct db *reader, const struct error_search *search,
                                int64_t bucket_id, struct text *after, struct text *ret_key)
{
    struct arena arena;
    struct object_list page = {
        .bucket_id = bucket_id,
        .prefix = start_of(search->prefix),
        .after = text_slice(after),
        .max = PAGE_KEYS,
    };
    arena_init(&arena, PAGE_MAX_BYTES);
    enum status status = object_list_run(reader, &arena, &page);
    struct slice key = status == STATUS_OK ? pick(search, &page) : slice_make(NULL, 0);
    if (status == STATUS_OK && key.len > 0) {
        text_append(ret_key, key);
        status = ret_key->status;
    } else if (status == STATUS_OK && page.is_truncated && page.count > 0) {
        text_clear(after);
        text_append(after, page.rows[page.count - 1].name);
        status = after->status == STATUS_OK ? STATUS_BUSY : after->status;
    } else if (status == STATUS_OK) {
        status = STATUS_END;
    }
    arena_clear(&arena);
    return status;
}

static enum status find_key(struct db *reader, const struct error_search *search, int64_t bucket_id,
                            struct text *after, struct text *ret_key)
{
    enum status status = STATUS_BUSY;
    text_clear(ret_key);
    while (status == STATUS_BUSY)
        status = look_at_page(reader, search, bucket_id, after, ret_key);
    return status;
}

/* ---- the object ---- */

/* A small body is one extent, too. */
static enum status read_extents(struct db *reader, const struct object *row, struct arena *arena,
                                struct error_object *object)
{
    struct extent *extents = NULL;
    if (row->body_id != 0) {
        enum status status =
            object_store_extents(reader, row->body_id, arena, &extents, &object->extent_count);
        object->extents = extents;
        return status;
    }
    extents = arena_zalloc(arena, sizeof(*extents));
    if (extents == NULL)
        return STATUS_NO_MEMORY;
    extents->length = row->bytes.len;
    extents->bytes = row->bytes;
    object->extents = extents;
    object->extent_count = 1;
    return STATUS_OK;
}

static enum status read_object(struct db *reader, int64_t bucket_id, struct slice key,
                               struct arena *arena, struct error_object *ret_object)
{
    struct object row;
    struct error_object object = {.bucket_id = bucket_id};
    enum status status = arena_copy(arena, key, &object.key);
    if (status == STATUS_OK)
        status = object_store_read(reader, bucket_id, key, arena, &row);
    if (status == STATUS_OK)
        status = read_extents(reader, &row, arena, &object);
    if (status != STATUS_OK)
        return status;
    object.etag = row.etag;
    object.size = row.size;
    *ret_object = object;
    return STATUS_OK;
}

/* STATUS_BUSY: the object was deleted just now, look behind it. */
static enum status try_next(struct db *reader, const struct error_search *search,
                            struct arena *arena, struct text *after,
                            struct error_object *ret_object)
{
    struct bucket bucket;
    struct text key;
    text_init(&key, OBJECT_KEY_MAX_BYTES);
    enum status status = bucket_store_find(reader, search->bucket, arena, &bucket);
    if (status == STATUS_OK)
        status = find_key(reader, search, bucket.id, after, &key);
    if (status == STATUS_OK) {
        status = read_object(reader, bucket.id, text_slice(&key), arena, ret_object);
        text_clear(after);
        text_append(after, text_slice(&key));
        if (status == STATUS_NOT_FOUND)
            status = after->status == STATUS_OK ? STATUS_BUSY : after->status;
    }
    text_close(&key);
    return status;
}

enum status error_object_next(struct db *reader, const struct error_search *search,
                              struct arena *arena, struct error_object *ret_object)
{
    struct text after;
    text_init(&after, OBJECT_KEY_MAX_BYTES);
    text_append(&after, search->after);
    enum status status = after.status != STATUS_OK ? after.status : STATUS_BUSY;
    while (status == STATUS_BUSY)
        status = try_next(reader, search, arena, &after, ret_object);
    text_close(&after);
    return status;
}
