#include "handlers/dynamodb/table_upkeep_work.h"

#include "emulator/base/arena.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/index_write.h"
#include "handlers/dynamodb/item_change.h"
#include "handlers/dynamodb/item_expiry.h"
#include "handlers/dynamodb/table_upkeep.h"
#include "storage/index_store.h"
#include "storage/item_expiry_store.h"
#include "storage/stream_store.h"
#include "storage/table_store.h"

#define PORTION_ITEMS 64
#define PORTION_BYTES ((int64_t)256 * 1024)
#define PORTION_EXPIRED 16
#define PORTION_RECORDS 500
#define ARENA_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* ---- a piece of a table -----------------------------------------------------------------------
 */

/* All copied: nothing is written while a walk goes on. */
struct piece {
    struct index_source items[PORTION_ITEMS];
    size_t count;
    bool is_last; /* nothing stands behind it */
};

static enum status take(const struct item_walk *walk, struct arena *arena, struct piece *piece)
{
    struct index_source *item = &piece->items[piece->count++];
    item->row = walk->row;
    enum status status = arena_copy(arena, walk->key.p, &item->key.p);
    if (status == STATUS_OK)
        status = arena_copy(arena, walk->key.s, &item->key.s);
    if (status == STATUS_OK)
        status = arena_copy(arena, walk->document, &item->document);
    return status;
}

static enum status read_piece(struct db *db, int64_t table_id, const struct item_key *after,
                              struct arena *arena, struct piece *piece)
{
    /* above every p, which begins with a hash of half this length */
    static const struct slice end = SLICE_INIT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
                                               "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    struct item_walk walk;
    enum status status = STATUS_OK;
    int64_t bytes = 0;
    piece->count = 0;
    piece->is_last = true;
    item_walk_table(&walk, db, table_id, after, end);
    while (status == STATUS_OK && piece->is_last && item_walk_next(&walk)) {
        piece->is_last = piece->count < PORTION_ITEMS && bytes < PORTION_BYTES;
        bytes += walk.size;
        if (piece->is_last)
            status = take(&walk, arena, piece);
    }
    enum status ended = item_walk_end(&walk);
    return status == STATUS_OK ? ended : status;
}

/* ---- indexes ------------------------------------------------------------------------------------
 */

static const struct table_index *find_index(const struct table *table, int64_t index_id)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].id == index_id)
            return &table->indexes[i];
    return NULL;
}

static enum status fill(struct sandbox *sandbox, const struct table *table,
                        const struct table_index *index, struct arena *arena)
{
    struct piece piece;
    enum status status = read_piece(sandbox->db, table->id, &index->cursor, arena, &piece);
    for (size_t i = 0; i < piece.count && status == STATUS_OK; i++)
        status = index_write_fill(sandbox->db, table, index, &piece.items[i], arena);
    if (status != STATUS_OK)
        return status;
    table_cache_forget(sandbox->tables, table);
    return index_store_filled(sandbox->db, index->id,
                              piece.is_last ? NULL : &piece.items[piece.count - 1].key);
}

static enum status fill_next(struct sandbox *sandbox, struct arena *arena)
{
    int64_t index_id = 0;
    int64_t table_id = 0;
    const struct table *table = NULL;
    enum status status = index_store_creating(sandbox->db, &index_id, &table_id);
    if (status == STATUS_OK)
        status = table_cache_find_id(sandbox->tables, table_id, arena, &table);
    if (status != STATUS_OK)
        return status;
    const struct table_index *index = find_index(table, index_id);
    return index != NULL ? fill(sandbox, table, index, arena) : STATUS_CORRUPT;
}

/* ---- time to live -------------------------------------------------------------------------------
 */

static enum status note(struct sandbox *sandbox, const struct table *table, struct arena *arena)
{
    struct piece piece;
    struct table changed = *table;
    const struct item_key after = {table->ttl_cursor_p, table->ttl_cursor_s};
    int64_t now_ms = sim_clock_now_ms(&sandbox->clock);
    enum status status = read_piece(sandbox->db, table->id, &after, arena, &piece);
    for (size_t i = 0; i < piece.count && status == STATUS_OK; i++)
        status = item_expiry_note(sandbox->db, piece.items[i].row,
                                  item_expiry_of(piece.items[i].document, table->ttl_name, now_ms));
    if (status != STATUS_OK)
        return status;
    changed.ttl_state = piece.is_last ? TTL_ENABLED : TTL_ENABLING;
    changed.ttl_cursor_p = piece.is_last ? SLICE("") : piece.items[piece.count - 1].key.p;
    changed.ttl_cursor_s = piece.is_last ? SLICE("") : piece.items[piece.count - 1].key.s;
    table_cache_forget(sandbox->tables, table);
    return table_store_update(sandbox->db, &changed);
}

static enum status note_next(struct sandbox *sandbox, struct arena *arena)
{
    int64_t table_id = 0;
    const struct table *table = NULL;
    enum status status = item_expiry_enabling(sandbox->db, &table_id);
    if (status == STATUS_OK)
        status = table_cache_find_id(sandbox->tables, table_id, arena, &table);
    return status == STATUS_OK ? note(sandbox, table, arena) : status;
}

/* What was noted may be out of date: the table's setting decides, and the item. */
static enum status expire(struct sandbox *sandbox, const struct table *table,
                          const struct expiring_item *item, int64_t now_s, struct arena *arena)
{
    int64_t expires_s = 0;
    if (table != NULL && table->ttl_state != TTL_DISABLED)
        expires_s = item_expiry_of(item->place.document, table->ttl_name,
                                   sim_clock_now_ms(&sandbox->clock));
    if (expires_s == 0 || expires_s > now_s)
        return item_expiry_note(sandbox->db, item->place.row, expires_s);
    struct item_change change = {
        .sandbox = sandbox,
        .arena = arena,
        .table = table,
        .key = item->key,
        .old = item->place,
        .is_expiry = true,
    };
    return item_change_run(&change);
}

static enum status expire_next(struct sandbox *sandbox, struct arena *arena)
{
    const struct table *table = NULL;
    struct expiring_item item;
    int64_t now_s = (sim_clock_now_ms(&sandbox->clock) - ITEM_EXPIRY_DELAY_MS) / 1000;
    enum status status = item_expiry_first(sandbox->db, now_s, arena, &item);
    if (status != STATUS_OK)
        return status;
    status = table_cache_find_id(sandbox->tables, item.table_id, arena, &table);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    return expire(sandbox, table, &item, now_s, arena);
}

/* ---- portions
 * ------------------------------------------------------------------------------------ */

typedef enum status next_fn(struct sandbox *sandbox, struct arena *arena);

static enum status run(struct sandbox *sandbox, next_fn *next, int times, bool *ret_more)
{
    struct arena arena;
    enum status status = STATUS_OK;
    for (int i = 0; i < times && status == STATUS_OK; i++) {
        arena_init(&arena, ARENA_MAX_BYTES);
        status = next(sandbox, &arena);
        arena_clear(&arena);
    }
    *ret_more = status == STATUS_OK;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status table_upkeep_fill_portion(struct sandbox *sandbox, bool *ret_more)
{
    return run(sandbox, fill_next, 1, ret_more);
}

enum status table_upkeep_note_portion(struct sandbox *sandbox, bool *ret_more)
{
    return run(sandbox, note_next, 1, ret_more);
}

enum status table_upkeep_expire_portion(struct sandbox *sandbox, bool *ret_more)
{
    return run(sandbox, expire_next, PORTION_EXPIRED, ret_more);
}

enum status table_upkeep_trim_portion(struct sandbox *sandbox, bool *ret_more)
{
    int64_t before_ms = sim_clock_now_ms(&sandbox->clock) - STREAM_RETENTION_MS;
    return stream_store_sweep(sandbox->db, before_ms, PORTION_RECORDS, ret_more);
}
