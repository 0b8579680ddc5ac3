/*
 * query.h -- running one prepared statement, with a sticky status.
 *
 *     static const char find[] = "SELECT size, etag FROM object WHERE bucket = ? AND key = ?";
 *
 *     struct query q;
 *     query_begin(&q, db, find);
 *     query_bind_integer(&q, bucket);
 *     query_bind_blob(&q, key);
 *     if (query_step(&q)) {
 *         size = query_integer(&q, 0);
 *         etag = query_slice(&q, 1);     (borrowed until the next step)
 *     }
 *     return query_end(&q);
 *
 * Statements are cached per connection by the address of their text, so the text must be a
 * static array. A statement is in use from begin to end and cannot be begun twice. For writes
 * call db_write() first: without it a statement that writes fails with STATUS_CONFLICT.
 */
#ifndef STORAGE_QUERY_H
#define STORAGE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;
struct sqlite3_stmt;

struct query {
    struct db *db;
    struct sqlite3_stmt *statement;
    int next_parameter;
    enum status status;
};

void query_begin(struct query *q, struct db *db, const char *sql);

/* The same for a statement that writes temporary tables only: they stand outside units. */
void query_begin_temporary(struct query *q, struct db *db, const char *sql);

/* Parameters in order. Slices are borrowed until query_end(). */
void query_bind_integer(struct query *q, int64_t value);
void query_bind_real(struct query *q, double value);
void query_bind_text(struct query *q, struct slice value);
void query_bind_blob(struct query *q, struct slice value); /* NULL pointer gives an empty blob */
void query_bind_null(struct query *q);

/* True when a row is there; false at the end or after a failure. */
bool query_step(struct query *q);

int64_t query_integer(const struct query *q, int column);
double query_real(const struct query *q, int column);
struct slice query_slice(const struct query *q, int column); /* text or blob; until the next step */
bool query_is_null(const struct query *q, int column);

/* query_slice() copied into the arena; a failure sticks in the query. */
struct slice query_copy(struct query *q, int column, struct arena *arena);

/*
 * Give the statement back. STATUS_EXISTS for a violated UNIQUE or primary key, STATUS_CONFLICT for
 * any other constraint.
 */
NODISCARD enum status query_end(struct query *q);

/* Step to the end and query_end(): for statements without rows. */
NODISCARD enum status query_run(struct query *q);

/* The same for one whose only parameter is a number. */
NODISCARD enum status query_run_with(struct db *db, const char *sql, int64_t value);

/* The number in the first row of a statement without parameters; 0: there is no row. */
NODISCARD enum status query_first(struct db *db, const char *sql, int64_t *ret_value);

/* Of the last INSERT; rows touched by the last INSERT, UPDATE or DELETE. */
int64_t query_last_rowid(const struct db *db);
int64_t query_changes(const struct db *db);

/* Rows touched since the connection was opened: unchanged when nothing was written. */
int64_t query_total_changes(const struct db *db);

#endif
