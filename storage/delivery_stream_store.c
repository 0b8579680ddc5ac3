#include "storage/delivery_stream_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"

static void bind_encryption(struct query *q, const struct delivery_encryption *encryption)
{
    query_bind_integer(q, encryption->is_on ? 1 : 0);
    query_bind_integer(q, encryption->since_ms);
    query_bind_text(q, encryption->key_type);
    query_bind_text(q, encryption->key_arn);
}

enum status delivery_stream_store_insert(struct db *db, struct delivery_stream_row *row)
{
    static const char insert[] =
        "INSERT INTO delivery_stream(account, region, name, version, created_ms, active_ms,"
        " configuration, is_encrypted, encrypted_ms, key_type, key_arn)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, row->account);
    query_bind_text(&q, row->region);
    query_bind_text(&q, row->name);
    query_bind_integer(&q, row->version);
    query_bind_integer(&q, row->created_ms);
    query_bind_integer(&q, row->active_ms);
    query_bind_text(&q, row->configuration);
    bind_encryption(&q, &row->encryption);
    status = query_run(&q);
    if (status != STATUS_OK)
        return status;
    row->id = query_last_rowid(db);
    return row->id <= DELIVERY_STREAM_MAX_ID ? STATUS_OK : STATUS_TOO_LARGE;
}

/* The columns of every SELECT below, in this order. */
#define COLUMNS                                                                             \
    "id, account, region, name, version, created_ms, active_ms, updated_ms, configuration," \
    " gone_ms, is_encrypted, encrypted_ms, key_type, key_arn"

static struct delivery_stream_row borrow_row(const struct query *q)
{
    return (struct delivery_stream_row){
        .id = query_integer(q, 0),
        .account = query_slice(q, 1),
        .region = query_slice(q, 2),
        .name = query_slice(q, 3),
        .version = query_integer(q, 4),
        .created_ms = query_integer(q, 5),
        .active_ms = query_integer(q, 6),
        .updated_ms = query_integer(q, 7),
        .configuration = query_slice(q, 8),
        .gone_ms = query_integer(q, 9),
        .encryption = {query_integer(q, 10) != 0, query_integer(q, 11), query_slice(q, 12),
                       query_slice(q, 13)},
    };
}

enum status delivery_stream_store_find(struct db *db, int64_t id, struct arena *arena,
                                       struct delivery_stream_row *ret_row)
{
    static const char find[] = "SELECT " COLUMNS " FROM delivery_stream WHERE id = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, id);
    bool found = query_step(&q);
    struct delivery_stream_row row = {0};
    if (found) {
        row = borrow_row(&q);
        row.account = query_copy(&q, 1, arena);
        row.region = query_copy(&q, 2, arena);
        row.name = query_copy(&q, 3, arena);
        row.configuration = query_copy(&q, 8, arena);
        row.encryption.key_type = query_copy(&q, 12, arena);
        row.encryption.key_arn = query_copy(&q, 13, arena);
    }
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_row = row;
    return STATUS_OK;
}

enum status delivery_stream_store_update(struct db *db, const struct delivery_stream_row *row)
{
    static const char update[] = "UPDATE delivery_stream SET version = ?, updated_ms = ?,"
                                 " configuration = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, row->version);
    query_bind_integer(&q, row->updated_ms);
    query_bind_text(&q, row->configuration);
    query_bind_integer(&q, row->id);
    return query_run(&q);
}

enum status delivery_stream_store_set_gone(struct db *db, int64_t id, int64_t gone_ms)
{
    static const char set[] = "UPDATE delivery_stream SET gone_ms = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, set);
    query_bind_integer(&q, gone_ms);
    query_bind_integer(&q, id);
    return query_run(&q);
}

enum status delivery_stream_store_set_encryption(struct db *db, int64_t id,
                                                 const struct delivery_encryption *encryption)
{
    static const char set[] = "UPDATE delivery_stream SET is_encrypted = ?, encrypted_ms = ?,"
                              " key_type = ?, key_arn = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, set);
    bind_encryption(&q, encryption);
    query_bind_integer(&q, id);
    return query_run(&q);
}

enum status delivery_stream_store_note_encryption_call(struct db *db, int64_t id, int64_t now_ms)
{
    static const char note[] =
        "INSERT INTO delivery_encryption_call(stream, called_ms) VALUES(?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, note);
    query_bind_integer(&q, id);
    query_bind_integer(&q, now_ms);
    return query_run(&q);
}

enum status delivery_stream_store_delete(struct db *db, int64_t id)
{
    static const char *const deletes[] = {
        "DELETE FROM delivery_stream_tag WHERE stream = ?",
        "DELETE FROM delivery_partition WHERE stream = ?",
        "DELETE FROM delivery_encryption_call WHERE stream = ?",
        "DELETE FROM delivery_stream WHERE id = ?",
    };
    enum status status = db_write(db);
    for (size_t i = 0; status == STATUS_OK && i < sizeof(deletes) / sizeof(deletes[0]); i++) {
        struct query q;
        query_begin(&q, db, deletes[i]);
        query_bind_integer(&q, id);
        status = query_run(&q);
    }
    return status;
}

enum status delivery_stream_store_each(
    struct db *db, enum status (*each)(void *arg, const struct delivery_stream_row *row), void *arg)
{
    static const char all[] = "SELECT " COLUMNS " FROM delivery_stream ORDER BY id";
    struct query q;
    query_begin(&q, db, all);
    enum status status = STATUS_OK;
    while (status == STATUS_OK && query_step(&q)) {
        struct delivery_stream_row row = borrow_row(&q);
        status = each(arg, &row);
    }
    enum status ended = query_end(&q);
    return status != STATUS_OK ? status : ended;
}

enum status delivery_stream_store_names(struct db *db, struct arena *arena,
                                        struct delivery_stream_page *page)
{
    static const char find[] = "SELECT name FROM delivery_stream WHERE account = ? AND region = ?"
                               " AND name > ?"
                               " AND iif(source ->> 'KinesisStreamARN' IS NULL, ?, ?)"
                               " ORDER BY name LIMIT ?";
    page->count = 0;
    page->has_more = false;
    page->names = arena_alloc(arena, (page->limit + 1) * sizeof(*page->names));
    if (page->names == NULL)
        return STATUS_NO_MEMORY;
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, page->account);
    query_bind_text(&q, page->region);
    query_bind_text(&q, page->after);
    query_bind_integer(&q, page->wants_put);
    query_bind_integer(&q, page->wants_sourced);
    query_bind_integer(&q, (int64_t)page->limit + 1);
    while (query_step(&q)) {
        page->has_more = page->count == page->limit;
        if (!page->has_more)
            page->names[page->count++] = query_copy(&q, 0, arena);
    }
    return query_end(&q);
}

/* Run a statement whose one row is a number; `q` has its parameters. */
static enum status read_count(struct query *q, size_t *ret_count)
{
    size_t count = query_step(q) ? (size_t)query_integer(q, 0) : 0;
    enum status status = query_end(q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}

enum status delivery_stream_store_count(struct db *db, struct slice account, struct slice region,
                                        size_t *ret_count)
{
    static const char count[] =
        "SELECT count(*) FROM delivery_stream WHERE account = ? AND region = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_text(&q, account);
    query_bind_text(&q, region);
    return read_count(&q, ret_count);
}

enum status delivery_stream_store_put_tag(struct db *db, int64_t stream,
                                          const struct delivery_stream_tag *tag)
{
    static const char put[] =
        "INSERT OR REPLACE INTO delivery_stream_tag(stream, key, value) VALUES(?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, stream);
    query_bind_text(&q, tag->key);
    if (tag->value.ptr != NULL)
        query_bind_text(&q, tag->value);
    else
        query_bind_null(&q);
    return query_run(&q);
}

enum status delivery_stream_store_delete_tag(struct db *db, int64_t stream, struct slice key)
{
    static const char delete_tag[] = "DELETE FROM delivery_stream_tag WHERE stream = ? AND key = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, delete_tag);
    query_bind_integer(&q, stream);
    query_bind_text(&q, key);
    return query_run(&q);
}

enum status delivery_stream_store_tags(struct db *db, int64_t stream, struct slice after,
                                       size_t limit, struct arena *arena,
                                       struct delivery_stream_tags *ret_tags)
{
    static const char find[] = "SELECT key, value FROM delivery_stream_tag"
                               " WHERE stream = ? AND key > ? ORDER BY key LIMIT ?";
    struct delivery_stream_tags page = {0};
    page.tags = arena_alloc(arena, (limit + 1) * sizeof(*page.tags));
    if (page.tags == NULL)
        return STATUS_NO_MEMORY;
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, stream);
    query_bind_text(&q, after);
    query_bind_integer(&q, (int64_t)limit + 1);
    while (query_step(&q)) {
        page.has_more = page.count == limit;
        if (page.has_more)
            continue;
        struct delivery_stream_tag *tag = &page.tags[page.count++];
        tag->key = query_copy(&q, 0, arena);
        tag->value = query_is_null(&q, 1) ? (struct slice){NULL, 0} : query_copy(&q, 1, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_tags = page;
    return status;
}

enum status delivery_stream_store_count_tags(struct db *db, int64_t stream, size_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM delivery_stream_tag WHERE stream = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, stream);
    return read_count(&q, ret_count);
}

enum status delivery_stream_store_count_encryption_calls(struct db *db, int64_t id,
                                                         int64_t since_ms, size_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM delivery_encryption_call"
                                " WHERE stream = ? AND called_ms > ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, id);
    query_bind_integer(&q, since_ms);
    return read_count(&q, ret_count);
}
