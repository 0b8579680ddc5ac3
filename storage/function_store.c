#include "storage/function_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                                  \
    "runtime, role, handler, description, timeout_s, memory_mb, storage_mb, environment, tags, " \
    "architecture, tracing, log_group, code_sha256, code_size, code_revision, code_file, "       \
    "revision_id, modified_ms, layers, concurrency, last_version, content_hash, change, "        \
    "ready_ms, change_revision_id, unzipped_bytes, layer_bytes, layer_folder, "                  \
    "log_format, application_level, system_level"

static void bind_name(struct query *q, struct slice account, struct slice region, struct slice name)
{
    query_bind_text(q, account);
    query_bind_text(q, region);
    query_bind_text(q, name);
}

static void bind_key(struct query *q, const struct function_key *key)
{
    bind_name(q, key->account, key->region, key->name);
    query_bind_integer(q, key->version);
}

static struct function_key key_of(const struct function_row *row)
{
    return (struct function_key){row->account, row->region, row->name, row->version};
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
    query_bind_text(q, row->layers);
    if (row->has_concurrency)
        query_bind_integer(q, row->concurrency);
    else
        query_bind_null(q);
    query_bind_integer(q, row->last_version);
    query_bind_text(q, row->content_hash);
    query_bind_text(q, row->change);
    query_bind_integer(q, row->ready_ms);
    query_bind_text(q, row->change_revision_id);
    query_bind_integer(q, row->unzipped_bytes);
    query_bind_integer(q, row->layer_bytes);
    query_bind_text(q, row->layer_folder);
    query_bind_text(q, row->log_format.len > 0 ? row->log_format : SLICE("Text"));
    query_bind_text(q, row->application_level.len > 0 ? row->application_level : SLICE(""));
    query_bind_text(q, row->system_level.len > 0 ? row->system_level : SLICE(""));
}

/* account, region, name and version, then COLUMNS. */
static struct function_row read_row(struct query *q, struct arena *arena)
{
    return (struct function_row){
        .account = query_copy(q, 0, arena),
        .region = query_copy(q, 1, arena),
        .name = query_copy(q, 2, arena),
        .version = query_integer(q, 3),
        .runtime = query_copy(q, 4, arena),
        .role = query_copy(q, 5, arena),
        .handler = query_copy(q, 6, arena),
        .description = query_copy(q, 7, arena),
        .timeout_s = query_integer(q, 8),
        .memory_mb = query_integer(q, 9),
        .storage_mb = query_integer(q, 10),
        .environment = query_copy(q, 11, arena),
        .tags = query_copy(q, 12, arena),
        .architecture = query_copy(q, 13, arena),
        .tracing = query_copy(q, 14, arena),
        .log_group = query_copy(q, 15, arena),
        .code_sha256 = query_copy(q, 16, arena),
        .code_size = query_integer(q, 17),
        .code_revision = query_copy(q, 18, arena),
        .code_file = query_copy(q, 19, arena),
        .revision_id = query_copy(q, 20, arena),
        .modified_ms = query_integer(q, 21),
        .layers = query_copy(q, 22, arena),
        .has_concurrency = !query_is_null(q, 23),
        .concurrency = query_integer(q, 23),
        .last_version = query_integer(q, 24),
        .content_hash = query_copy(q, 25, arena),
        .change = query_copy(q, 26, arena),
        .ready_ms = query_integer(q, 27),
        .change_revision_id = query_copy(q, 28, arena),
        .unzipped_bytes = query_integer(q, 29),
        .layer_bytes = query_integer(q, 30),
        .layer_folder = query_copy(q, 31, arena),
        .log_format = query_copy(q, 32, arena),
        .application_level = query_copy(q, 33, arena),
        .system_level = query_copy(q, 34, arena),
    };
}

enum status function_store_insert(struct db *db, const struct function_row *row)
{
    static const char insert[] =
        "INSERT INTO function(account, region, name, version, " COLUMNS ") "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    struct function_key key = key_of(row);
    bind_key(&q, &key);
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
                                 "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                                 "WHERE account = ? AND region = ? AND name = ? AND version = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    struct function_key key = key_of(row);
    bind_columns(&q, row);
    bind_key(&q, &key);
    return run_for_one(&q, db);
}

/* What belongs to a function and goes with it. */
static enum status delete_belongings(struct db *db, struct slice account, struct slice region,
                                     struct slice name)
{
    static const char aliases[] =
        "DELETE FROM function_alias WHERE account = ? AND region = ? AND function = ?";
    static const char permissions[] =
        "DELETE FROM function_permission WHERE account = ? AND region = ? AND function = ?";
    static const char configs[] =
        "DELETE FROM function_event_config WHERE account = ? AND region = ? AND function = ?";
    static const char events[] =
        "DELETE FROM function_event WHERE account = ? AND region = ? AND function = ?";
    static const char *const deletes[] = {aliases, permissions, configs, events};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(deletes) / sizeof(deletes[0]) && status == STATUS_OK; i++) {
        struct query q;
        query_begin(&q, db, deletes[i]);
        bind_name(&q, account, region, name);
        status = query_run(&q);
    }
    return status;
}

enum status function_store_delete(struct db *db, struct slice account, struct slice region,
                                  struct slice name)
{
    static const char remove[] =
        "DELETE FROM function WHERE account = ? AND region = ? AND name = ?";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = delete_belongings(db, account, region, name);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_name(&q, account, region, name);
    return run_for_one(&q, db);
}

enum status function_store_delete_version(struct db *db, const struct function_key *key)
{
    static const char remove[] = "DELETE FROM function WHERE account = ? AND region = ? AND "
                                 "name = ? AND version = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_key(&q, key);
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

enum status function_store_find_version(struct db *db, const struct function_key *key,
                                        struct arena *arena, struct function_row *ret_row)
{
    static const char find[] = "SELECT account, region, name, version, " COLUMNS " FROM function "
                               "WHERE account = ? AND region = ? AND name = ? AND version = ?";
    struct query q;
    query_begin(&q, db, find);
    bind_key(&q, key);
    return take_row(&q, arena, ret_row);
}

enum status function_store_find(struct db *db, struct slice account, struct slice region,
                                struct slice name, struct arena *arena,
                                struct function_row *ret_row)
{
    struct function_key key = {account, region, name, 0};
    return function_store_find_version(db, &key, arena, ret_row);
}

enum status function_store_next(struct db *db, struct slice account, struct slice region,
                                struct slice after, struct arena *arena,
                                struct function_row *ret_row)
{
    static const char next[] = "SELECT account, region, name, version, " COLUMNS " FROM function "
                               "WHERE account = ? AND region = ? AND name > ? "
                               "ORDER BY name, version LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_name(&q, account, region, after);
    return take_row(&q, arena, ret_row);
}

enum status function_store_next_version(struct db *db, const struct function_key *after,
                                        struct arena *arena, struct function_row *ret_row)
{
    static const char next[] = "SELECT account, region, name, version, " COLUMNS " FROM function "
                               "WHERE account = ? AND region = ? AND name = ? AND version > ? "
                               "ORDER BY version LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_key(&q, after);
    return take_row(&q, arena, ret_row);
}

static enum status is_there(struct db *db, const char *find, struct slice value, bool *ret_uses)
{
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, value);
    bool uses = query_step(&q);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_uses = uses;
    return status;
}

enum status function_store_uses_code(struct db *db, struct slice code_revision, bool *ret_uses)
{
    static const char find[] = "SELECT 1 FROM function WHERE code_revision = ? LIMIT 1";
    return is_there(db, find, code_revision, ret_uses);
}

enum status function_store_uses_layers(struct db *db, struct slice layer_folder, bool *ret_uses)
{
    static const char find[] = "SELECT 1 FROM function WHERE layer_folder = ? LIMIT 1";
    return is_there(db, find, layer_folder, ret_uses);
}

enum status function_store_totals(struct db *db, struct slice account, struct slice region,
                                  struct function_totals *ret_totals)
{
    static const char sum[] = "SELECT count(*) FILTER (WHERE version = 0), "
                              "coalesce(sum(code_size), 0), coalesce(sum(concurrency), 0) "
                              "FROM function WHERE account = ? AND region = ?";
    struct query q;
    query_begin(&q, db, sum);
    query_bind_text(&q, account);
    query_bind_text(&q, region);
    struct function_totals totals = {0};
    if (query_step(&q))
        totals = (struct function_totals){query_integer(&q, 0), query_integer(&q, 1),
                                          query_integer(&q, 2)};
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_totals = totals;
    return status;
}
