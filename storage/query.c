#include "storage/query.h"

#include <assert.h>
#include <limits.h>

#include "emulator/base/arena.h"
#include "storage/db_internal.h"

void query_begin_temporary(struct query *q, struct db *db, const char *sql)
{
    *q = (struct query){.db = db, .next_parameter = 1};
    q->status = db_statement(db, sql, &q->statement);
    assert(q->statement == NULL || !sqlite3_stmt_busy(q->statement));
}

void query_begin(struct query *q, struct db *db, const char *sql)
{
    query_begin_temporary(q, db, sql);
    if (q->statement != NULL && !sqlite3_stmt_readonly(q->statement))
        q->status = db_may_write(db);
}

static void note(struct query *q, int result)
{
    if (result != SQLITE_OK && q->status == STATUS_OK)
        q->status = db_status(result);
}

void query_bind_integer(struct query *q, int64_t value)
{
    if (q->status == STATUS_OK)
        note(q, sqlite3_bind_int64(q->statement, q->next_parameter++, value));
}

void query_bind_real(struct query *q, double value)
{
    if (q->status == STATUS_OK)
        note(q, sqlite3_bind_double(q->statement, q->next_parameter++, value));
}

void query_bind_text(struct query *q, struct slice value)
{
    const char *ptr = value.ptr != NULL ? value.ptr : "";
    if (q->status == STATUS_OK)
        note(q, sqlite3_bind_text64(q->statement, q->next_parameter++, ptr, value.len,
                                    SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_blob(struct query *q, struct slice value)
{
    const char *ptr = value.ptr != NULL ? value.ptr : "";
    if (q->status == STATUS_OK)
        note(q,
             sqlite3_bind_blob64(q->statement, q->next_parameter++, ptr, value.len, SQLITE_STATIC));
}

void query_bind_null(struct query *q)
{
    if (q->status == STATUS_OK)
        note(q, sqlite3_bind_null(q->statement, q->next_parameter++));
}

bool query_step(struct query *q)
{
    if (q->status != STATUS_OK)
        return false;
    int result = sqlite3_step(q->statement);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE) {
        q->status = db_status(result);
        db_notice(q->db, q->status);
    }
    return false;
}

int64_t query_integer(const struct query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

double query_real(const struct query *q, int column)
{
    return sqlite3_column_double(q->statement, column);
}

struct slice query_slice(const struct query *q, int column)
{
    const void *ptr = sqlite3_column_blob(q->statement, column);
    return slice_make(ptr, (size_t)sqlite3_column_bytes(q->statement, column));
}

bool query_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

struct slice query_copy(struct query *q, int column, struct arena *arena)
{
    struct slice copy = {NULL, 0};
    enum status status = arena_copy(arena, query_slice(q, column), &copy);
    if (status != STATUS_OK && q->status == STATUS_OK)
        q->status = status;
    return copy;
}

enum status query_end(struct query *q)
{
    if (q->statement != NULL) {
        note(q, sqlite3_reset(q->statement));
        (void)sqlite3_clear_bindings(q->statement);
        q->statement = NULL;
    }
    return q->status;
}

enum status query_run(struct query *q)
{
    while (query_step(q))
        ;
    return query_end(q);
}

enum status query_run_with(struct db *db, const char *sql, int64_t value)
{
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, value);
    return query_run(&q);
}

enum status query_first(struct db *db, const char *sql, int64_t *ret_value)
{
    struct query q;
    query_begin(&q, db, sql);
    int64_t value = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_value = value;
    return status;
}

int64_t query_last_rowid(const struct db *db)
{
    return sqlite3_last_insert_rowid(db_handle(db));
}

int64_t query_changes(const struct db *db)
{
    return sqlite3_changes64(db_handle(db));
}

int64_t query_total_changes(const struct db *db)
{
    return sqlite3_total_changes64(db_handle(db));
}
