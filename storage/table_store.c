#include "storage/table_store.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/index_store.h"
#include "storage/query.h"
#include "storage/stream_store.h"

static enum status insert_counter(struct db *db, int64_t table_id)
{
    static const char insert[] = "INSERT INTO dynamodb_counter VALUES (?, 0, 0)";
    return query_run_with(db, insert, table_id);
}

static enum status insert_table(struct db *db, struct table *table)
{
    static const char insert[] =
        "INSERT INTO dynamodb_table(account, region, name, uuid, created_ms, hash_name, hash_type,"
        " range_name, range_type, on_demand, read_units, write_units, is_protected, class,"
        " stream_id, stream_view, stream_label)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, table->account);
    query_bind_text(&q, table->region);
    query_bind_text(&q, table->name);
    query_bind_text(&q, table->uuid);
    query_bind_integer(&q, table->created_ms);
    query_bind_text(&q, table->hash_name);
    query_bind_integer(&q, table->hash_type);
    query_bind_text(&q, table->range_name);
    query_bind_integer(&q, table->range_type);
    query_bind_integer(&q, table->is_on_demand);
    query_bind_integer(&q, table->read_units);
    query_bind_integer(&q, table->write_units);
    query_bind_integer(&q, table->is_protected);
    query_bind_text(&q, table->table_class);
    query_bind_integer(&q, table->stream_id);
    query_bind_integer(&q, table->stream_view);
    query_bind_text(&q, table->stream_label);
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        table->id = query_last_rowid(db);
    return status;
}

enum status table_store_create(struct db *db, struct table *table)
{
    enum status status = db_write(db);
    if (status == STATUS_OK && table->stream_view != STREAM_VIEW_NONE)
        status = stream_store_open(db, table, table->created_ms, &table->stream_id);
    if (status == STATUS_OK)
        status = insert_table(db, table);
    if (status == STATUS_OK)
        status = table_store_update(db, table);
    if (status == STATUS_OK)
        status = insert_counter(db, table->id);
    return status;
}

enum status table_store_drop(struct db *db, const struct table *table, int64_t now_ms)
{
    static const char remove_table[] = "DELETE FROM dynamodb_table WHERE id = ?";
    static const char remove_counter[] = "DELETE FROM dynamodb_counter WHERE table_id = ?";
    static const char remove_tags[] = "DELETE FROM dynamodb_tag WHERE table_id = ?";
    static const char remove_settings[] = "DELETE FROM dynamodb_setting WHERE table_id = ?";
    static const char remember[] = "INSERT INTO dynamodb_dropped VALUES (?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = query_run_with(db, remove_table, table->id);
    if (status == STATUS_OK)
        status = query_run_with(db, remove_counter, table->id);
    if (status == STATUS_OK)
        status = query_run_with(db, remove_tags, table->id);
    if (status == STATUS_OK)
        status = query_run_with(db, remove_settings, table->id);
    for (size_t i = 0; i < table->index_count && status == STATUS_OK; i++)
        status = index_store_drop(db, table->indexes[i].id);
    if (status == STATUS_OK)
        status = query_run_with(db, remember, table->id);
    if (status == STATUS_OK && table->stream_view != STREAM_VIEW_NONE)
        status = stream_store_close(db, table->stream_id, now_ms);
    return status;
}

/* 0: none. */
static enum status first_dropped(struct db *db, int64_t *ret_id)
{
    static const char find[] = "SELECT table_id FROM dynamodb_dropped LIMIT 1";
    return query_first(db, find, ret_id);
}

enum status table_store_has_dropped(struct db *db, bool *ret_has)
{
    int64_t id = 0;
    bool has_index = false;
    enum status status = first_dropped(db, &id);
    if (status == STATUS_OK)
        status = index_store_has_dropped(db, &has_index);
    if (status == STATUS_OK)
        *ret_has = id != 0 || has_index;
    return status;
}

/* Large items count for several rows, since it takes as long to remove them. */
#define ROW_BYTES 4096

static enum status count_rows(struct db *db, int64_t table_id, int64_t max_rows, int64_t *ret_rows)
{
    static const char find[] = "SELECT size FROM dynamodb_item WHERE table_id = ? LIMIT ?";
    struct query q;
    int64_t rows = 0;
    query_begin(&q, db, find);
    query_bind_integer(&q, table_id);
    query_bind_integer(&q, max_rows);
    for (int64_t cost = 0; cost < max_rows && query_step(&q); rows++)
        cost += 1 + query_integer(&q, 0) / ROW_BYTES;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_rows = rows;
    return status;
}

static enum status remove_rows(struct db *db, int64_t table_id, int64_t rows)
{
    static const char remove[] = "DELETE FROM dynamodb_item WHERE id IN"
                                 " (SELECT id FROM dynamodb_item WHERE table_id = ? LIMIT ?)";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, table_id);
    query_bind_integer(&q, rows);
    return query_run(&q);
}

static enum status sweep_items(struct db *db, int64_t table_id, int64_t max_rows)
{
    static const char done[] = "DELETE FROM dynamodb_dropped WHERE table_id = ?";
    int64_t rows = 0;
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = count_rows(db, table_id, max_rows, &rows);
    if (status == STATUS_OK && rows > 0)
        return remove_rows(db, table_id, rows);
    return status == STATUS_OK ? query_run_with(db, done, table_id) : status;
}

enum status table_store_sweep(struct db *db, int64_t max_rows, bool *ret_more)
{
    int64_t id = 0;
    bool has_index = false;
    enum status status = index_store_has_dropped(db, &has_index);
    if (status == STATUS_OK && !has_index)
        status = first_dropped(db, &id);
    if (status == STATUS_OK && has_index)
        status = index_store_sweep(db, max_rows);
    else if (status == STATUS_OK && id != 0)
        status = sweep_items(db, id, max_rows);
    return status == STATUS_OK ? table_store_has_dropped(db, ret_more) : status;
}

enum status table_store_count(struct db *db, int64_t table_id, struct table_counts *ret_counts)
{
    static const char find[] = "SELECT items, bytes FROM dynamodb_counter WHERE table_id = ?";
    struct query q;
    struct table_counts counts = {0, 0};
    query_begin(&q, db, find);
    query_bind_integer(&q, table_id);
    bool found = query_step(&q);
    if (found)
        counts = (struct table_counts){query_integer(&q, 0), query_integer(&q, 1)};
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_counts = counts;
    return STATUS_OK;
}

enum status table_store_add(struct db *db, int64_t table_id, const struct table_counts *change)
{
    static const char update[] = "UPDATE dynamodb_counter SET items = items + ?, bytes = bytes + ?"
                                 " WHERE table_id = ?";
    if (change->items == 0 && change->bytes == 0)
        return STATUS_OK;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, change->items);
    query_bind_integer(&q, change->bytes);
    query_bind_integer(&q, table_id);
    return query_run(&q);
}

enum status table_store_list(struct db *db, const struct table_scope *scope,
                             const struct table_page *page, struct arena *arena,
                             struct slice *ret_names, size_t *ret_count)
{
    static const char find[] = "SELECT name FROM dynamodb_table"
                               " WHERE account = ? AND region = ? AND name > ?"
                               " ORDER BY name LIMIT ?";
    struct query q;
    size_t count = 0;
    query_begin(&q, db, find);
    query_bind_text(&q, scope->account);
    query_bind_text(&q, scope->region);
    query_bind_text(&q, page->after);
    query_bind_integer(&q, (int64_t)page->max);
    while (count < page->max && query_step(&q))
        ret_names[count++] = query_copy(&q, 0, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}

enum status table_store_tag(struct db *db, int64_t table_id, const struct table_tag *tag)
{
    static const char put[] = "INSERT INTO dynamodb_tag VALUES (?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET value = excluded.value";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, tag->name);
    query_bind_text(&q, tag->value);
    return query_run(&q);
}

enum status table_store_untag(struct db *db, int64_t table_id, struct slice name)
{
    static const char remove[] = "DELETE FROM dynamodb_tag WHERE table_id = ? AND name = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, table_id);
    query_bind_text(&q, name);
    return query_run(&q);
}

enum status table_store_tags(struct db *db, int64_t table_id, size_t max, struct arena *arena,
                             struct table_tag *ret_tags, size_t *ret_count)
{
    static const char find[] = "SELECT name, value FROM dynamodb_tag WHERE table_id = ?"
                               " ORDER BY name";
    struct query q;
    size_t count = 0;
    query_begin(&q, db, find);
    query_bind_integer(&q, table_id);
    while (count < max && query_step(&q)) {
        ret_tags[count].name = query_copy(&q, 0, arena);
        ret_tags[count].value = query_copy(&q, 1, arena);
        count++;
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}
