#include "storage/index_item_store.h"

#include "storage/db.h"

static void bind_key(struct query *q, const struct index_key *key)
{
    query_bind_blob(q, key->index.p);
    query_bind_blob(q, key->index.s);
    query_bind_blob(q, key->item.p);
    query_bind_blob(q, key->item.s);
}

enum status index_item_store_put(struct db *db, int64_t index_id, const struct index_key *key,
                                 const struct index_item *row)
{
    static const char put[] =
        "INSERT INTO dynamodb_index_item VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET item = excluded.item, size = excluded.size, document = excluded.document";
    bool is_whole = row->document.ptr == NULL;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, index_id);
    bind_key(&q, key);
    query_bind_integer(&q, row->item);
    query_bind_integer(&q, is_whole ? 0 : row->size);
    if (is_whole)
        query_bind_null(&q);
    else
        query_bind_blob(&q, row->document);
    return query_run(&q);
}

enum status index_item_store_remove(struct db *db, int64_t index_id, const struct index_key *key)
{
    static const char remove[] = "DELETE FROM dynamodb_index_item"
                                 " WHERE index_id = ? AND p = ? AND s = ? AND bp = ? AND bs = ?";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, index_id);
    bind_key(&q, key);
    return query_run(&q);
}

/* ---- walking -----------------------------------------------------------------------------------
 */

#define ROWS                                               \
    "SELECT x.p, x.s, x.bp, x.bs, x.size, x.document FROM" \
    " dynamodb_index_item x WHERE x.index_id = ? AND "
#define ITEMS                                              \
    "SELECT x.p, x.s, x.bp, x.bs, i.size, i.document FROM" \
    " dynamodb_index_item x CROSS JOIN dynamodb_item i ON i.id = x.item WHERE x.index_id = ? AND "
#define FORWARD "x.p = ? AND (x.s, x.bp, x.bs) > (?, ?, ?) AND x.s < ? ORDER BY x.s, x.bp, x.bs"
#define BACKWARD                                             \
    "x.p = ? AND (x.s, x.bp, x.bs) < (?, ?, ?) AND x.s >= ?" \
    " ORDER BY x.s DESC, x.bp DESC, x.bs DESC"
#define ALL "(x.p, x.s, x.bp, x.bs) > (?, ?, ?, ?) AND x.p < ? ORDER BY x.p, x.s, x.bp, x.bs"

/* No item has an empty p: such a bound is before all rows of its sort key. */
static void bind_place(struct query *q, const struct index_key *after, struct slice s)
{
    query_bind_blob(q, after != NULL ? after->index.s : s);
    query_bind_blob(q, after != NULL ? after->item.p : SLICE(""));
    query_bind_blob(q, after != NULL ? after->item.s : SLICE(""));
}

void index_walk_partition(struct index_walk *walk, struct db *db, int64_t index_id, bool is_whole,
                          const struct index_range *range)
{
    static const char rows_forward[] = ROWS FORWARD;
    static const char rows_backward[] = ROWS BACKWARD;
    static const char items_forward[] = ITEMS FORWARD;
    static const char items_backward[] = ITEMS BACKWARD;
    const char *forward = is_whole ? items_forward : rows_forward;
    const char *backward = is_whole ? items_backward : rows_backward;
    query_begin(&walk->query, db, range->is_backward ? backward : forward);
    query_bind_integer(&walk->query, index_id);
    query_bind_blob(&walk->query, range->p);
    bind_place(&walk->query, range->after, range->is_backward ? range->high : range->low);
    query_bind_blob(&walk->query, range->is_backward ? range->low : range->high);
}

void index_walk_all(struct index_walk *walk, struct db *db, int64_t index_id, bool is_whole,
                    const struct index_key *after, struct slice end)
{
    static const char rows[] = ROWS ALL;
    static const char items[] = ITEMS ALL;
    query_begin(&walk->query, db, is_whole ? items : rows);
    query_bind_integer(&walk->query, index_id);
    bind_key(&walk->query, after);
    query_bind_blob(&walk->query, end);
}

bool index_walk_next(struct index_walk *walk)
{
    const struct query *q = &walk->query;
    if (!query_step(&walk->query))
        return false;
    walk->key.index = (struct item_key){query_slice(q, 0), query_slice(q, 1)};
    walk->key.item = (struct item_key){query_slice(q, 2), query_slice(q, 3)};
    walk->size = query_integer(q, 4);
    walk->document = query_slice(q, 5);
    return true;
}

enum status index_walk_end(struct index_walk *walk)
{
    return query_end(&walk->query);
}
