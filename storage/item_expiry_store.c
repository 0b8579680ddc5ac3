#include "storage/item_expiry_store.h"

#include "storage/db.h"
#include "storage/table_store.h"

enum status item_expiry_next_s(struct db *db, int64_t *ret_expires_s)
{
    static const char find[] = "SELECT expires_s FROM dynamodb_item WHERE expires_s IS NOT NULL"
                               " ORDER BY expires_s LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    bool found = query_step(&q);
    int64_t expires_s = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_expires_s = expires_s;
    return status;
}

/* The first row of the query, which ends with this. */
static enum status take(struct query *q, struct arena *arena, struct expiring_item *ret_item)
{
    struct expiring_item item = {.table_id = 0};
    bool found = query_step(q);
    if (found) {
        item.place.row = query_integer(q, 0);
        item.table_id = query_integer(q, 1);
        item.key = (struct item_key){query_copy(q, 2, arena), query_copy(q, 3, arena)};
        item.place.size = query_integer(q, 4);
        item.place.document = query_copy(q, 5, arena);
        item.expires_s = query_integer(q, 6);
    }
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_item = item;
    return status;
}

enum status item_expiry_first(struct db *db, int64_t now_s, struct arena *arena,
                              struct expiring_item *ret_item)
{
    static const char find[] =
        "SELECT id, table_id, p, s, size, document, expires_s FROM dynamodb_item"
        " WHERE expires_s IS NOT NULL AND expires_s <= ? ORDER BY expires_s LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, now_s);
    return take(&q, arena, ret_item);
}

enum status item_expiry_note(struct db *db, int64_t row, int64_t expires_s)
{
    static const char update[] = "UPDATE dynamodb_item SET expires_s = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    if (expires_s == 0)
        query_bind_null(&q);
    else
        query_bind_integer(&q, expires_s);
    query_bind_integer(&q, row);
    return query_run(&q);
}

enum status item_expiry_enabling(struct db *db, int64_t *ret_table_id)
{
    static const char find[] = "SELECT id FROM dynamodb_table WHERE ttl_state = ? LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, TTL_ENABLING);
    bool found = query_step(&q);
    int64_t table_id = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_table_id = table_id;
    return status;
}
