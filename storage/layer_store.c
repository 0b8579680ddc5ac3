#include "storage/layer_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                               \
    "description, runtimes, architectures, license, code_sha256, code_size, unzipped_bytes, " \
    "code_revision, created_ms"

static void bind_name(struct query *q, const struct layer_key *key)
{
    query_bind_text(q, key->account);
    query_bind_text(q, key->region);
    query_bind_text(q, key->name);
}

static enum status count_version(struct db *db, struct layer_key *key)
{
    static const char count[] =
        "INSERT INTO layer(account, region, name, last_version) VALUES(?, ?, ?, 1) "
        "ON CONFLICT DO UPDATE SET last_version = last_version + 1 RETURNING last_version";
    struct query q;
    query_begin(&q, db, count);
    bind_name(&q, key);
    int64_t version = 0;
    if (query_step(&q))
        version = query_integer(&q, 0);
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        key->version = version;
    return status;
}

enum status layer_store_add(struct db *db, struct layer_key *key, const struct layer_row *row)
{
    static const char insert[] =
        "INSERT INTO layer_version(account, region, name, version, " COLUMNS ") "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = count_version(db, key);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_name(&q, key);
    query_bind_integer(&q, key->version);
    query_bind_text(&q, row->description);
    query_bind_text(&q, row->runtimes);
    query_bind_text(&q, row->architectures);
    query_bind_text(&q, row->license);
    query_bind_text(&q, row->code_sha256);
    query_bind_integer(&q, row->code_size);
    query_bind_integer(&q, row->unzipped_bytes);
    query_bind_text(&q, row->code_revision);
    query_bind_integer(&q, row->created_ms);
    return query_run(&q);
}

/* The version's number, then COLUMNS. */
static enum status take_row(struct query *q, struct arena *arena, int64_t *ret_version,
                            struct layer_row *ret_row)
{
    bool found = query_step(q);
    struct layer_row row = {0};
    int64_t version = 0;
    if (found) {
        version = query_integer(q, 0);
        row = (struct layer_row){
            .description = query_copy(q, 1, arena),
            .runtimes = query_copy(q, 2, arena),
            .architectures = query_copy(q, 3, arena),
            .license = query_copy(q, 4, arena),
            .code_sha256 = query_copy(q, 5, arena),
            .code_size = query_integer(q, 6),
            .unzipped_bytes = query_integer(q, 7),
            .code_revision = query_copy(q, 8, arena),
            .created_ms = query_integer(q, 9),
        };
    }
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        *ret_version = version;
        *ret_row = row;
    }
    return status;
}

enum status layer_store_find(struct db *db, const struct layer_key *key, struct arena *arena,
                             struct layer_row *ret_row)
{
    static const char find[] = "SELECT version, " COLUMNS " FROM layer_version WHERE account = ? "
                               "AND region = ? AND name = ? AND version = ?";
    int64_t version = 0;
    struct query q;
    query_begin(&q, db, find);
    bind_name(&q, key);
    query_bind_integer(&q, key->version);
    return take_row(&q, arena, &version, ret_row);
}

enum status layer_store_delete(struct db *db, const struct layer_key *key)
{
    static const char remove[] = "DELETE FROM layer_version WHERE account = ? AND region = ? AND "
                                 "name = ? AND version = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_name(&q, key);
    query_bind_integer(&q, key->version);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status layer_store_before(struct db *db, struct layer_key *key, struct arena *arena,
                               struct layer_row *ret_row)
{
    static const char find[] =
        "SELECT version, " COLUMNS " FROM layer_version WHERE account = ? AND region = ? AND "
        "name = ? AND version < ? ORDER BY version DESC LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    bind_name(&q, key);
    query_bind_integer(&q, key->version);
    return take_row(&q, arena, &key->version, ret_row);
}

enum status layer_store_next_name(struct db *db, const struct layer_key *after, struct arena *arena,
                                  struct slice *ret_name)
{
    static const char next[] = "SELECT name FROM layer_version WHERE account = ? AND region = ? "
                               "AND name > ? ORDER BY name LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_name(&q, after);
    bool found = query_step(&q);
    struct slice name = {NULL, 0};
    if (found)
        name = query_copy(&q, 0, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_name = name;
    return status;
}

enum status layer_store_uses_code(struct db *db, struct slice code_revision, bool *ret_uses)
{
    static const char find[] = "SELECT 1 FROM layer_version WHERE code_revision = ? LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, code_revision);
    bool uses = query_step(&q);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_uses = uses;
    return status;
}
