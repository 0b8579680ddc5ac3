#include "storage/setting_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum status setting_store_get_integer(struct db *db, const char *name, int64_t *ret_value)
{
    static const char sql[] = "SELECT value FROM setting WHERE name = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    bool found = query_step(&q);
    int64_t value = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_value = value;
    return STATUS_OK;
}

enum status setting_store_put_integer(struct db *db, const char *name, int64_t value)
{
    static const char sql[] = "INSERT OR REPLACE INTO setting(name, value) VALUES(?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    query_bind_integer(&q, value);
    return query_run(&q);
}
