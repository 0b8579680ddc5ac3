#include "storage/index_store.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/db.h"
#include "storage/query.h"

#define PACKED_MAX_BYTES ((size_t)64 * 1024)

/* ---- keys and attributes in a column: names have at most 255 bytes --------------------------- */

static void pack_name(struct text *out, struct slice name)
{
    text_append_byte(out, (char)(uint8_t)name.len);
    text_append(out, name);
}

static void pack_keys(struct text *out, char role, const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_append_byte(out, role);
        text_append_byte(out, parts[i].type);
        pack_name(out, parts[i].name);
    }
}

static struct slice take(struct slice *rest, size_t len)
{
    struct slice taken = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return taken;
}

static struct slice take_name(struct slice *rest)
{
    struct slice len = take(rest, 1);
    return take(rest, len.len == 0 ? 0 : (size_t)(uint8_t)len.ptr[0]);
}

static struct key_schema unpack_keys(struct slice packed)
{
    struct key_schema keys = {.hash_count = 0};
    while (packed.len > 2) {
        struct slice head = take(&packed, 2);
        bool is_hash = head.ptr[0] == 'H';
        size_t *count = is_hash ? &keys.hash_count : &keys.range_count;
        struct key_part part = {take_name(&packed), head.ptr[1]};
        if (*count < KEY_PARTS_MAX)
            (is_hash ? keys.hash : keys.range)[(*count)++] = part;
    }
    return keys;
}

static void unpack_attributes(struct slice packed, struct table_index *index)
{
    while (packed.len > 0 && index->attribute_count < INDEX_ATTRIBUTES_MAX)
        index->attributes[index->attribute_count++] = take_name(&packed);
}

/* ---- making and dropping ----------------------------------------------------------------------
 */

static enum status insert(struct db *db, int64_t table_id, struct table_index *index,
                          struct slice keys, struct slice attributes)
{
    static const char sql[] =
        "INSERT INTO dynamodb_index(table_id, name, is_global, keys, projection, attributes,"
        " read_units, write_units, is_creating, cursor_p, cursor_s, items, bytes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, x'', x'', 0, 0)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, index->name);
    query_bind_integer(&q, index->is_global);
    query_bind_blob(&q, keys);
    query_bind_integer(&q, index->projection);
    query_bind_blob(&q, attributes);
    query_bind_integer(&q, index->read_units);
    query_bind_integer(&q, index->write_units);
    query_bind_integer(&q, index->is_creating);
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        index->id = query_last_rowid(db);
    return status;
}

enum status index_store_create(struct db *db, int64_t table_id, struct table_index *index)
{
    struct text keys;
    struct text attributes;
    text_init(&keys, PACKED_MAX_BYTES);
    text_init(&attributes, PACKED_MAX_BYTES);
    pack_keys(&keys, 'H', index->keys.hash, index->keys.hash_count);
    pack_keys(&keys, 'R', index->keys.range, index->keys.range_count);
    for (size_t i = 0; i < index->attribute_count; i++)
        pack_name(&attributes, index->attributes[i]);
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = keys.status != STATUS_OK ? keys.status : attributes.status;
    if (status == STATUS_OK)
        status = insert(db, table_id, index, text_slice(&keys), text_slice(&attributes));
    text_close(&keys);
    text_close(&attributes);
    return status;
}

enum status index_store_drop(struct db *db, int64_t index_id)
{
    static const char remove[] = "DELETE FROM dynamodb_index WHERE id = ?";
    static const char remember[] = "INSERT INTO dynamodb_dropped_index VALUES (?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = query_run_with(db, remove, index_id);
    if (status == STATUS_OK)
        status = query_run_with(db, remember, index_id);
    return status;
}

/* 0: none. */
static enum status first_dropped(struct db *db, int64_t *ret_id)
{
    static const char find[] = "SELECT index_id FROM dynamodb_dropped_index LIMIT 1";
    return query_first(db, find, ret_id);
}

enum status index_store_has_dropped(struct db *db, bool *ret_has)
{
    int64_t id = 0;
    enum status status = first_dropped(db, &id);
    if (status == STATUS_OK)
        *ret_has = id != 0;
    return status;
}

enum status index_store_sweep(struct db *db, int64_t max_rows)
{
    static const char remove[] =
        "DELETE FROM dynamodb_index_item WHERE (index_id, p, s, bp, bs) IN"
        " (SELECT index_id, p, s, bp, bs FROM dynamodb_index_item WHERE index_id = ? LIMIT ?)";
    static const char done[] = "DELETE FROM dynamodb_dropped_index WHERE index_id = ?";
    int64_t id = 0;
    enum status status = first_dropped(db, &id);
    if (status != STATUS_OK || id == 0)
        return status;
    status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, id);
    query_bind_integer(&q, max_rows);
    status = query_run(&q);
    if (status == STATUS_OK && query_changes(db) == 0)
        status = query_run_with(db, done, id);
    return status;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static struct table_index from_row(struct query *q, struct arena *arena)
{
    struct table_index index = {
        .id = query_integer(q, 0),
        .name = query_copy(q, 1, arena),
        .is_global = query_integer(q, 2) != 0,
        .keys = unpack_keys(query_copy(q, 3, arena)),
        .projection = (enum index_projection)query_integer(q, 4),
        .read_units = query_integer(q, 6),
        .write_units = query_integer(q, 7),
        .is_creating = query_integer(q, 8) != 0,
        .cursor = {query_copy(q, 9, arena), query_copy(q, 10, arena)},
    };
    unpack_attributes(query_copy(q, 5, arena), &index);
    return index;
}

enum status index_store_list(struct db *db, int64_t table_id, struct arena *arena,
                             const struct table_index **ret_indexes, size_t *ret_count)
{
    static const char find[] =
        "SELECT id, name, is_global, keys, projection, attributes, read_units, write_units,"
        " is_creating, cursor_p, cursor_s FROM dynamodb_index WHERE table_id = ? ORDER BY name";
    struct query q;
    struct table_index *indexes = NULL;
    size_t count = 0;
    enum status status = STATUS_OK;
    query_begin(&q, db, find);
    query_bind_integer(&q, table_id);
    while (status == STATUS_OK && count < INDEXES_MAX && query_step(&q)) {
        if (indexes == NULL)
            indexes = arena_alloc(arena, INDEXES_MAX * sizeof(*indexes));
        if (indexes == NULL)
            status = STATUS_NO_MEMORY;
        else
            indexes[count++] = from_row(&q, arena);
    }
    enum status ended = query_end(&q);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK)
        return status;
    *ret_indexes = indexes;
    *ret_count = count;
    return STATUS_OK;
}

enum status index_store_count(struct db *db, int64_t index_id, struct index_counts *ret_counts)
{
    static const char find[] = "SELECT items, bytes FROM dynamodb_index WHERE id = ?";
    struct query q;
    struct index_counts counts = {0, 0};
    query_begin(&q, db, find);
    query_bind_integer(&q, index_id);
    if (query_step(&q))
        counts = (struct index_counts){query_integer(&q, 0), query_integer(&q, 1)};
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_counts = counts;
    return status;
}

/* ---- changing ---------------------------------------------------------------------------------
 */

enum status index_store_add(struct db *db, int64_t index_id, const struct index_counts *change)
{
    static const char update[] =
        "UPDATE dynamodb_index SET items = items + ?, bytes = bytes + ? WHERE id = ?";
    if (change->items == 0 && change->bytes == 0)
        return STATUS_OK;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, change->items);
    query_bind_integer(&q, change->bytes);
    query_bind_integer(&q, index_id);
    return query_run(&q);
}

enum status index_store_set_units(struct db *db, int64_t index_id, int64_t read_units,
                                  int64_t write_units)
{
    static const char update[] =
        "UPDATE dynamodb_index SET read_units = ?, write_units = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, read_units);
    query_bind_integer(&q, write_units);
    query_bind_integer(&q, index_id);
    return query_run(&q);
}

enum status index_store_creating(struct db *db, int64_t *ret_index_id, int64_t *ret_table_id)
{
    static const char find[] =
        "SELECT id, table_id FROM dynamodb_index WHERE is_creating ORDER BY id LIMIT 1";
    struct query q;
    int64_t index_id = 0;
    int64_t table_id = 0;
    query_begin(&q, db, find);
    bool found = query_step(&q);
    if (found) {
        index_id = query_integer(&q, 0);
        table_id = query_integer(&q, 1);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        *ret_index_id = index_id;
        *ret_table_id = table_id;
    }
    return status;
}

enum status index_store_filled(struct db *db, int64_t index_id, const struct item_key *cursor)
{
    static const char update[] =
        "UPDATE dynamodb_index SET is_creating = ?, cursor_p = ?, cursor_s = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, cursor != NULL);
    query_bind_blob(&q, cursor != NULL ? cursor->p : SLICE(""));
    query_bind_blob(&q, cursor != NULL ? cursor->s : SLICE(""));
    query_bind_integer(&q, index_id);
    return query_run(&q);
}
