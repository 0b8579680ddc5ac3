#include "storage/function_event_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum status function_event_store_add(struct db *db, const struct function_event *event,
                                     int64_t *ret_id)
{
    static const char insert[] =
        "INSERT INTO function_event(account, region, function, qualifier, request_id, payload, "
        "accepted_ms, due_ms, failures, refusals) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, event->account);
    query_bind_text(&q, event->region);
    query_bind_text(&q, event->function);
    query_bind_text(&q, event->qualifier);
    query_bind_text(&q, event->request_id);
    query_bind_blob(&q, event->payload);
    query_bind_integer(&q, event->accepted_ms);
    query_bind_integer(&q, event->due_ms);
    query_bind_integer(&q, event->failures);
    query_bind_integer(&q, event->refusals);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

static enum status run_for_one(struct query *q, struct db *db)
{
    enum status status = query_run(q);
    if (status == STATUS_OK && query_changes(db) == 0)
        return STATUS_NOT_FOUND;
    return status;
}

enum status function_event_store_put_off(struct db *db, const struct function_event *event)
{
    static const char update[] =
        "UPDATE function_event SET (due_ms, failures, refusals) = (?, ?, ?) WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, event->due_ms);
    query_bind_integer(&q, event->failures);
    query_bind_integer(&q, event->refusals);
    query_bind_integer(&q, event->id);
    return run_for_one(&q, db);
}

enum status function_event_store_remove(struct db *db, int64_t id)
{
    static const char remove[] = "DELETE FROM function_event WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, id);
    return run_for_one(&q, db);
}

static struct function_event read_event(struct query *q, struct arena *arena)
{
    return (struct function_event){
        .id = query_integer(q, 0),
        .account = query_copy(q, 1, arena),
        .region = query_copy(q, 2, arena),
        .function = query_copy(q, 3, arena),
        .qualifier = query_copy(q, 4, arena),
        .request_id = query_copy(q, 5, arena),
        .payload = query_copy(q, 6, arena),
        .accepted_ms = query_integer(q, 7),
        .due_ms = query_integer(q, 8),
        .failures = query_integer(q, 9),
        .refusals = query_integer(q, 10),
    };
}

enum status function_event_store_next(struct db *db, const struct function_event_place *after,
                                      struct arena *arena, struct function_event *ret_event)
{
    static const char next[] =
        "SELECT id, account, region, function, qualifier, request_id, payload, accepted_ms, "
        "due_ms, failures, refusals FROM function_event WHERE (due_ms, id) > (?, ?) "
        "ORDER BY due_ms, id LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, after->due_ms);
    query_bind_integer(&q, after->id);
    bool found = query_step(&q);
    struct function_event event = {0};
    if (found)
        event = read_event(&q, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_event = event;
    return status;
}

/* ---- configurations ---------------------------------------------------------------------- */

static void bind_key(struct query *q, const struct function_event_key *key)
{
    query_bind_text(q, key->account);
    query_bind_text(q, key->region);
    query_bind_text(q, key->function);
    query_bind_text(q, key->qualifier);
}

static void bind_optional(struct query *q, bool is_given, int64_t value)
{
    if (is_given)
        query_bind_integer(q, value);
    else
        query_bind_null(q);
}

enum status function_event_store_configure(struct db *db, const struct function_event_key *key,
                                           const struct function_event_config *config)
{
    static const char put[] =
        "INSERT OR REPLACE INTO function_event_config(account, region, function, qualifier, "
        "max_retries, max_age_s, modified_ms) VALUES(?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    bind_key(&q, key);
    bind_optional(&q, config->has_max_retries, config->max_retries);
    bind_optional(&q, config->has_max_age, config->max_age_s);
    query_bind_integer(&q, config->modified_ms);
    return query_run(&q);
}

enum status function_event_store_unconfigure(struct db *db, const struct function_event_key *key)
{
    static const char remove[] = "DELETE FROM function_event_config WHERE account = ? AND "
                                 "region = ? AND function = ? AND qualifier = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_key(&q, key);
    return run_for_one(&q, db);
}

/* max_retries, max_age_s, modified_ms */
static struct function_event_config read_config(const struct query *q)
{
    return (struct function_event_config){
        .has_max_retries = !query_is_null(q, 0),
        .max_retries = query_integer(q, 0),
        .has_max_age = !query_is_null(q, 1),
        .max_age_s = query_integer(q, 1),
        .modified_ms = query_integer(q, 2),
    };
}

enum status function_event_store_config(struct db *db, const struct function_event_key *key,
                                        struct function_event_config *ret_config)
{
    static const char find[] = "SELECT max_retries, max_age_s, modified_ms FROM "
                               "function_event_config WHERE account = ? AND region = ? AND "
                               "function = ? AND qualifier = ?";
    struct query q;
    query_begin(&q, db, find);
    bind_key(&q, key);
    bool found = query_step(&q);
    struct function_event_config config = {0};
    if (found)
        config = read_config(&q);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_config = config;
    return status;
}

enum status function_event_store_next_config(struct db *db, const struct function_event_key *after,
                                             struct arena *arena, struct slice *ret_qualifier,
                                             struct function_event_config *ret_config)
{
    static const char next[] =
        "SELECT max_retries, max_age_s, modified_ms, qualifier FROM function_event_config "
        "WHERE account = ? AND region = ? AND function = ? AND qualifier > ? "
        "ORDER BY qualifier LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_key(&q, after);
    bool found = query_step(&q);
    struct function_event_config config = {0};
    struct slice qualifier = {NULL, 0};
    if (found) {
        config = read_config(&q);
        qualifier = query_copy(&q, 3, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        *ret_config = config;
        *ret_qualifier = qualifier;
    }
    return status;
}
