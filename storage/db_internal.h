/*
 * db_internal.h -- what db.c and query.c share. For storage/ only.
 */
#ifndef STORAGE_DB_INTERNAL_H
#define STORAGE_DB_INTERNAL_H

#include <sqlite3.h>

#include "emulator/base/status.h"

struct db;

sqlite3 *db_handle(const struct db *db);

/* The cached statement of this text, prepared when it is asked for the first time. */
NODISCARD enum status db_statement(struct db *db, const char *sql, sqlite3_stmt **ret_statement);

/* A second connection that may write, with the durability of the first. See checkpoint.h. */
NODISCARD enum status db_open_checkpointer(const struct db *db, struct db **ret_db);

/* After a statement failed with `why`: SQLite may have ended the transaction by itself. */
void db_notice(struct db *db, enum status why);

/*
 * May a statement that writes run now? Outside of a unit's savepoint it would commit by itself:
 * STATUS_CONFLICT when db_write() was not called, else why the group was lost.
 */
NODISCARD enum status db_may_write(struct db *db);

/* The status that fits an SQLite result code. */
enum status db_status(int result);

#endif
