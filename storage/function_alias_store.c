#include "storage/function_alias_store.h"

#include "storage/db.h"
#include "storage/query.h"

static void bind_key(struct query *q, const struct function_alias_key *key)
{
    query_bind_text(q, key->account);
    query_bind_text(q, key->region);
    query_bind_text(q, key->function);
    query_bind_text(q, key->name);
}

static void bind_row(struct query *q, const struct function_alias_row *row)
{
    query_bind_text(q, row->version);
    query_bind_text(q, row->description);
    query_bind_text(q, row->other_version);
    query_bind_real(q, row->weight);
    query_bind_text(q, row->revision_id);
}

enum status function_alias_store_insert(struct db *db, const struct function_alias_key *key,
                                        const struct function_alias_row *row)
{
    static const char insert[] =
        "INSERT INTO function_alias(account, region, function, name, version, description, "
        "other_version, weight, revision_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_key(&q, key);
    bind_row(&q, row);
    return query_run(&q);
}

static enum status run_for_one(struct query *q, struct db *db)
{
    enum status status = query_run(q);
    if (status == STATUS_OK && query_changes(db) == 0)
        return STATUS_NOT_FOUND;
    return status;
}

enum status function_alias_store_update(struct db *db, const struct function_alias_key *key,
                                        const struct function_alias_row *row)
{
    static const char update[] =
        "UPDATE function_alias SET (version, description, other_version, weight, revision_id) = "
        "(?, ?, ?, ?, ?) WHERE account = ? AND region = ? AND function = ? AND name = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    bind_row(&q, row);
    bind_key(&q, key);
    return run_for_one(&q, db);
}

enum status function_alias_store_delete(struct db *db, const struct function_alias_key *key)
{
    static const char permissions[] = "DELETE FROM function_permission WHERE account = ? AND "
                                      "region = ? AND function = ? AND qualifier = ?";
    static const char config[] = "DELETE FROM function_event_config WHERE account = ? AND "
                                 "region = ? AND function = ? AND qualifier = ?";
    static const char remove[] = "DELETE FROM function_alias WHERE account = ? AND region = ? AND "
                                 "function = ? AND name = ?";
    enum status status = db_write(db);
    struct query q;
    if (status == STATUS_OK) {
        query_begin(&q, db, permissions);
        bind_key(&q, key);
        status = query_run(&q);
    }
    if (status == STATUS_OK) {
        query_begin(&q, db, config);
        bind_key(&q, key);
        status = query_run(&q);
    }
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, remove);
    bind_key(&q, key);
    return run_for_one(&q, db);
}

/* name, version, description, other_version, weight, revision_id */
static enum status take_row(struct query *q, struct arena *arena, struct slice *ret_name,
                            struct function_alias_row *ret_row)
{
    bool found = query_step(q);
    struct function_alias_row row = {0};
    struct slice name = {NULL, 0};
    if (found) {
        name = query_copy(q, 0, arena);
        row = (struct function_alias_row){
            .version = query_copy(q, 1, arena),
            .description = query_copy(q, 2, arena),
            .other_version = query_copy(q, 3, arena),
            .weight = query_real(q, 4),
            .revision_id = query_copy(q, 5, arena),
        };
    }
    enum status status = query_end(q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_name = name;
    *ret_row = row;
    return STATUS_OK;
}

enum status function_alias_store_find(struct db *db, const struct function_alias_key *key,
                                      struct arena *arena, struct function_alias_row *ret_row)
{
    static const char find[] =
        "SELECT name, version, description, other_version, weight, revision_id FROM function_alias "
        "WHERE account = ? AND region = ? AND function = ? AND name = ?";
    struct slice name;
    struct query q;
    query_begin(&q, db, find);
    bind_key(&q, key);
    return take_row(&q, arena, &name, ret_row);
}

enum status function_alias_store_next(struct db *db, const struct function_alias_key *after,
                                      struct arena *arena, struct slice *ret_name,
                                      struct function_alias_row *ret_row)
{
    static const char next[] =
        "SELECT name, version, description, other_version, weight, revision_id FROM function_alias "
        "WHERE account = ? AND region = ? AND function = ? AND name > ? ORDER BY name LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_key(&q, after);
    return take_row(&q, arena, ret_name, ret_row);
}
