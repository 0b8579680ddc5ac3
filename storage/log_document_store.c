#include "storage/log_document_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"

static void begin(struct query *q, struct db *db, const char *sql, const struct log_owner *owner,
                  struct slice kind)
{
    query_begin(q, db, sql);
    query_bind_text(q, kind);
    query_bind_text(q, owner->account);
    query_bind_text(q, owner->region);
}

enum status log_document_put(struct db *db, const struct log_owner *owner, struct slice kind,
                             const struct log_document *document)
{
    static const char put[] = "INSERT OR REPLACE INTO log_document(kind, account, region, name, "
                              "changed_ms, body) VALUES(?, ?, ?, ?, ?, ?)";
    struct query q;
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    begin(&q, db, put, owner, kind);
    query_bind_text(&q, document->name);
    query_bind_integer(&q, document->changed_ms);
    query_bind_text(&q, document->body);
    return query_run(&q);
}

enum status log_document_find(struct db *db, const struct log_owner *owner, struct slice kind,
                              struct slice name, struct arena *arena,
                              struct log_document *ret_document)
{
    static const char find[] = "SELECT name, changed_ms, body FROM log_document "
                               "WHERE kind = ? AND account = ? AND region = ? AND name = ?";
    struct log_document document = {.changed_ms = 0};
    struct query q;
    begin(&q, db, find, owner, kind);
    query_bind_text(&q, name);
    bool found = query_step(&q);
    if (found)
        document = (struct log_document){query_copy(&q, 0, arena), query_integer(&q, 1),
                                         query_copy(&q, 2, arena)};
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_document = document;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_document_remove(struct db *db, const struct log_owner *owner, struct slice kind,
                                struct slice name)
{
    static const char remove[] = "DELETE FROM log_document "
                                 "WHERE kind = ? AND account = ? AND region = ? AND name = ?";
    struct query q;
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    begin(&q, db, remove, owner, kind);
    query_bind_text(&q, name);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status log_document_count(struct db *db, const struct log_owner *owner, struct slice kind,
                               int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM log_document "
                                "WHERE kind = ? AND account = ? AND region = ?";
    struct query q;
    begin(&q, db, count, owner, kind);
    int64_t found = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = found;
    return status;
}

void log_documents_begin(struct log_cursor *cursor, struct db *db, const struct log_owner *owner,
                         struct slice kind, struct slice after)
{
    static const char list[] = "SELECT name, changed_ms, body FROM log_document WHERE kind = ? "
                               "AND account = ? AND region = ? AND name > ? ORDER BY name";
    begin(&cursor->query, db, list, owner, kind);
    query_bind_text(&cursor->query, after);
}

bool log_documents_next(struct log_cursor *cursor, struct log_document *ret_document)
{
    const struct query *q = &cursor->query;
    if (!query_step(&cursor->query))
        return false;
    *ret_document =
        (struct log_document){query_slice(q, 0), query_integer(q, 1), query_slice(q, 2)};
    return true;
}
