#include "storage/item_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/table_store.h"

static void begin_find(struct query *q, struct db *db, const char *sql, int64_t table_id,
                       const struct item_key *key)
{
    query_begin(q, db, sql);
    query_bind_integer(q, table_id);
    query_bind_blob(q, key->p);
    query_bind_blob(q, key->s);
}

enum status item_store_get(struct db *db, int64_t table_id, const struct item_key *key,
                           struct arena *arena, struct item_place *ret_place)
{
    static const char find[] = "SELECT id, size, document FROM dynamodb_item"
                               " WHERE table_id = ? AND p = ? AND s = ?";
    struct query q;
    struct item_place place = {0, 0, {NULL, 0}};
    begin_find(&q, db, find, table_id, key);
    if (query_step(&q)) {
        place.row = query_integer(&q, 0);
        place.size = query_integer(&q, 1);
        place.document = query_copy(&q, 2, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_place = place;
    return status;
}

enum status item_store_find(struct db *db, int64_t table_id, const struct item_key *key,
                            struct item_place *ret_place)
{
    static const char find[] = "SELECT id, size FROM dynamodb_item"
                               " WHERE table_id = ? AND p = ? AND s = ?";
    struct query q;
    struct item_place place = {0, 0, {NULL, 0}};
    begin_find(&q, db, find, table_id, key);
    if (query_step(&q)) {
        place.row = query_integer(&q, 0);
        place.size = query_integer(&q, 1);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_place = place;
    return status;
}

static enum status insert(struct db *db, int64_t table_id, const struct item_key *key,
                          const struct item_place *item)
{
    static const char sql[] = "INSERT INTO dynamodb_item(table_id, p, s, size, document)"
                              " VALUES (?, ?, ?, ?, ?)";
    struct query q;
    begin_find(&q, db, sql, table_id, key);
    query_bind_integer(&q, item->size);
    query_bind_blob(&q, item->document);
    return query_run(&q);
}

static enum status update(struct db *db, int64_t row, const struct item_place *item)
{
    static const char sql[] = "UPDATE dynamodb_item SET size = ?, document = ? WHERE id = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, item->size);
    query_bind_blob(&q, item->document);
    query_bind_integer(&q, row);
    return query_run(&q);
}

enum status item_store_put(struct db *db, int64_t table_id, const struct item_key *key,
                           const struct item_place *place, const struct item_place *item)
{
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    if (place->row == 0)
        status = insert(db, table_id, key, item);
    else
        status = update(db, place->row, item);
    if (status != STATUS_OK)
        return status;
    struct table_counts change = {place->row == 0 ? 1 : 0, item->size - place->size};
    return table_store_add(db, table_id, &change);
}

int64_t item_store_new_row(const struct db *db)
{
    return query_last_rowid(db);
}

enum status item_store_remove(struct db *db, int64_t table_id, const struct item_place *place)
{
    static const char remove[] = "DELETE FROM dynamodb_item WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, place->row);
    status = query_run(&q);
    if (status != STATUS_OK)
        return status;
    struct table_counts change = {-1, -place->size};
    return table_store_add(db, table_id, &change);
}

void item_walk_partition(struct item_walk *walk, struct db *db, int64_t table_id,
                         const struct item_range *range)
{
    static const char forward[] = "SELECT p, s, size, document, id FROM dynamodb_item"
                                  " WHERE table_id = ? AND p = ? AND s >= ? AND s < ?"
                                  " ORDER BY s";
    static const char backward[] = "SELECT p, s, size, document, id FROM dynamodb_item"
                                   " WHERE table_id = ? AND p = ? AND s >= ? AND s < ?"
                                   " ORDER BY s DESC";
    query_begin(&walk->query, db, range->is_backward ? backward : forward);
    query_bind_integer(&walk->query, table_id);
    query_bind_blob(&walk->query, range->p);
    query_bind_blob(&walk->query, range->low);
    query_bind_blob(&walk->query, range->high);
}

void item_walk_table(struct item_walk *walk, struct db *db, int64_t table_id,
                     const struct item_key *after, struct slice end)
{
    static const char find[] = "SELECT p, s, size, document, id FROM dynamodb_item"
                               " WHERE table_id = ? AND (p, s) > (?, ?) AND p < ?"
                               " ORDER BY p, s";
    begin_find(&walk->query, db, find, table_id, after);
    query_bind_blob(&walk->query, end);
}

bool item_walk_next(struct item_walk *walk)
{
    if (!query_step(&walk->query))
        return false;
    walk->key = (struct item_key){query_slice(&walk->query, 0), query_slice(&walk->query, 1)};
    walk->size = query_integer(&walk->query, 2);
    walk->document = query_slice(&walk->query, 3);
    walk->row = query_integer(&walk->query, 4);
    return true;
}

enum status item_walk_end(struct item_walk *walk)
{
    return query_end(&walk->query);
}
