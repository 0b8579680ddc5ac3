#include "storage/object_list.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "storage/query.h"

/* The group `key` belongs to; empty when it stands for itself. */
static struct slice group_of(const struct object_list *list, struct slice key)
{
    if (list->delimiter.len == 0)
        return slice_make(NULL, 0);
    struct slice rest = slice_from(key, list->prefix.len);
    size_t at = slice_search(rest, list->delimiter);
    if (at == rest.len)
        return slice_make(NULL, 0);
    return slice_first(key, list->prefix.len + at + list->delimiter.len);
}

/* The first name behind everything that begins with `prefix`. STATUS_END: there is none. */
static enum status after_prefix(struct slice prefix, struct arena *arena, struct slice *ret_name)
{
    size_t len = prefix.len;
    while (len > 0 && (unsigned char)prefix.ptr[len - 1] == 0xFF)
        len--;
    if (len == 0)
        return STATUS_END;
    char *name = arena_text(arena, slice_first(prefix, len));
    if (name == NULL)
        return STATUS_NO_MEMORY;
    name[len - 1] = (char)((unsigned char)name[len - 1] + 1);
    *ret_name = slice_make(name, len);
    return STATUS_OK;
}

/* The first name behind `name` itself: the same and a NUL. */
static enum status after_name(struct slice name, struct arena *arena, struct slice *ret_name)
{
    char *next = arena_text(arena, name);
    if (next == NULL)
        return STATUS_NO_MEMORY;
    *ret_name = slice_make(next, name.len + 1);
    return STATUS_OK;
}

static enum status first_seek(const struct object_list *list, struct arena *arena,
                              struct slice *ret_seek)
{
    struct slice after = list->after;
    enum status status = STATUS_OK;
    if (after.len == 0)
        *ret_seek = list->prefix;
    else if (list->after_number != 0)
        *ret_seek = after;
    else if (slice_starts_with(after, list->prefix) && slice_equal(group_of(list, after), after))
        status = after_prefix(after, arena, ret_seek);
    else
        status = after_name(after, arena, ret_seek);
    if (status == STATUS_OK && slice_compare(*ret_seek, list->prefix) < 0)
        *ret_seek = list->prefix;
    return status;
}

static void read_checksum(struct query *q, struct object_list_row *row, int column)
{
    row->checksum_algorithm = (enum checksum_algorithm)query_integer(q, column);
    struct slice checksum = query_slice(q, column + 1);
    row->is_composite = slice_find(checksum, '-') < checksum.len;
}

static void read_row(struct query *q, struct arena *arena, enum object_list_kind kind,
                     struct object_list_row *row)
{
    row->name = query_copy(q, 0, arena);
    row->number = query_integer(q, 1);
    row->id = query_copy(q, 2, arena);
    row->storage_class = query_copy(q, 3, arena);
    if (kind == OBJECT_LIST_UPLOADS) {
        row->checksum_algorithm = (enum checksum_algorithm)query_integer(q, 4);
        row->is_composite = query_integer(q, 5) != 0;
        return;
    }
    read_checksum(q, row, 4);
    row->size = (uint64_t)query_integer(q, 6);
    row->modified_ms = query_integer(q, 7);
    row->etag = query_copy(q, 8, arena);
    row->past_since_ms = query_integer(q, 9);
    row->is_latest = row->past_since_ms == 0;
    row->is_marker = query_integer(q, 10) != 0;
}

/* A row of the key the last page ended in, that was on it or before. */
static bool was_seen(const struct object_list *list, const struct query *q, struct slice key)
{
    if (list->after_number == 0 || !slice_equal(key, list->after))
        return false;
    int64_t number = query_integer(q, 1);
    if (list->kind == OBJECT_LIST_VERSIONS)
        return number >= list->after_number;
    return number < list->after_number ||
           (number == list->after_number && slice_compare(query_slice(q, 2), list->after_id) <= 0);
}

/*
 * Report keys from `*seek` on until a group begins, which sets `*seek` behind it.
 * STATUS_END when there is nothing more to see, or no room.
 */
static enum status walk(struct query *q, struct arena *arena, struct object_list *list,
                        struct slice *seek)
{
    while (query_step(q)) {
        struct slice key = query_slice(q, 0);
        if (!slice_starts_with(key, list->prefix))
            return STATUS_END;
        if (was_seen(list, q, key))
            continue;
        list->is_truncated = list->count == list->max;
        if (list->is_truncated)
            return STATUS_END;
        struct object_list_row *row = &list->rows[list->count++];
        struct slice group = group_of(list, key);
        if (group.len == 0) {
            read_row(q, arena, list->kind, row);
            continue;
        }
        row->is_group = true;
        enum status status = arena_copy(arena, group, &row->name);
        return status == STATUS_OK ? after_prefix(row->name, arena, seek) : status;
    }
    return STATUS_END;
}

static const char *select_of(enum object_list_kind kind)
{
    static const char current[] =
        "SELECT key, sequence, version, storage_class, checksum_algorithm, checksum, size,"
        " modified_ms, etag, 0, 0 FROM object"
        " WHERE bucket = ?1 AND key >= ?2 ORDER BY key";
    static const char versions[] =
        "SELECT key, sequence, version, storage_class, checksum_algorithm, checksum, size,"
        " modified_ms, etag, 0, 0 FROM object"
        " WHERE bucket = ?1 AND key >= ?2 UNION ALL"
        " SELECT key, sequence, version, storage_class, checksum_algorithm, checksum, size,"
        " modified_ms, etag, past_since_ms, is_marker FROM object_past"
        " WHERE bucket = ?1 AND key >= ?2 ORDER BY key, sequence DESC";
    static const char uploads[] =
        "SELECT key, initiated_ms, id, storage_class, checksum_algorithm, is_composite FROM upload"
        " WHERE bucket = ?1 AND key >= ?2 ORDER BY key, initiated_ms, id";
    static const char *const selects[] = {current, versions, uploads};
    return selects[kind];
}

static enum status walk_from(struct db *db, struct arena *arena, struct object_list *list,
                             struct slice *seek)
{
    struct query q;
    query_begin(&q, db, select_of(list->kind));
    query_bind_integer(&q, list->bucket_id);
    query_bind_blob(&q, *seek);
    enum status walked = walk(&q, arena, list, seek);
    enum status status = query_end(&q);
    return status != STATUS_OK ? status : walked;
}

enum status object_list_run(struct db *db, struct arena *arena, struct object_list *list)
{
    list->count = 0;
    list->is_truncated = false;
    if (list->max == 0)
        return STATUS_OK;
    list->rows = arena_zalloc(arena, list->max * sizeof(*list->rows));
    if (list->rows == NULL)
        return STATUS_NO_MEMORY;
    struct slice seek = {NULL, 0};
    enum status status = first_seek(list, arena, &seek);
    while (status == STATUS_OK)
        status = walk_from(db, arena, list, &seek);
    return status == STATUS_END ? STATUS_OK : status;
}
