#include "storage/function_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                                  \
    "runtime, role, handler, description, timeout_s, memory_mb, storage_mb, environment, tags, " \
    "architecture, tracing, log_group, code_sha256, code_size, code_revision, code_file, "       \
    "revision_id, modified_ms"

static void bind_key(struct query *q, struct slice account, struct slice region, struct slice name)
{
    query_bind_text(q, account);
    query_bind_text(q, region);
    query_bind_text(q, name);
}

/* In the order of COLUMNS. */
static void bind_columns(struct query *q, const struct function_row *row)
{
    query_bind_text(q, row->runtime);
    query_bind_text(q, row->role);
    query_bind_text(q, row->handler);
    query_bind_text(q, row->description);
    query_bind_integer(q, row->timeout_s);
    query_bind_integer(q, row->memory_mb);
    query_bind_integer(q, row->storage_mb);
    query_bind_text(q, row->environment);
    query_bind_text(q, row->tags);
    query_bind_text(q, row->architecture);
    query_bind_text(q, row->tracing);
    query_bind_text(q, row->log_group);
    query_bind_text(q, row->code_sha256);
    query_bind_integer(q, row->code_size);
    query_bind_text(q, row->code_revision);
    query_bind_text(q, row->code_file);
    query_bind_text(q, row->revision_id);
    query_bind_integer(q, row->modified_ms);
}

/* account, region and name, then COLUMNS. */
static struct function_row read_row(struct query *q, struct arena *arena)
{
    return (struct function_row){
        .account = query_copy(q, 0, arena),
        .region = query_copy(q, 1, arena),
        .name = query_copy(q, 2, arena),
        .runtime = query_copy(q, 3, arena),
        .role = query_copy(q, 4, arena),
        .handler = query_copy(q, 5, arena),
        .description = query_copy(q, 6, arena),
        .timeout_s = query_integer(q, 7),
        .memory_mb = query_integer(q, 8),
        .storage_mb = query_integer(q, 9),
        .environment = query_copy(q, 10, arena),
        .tags = query_copy(q, 11, arena),
        .architecture = query_copy(q, 12, arena),
        .tracing = query_copy(q, 13, arena),
        .log_group = query_copy(q, 14, arena),
        .code_sha256 = query_copy(q, 15, arena),
        .code_size = query_integer(q, 16),
        .code_revision = query_copy(q, 17, arena),
        .code_file = query_copy(q, 18, arena),
        .revision_id = query_copy(q, 19, arena),
        .modified_ms = query_integer(q, 20),
    };
}

enum status function_store_insert(struct db *db, const struct function_row *row)
{
    static const char insert[] =
        "INSERT INTO function(account, region, name, " COLUMNS ") "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_key(&q, row->account, row->region, row->name);
    bind_columns(&q, row);
    return query_run(&q);
}

/* What an UPDATE or DELETE of one function came to. */
static enum status run_for_one(struct query *q, struct db *db)
{
    enum status status = query_run(q);
    if (status == STATUS_OK && query_changes(db) == 0)
        return STATUS_NOT_FOUND;
    return status;
}

enum status function_store_update(struct db *db, const struct function_row *row)
{
    static const char update[] = "UPDATE function SET (" COLUMNS ") = "
                                 "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                                 "WHERE account = ? AND region = ? AND name = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    bind_columns(&q, row);
    bind_key(&q, row->account, row->region, row->name);
    return run_for_one(&q, db);
}

enum status function_store_delete(struct db *db, struct slice account, struct slice region,
                                  struct slice name)
{
    static const char remove[] =
        "DELETE FROM function WHERE account = ? AND region = ? AND name = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_key(&q, account, region, name);
    return run_for_one(&q, db);
}

static enum status take_row(struct query *q, struct arena *arena, struct function_row *ret_row)
{
    bool found = query_step(q);
    struct function_row row = {0};
    if (found)
        row = read_row(q, arena);
    enum status status = query_end(q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_row = row;
    return STATUS_OK;
}

enum status function_store_find(struct db *db, struct slice account, struct slice region,
                                struct slice name, struct arena *arena,
                                struct function_row *ret_row)
{
    static const char find[] = "SELECT account, region, name, " COLUMNS " FROM function "
                               "WHERE account = ? AND region = ? AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    bind_key(&q, account, region, name);
    return take_row(&q, arena, ret_row);
}

enum status function_store_next(struct db *db, struct slice account, struct slice region,
                                struct slice after, struct arena *arena,
                                struct function_row *ret_row)
{
    static const char next[] = "SELECT account, region, name, " COLUMNS " FROM function "
                               "WHERE account = ? AND region = ? AND name > ? "
                               "ORDER BY name LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_key(&q, account, region, after);
    return take_row(&q, arena, ret_row);
}

enum status function_store_uses_code(struct db *db, struct slice code_revision, bool *ret_uses)
{
    static const char find[] = "SELECT 1 FROM function WHERE code_revision = ? LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, code_revision);
    bool uses = query_step(&q);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_uses = uses;
    return status;
}
