#include "storage/db.h"
#include "storage/query.h"
#include "storage/table_store.h"

/* ---- what of a table changes --------------------------------------------------------------- */

static void bind(struct query *q, const struct table *table)
{
    query_bind_integer(q, table->is_on_demand);
    query_bind_integer(q, table->read_units);
    query_bind_integer(q, table->write_units);
    query_bind_integer(q, table->is_protected);
    query_bind_text(q, table->table_class);
    query_bind_integer(q, table->stream_id);
    query_bind_integer(q, table->stream_view);
    query_bind_text(q, table->stream_label);
    query_bind_integer(q, table->on_demand_ms);
    query_bind_integer(q, table->increased_ms);
    query_bind_integer(q, table->decreased_ms);
    query_bind_integer(q, table->class_ms);
    query_bind_integer(q, table->max_read_units);
    query_bind_integer(q, table->max_write_units);
    query_bind_integer(q, table->is_encrypted);
    query_bind_text(q, table->kms_key);
    query_bind_text(q, table->ttl_name);
    query_bind_integer(q, table->ttl_state);
    query_bind_blob(q, table->ttl_cursor_p);
    query_bind_blob(q, table->ttl_cursor_s);
    query_bind_integer(q, table->id);
}

enum status table_store_update(struct db *db, const struct table *table)
{
    static const char update[] =
        "UPDATE dynamodb_table SET on_demand = ?, read_units = ?, write_units = ?,"
        " is_protected = ?, class = ?, stream_id = ?, stream_view = ?, stream_label = ?,"
        " on_demand_ms = ?, increased_ms = ?, decreased_ms = ?, class_ms = ?, max_read_units = ?,"
        " max_write_units = ?, is_encrypted = ?, kms_key = ?, ttl_name = ?, ttl_state = ?,"
        " ttl_cursor_p = ?, ttl_cursor_s = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    bind(&q, table);
    return query_run(&q);
}

/* ---- settings that are only kept ------------------------------------------------------------ */

static enum status remove_setting(struct db *db, int64_t table_id, const char *kind)
{
    static const char sql[] = "DELETE FROM dynamodb_setting WHERE table_id = ? AND kind = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, slice_of(kind));
    return query_run(&q);
}

enum status table_store_set(struct db *db, int64_t table_id, const char *kind, struct slice body)
{
    static const char put[] = "INSERT INTO dynamodb_setting VALUES (?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET body = excluded.body";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    if (body.len == 0)
        return remove_setting(db, table_id, kind);
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, slice_of(kind));
    query_bind_text(&q, body);
    return query_run(&q);
}

enum status table_store_setting(struct db *db, int64_t table_id, const char *kind,
                                struct arena *arena, struct slice *ret_body)
{
    static const char find[] = "SELECT body FROM dynamodb_setting WHERE table_id = ? AND kind = ?";
    struct query q;
    struct slice body = {NULL, 0};
    query_begin(&q, db, find);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, slice_of(kind));
    if (query_step(&q))
        body = query_copy(&q, 0, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_body = body;
    return status;
}
