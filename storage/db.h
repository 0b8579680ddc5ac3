/*
 * db.h -- one sandbox's SQLite database: connection, units of work, group commit.
 *
 *     unit begin ─ writes ─ unit end(keep)   one request, timer or completion: all or nothing
 *     unit begin ─ writes ─ unit end(undo)   (a savepoint inside the group)
 *     ...
 *     db_commit()                            once per turn of the loop: the group's COMMIT
 *
 * Whatever depends on a unit having happened (an HTTP answer) waits for db_commit(). A unit that
 * only reads costs nothing: the transaction is opened by the first write. When COMMIT fails
 * the whole group is undone and every listener is told to rebuild what it keeps in memory.
 *
 * The writing connection lives on the loop thread. A reader (db_open_reader) is a read-only
 * connection for one worker at a time.
 *
 * The file belongs to this process while it is open: no other program can read it meanwhile.
 *
 * Only files in storage/ include sqlite3.h. Statements are run through query.h.
 */
#ifndef STORAGE_DB_H
#define STORAGE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/status.h"

struct db;

enum db_durability {
    DB_DURABILITY_NONE,   /* synchronous=OFF: for throw-away runs */
    DB_DURABILITY_NORMAL, /* survives kill -9 */
    DB_DURABILITY_POWER   /* survives power loss: fsync at every commit */
};

/*
 * Open or make the database file and bring its schema up to date. STATUS_CORRUPT for a file that
 * is no database of ours, STATUS_UNSUPPORTED for one of a newer Hydrant.
 */
NODISCARD enum status db_open(const char *path, enum db_durability durability, struct db **ret_db);

/* A read-only connection to the same file, for one worker thread at a time. */
NODISCARD enum status db_open_reader(const struct db *db, struct db **ret_reader);

/* Undoes an uncommitted group. NULL is a no-op. */
void db_close(struct db *db);

enum db_durability db_durability(const struct db *db);

/* Units do not nest. */
void db_unit_begin(struct db *db);

/* For what may be asked for both inside somebody's unit and outside of any. */
bool db_is_in_unit(const struct db *db);

/*
 * `keep` false undoes the unit. Undoing cannot fail. When keeping fails, or a statement of the
 * unit failed in a way that ended the transaction, the unit (or the group) is undone and the
 * status says why.
 */
NODISCARD enum status db_unit_end(struct db *db, bool keep);

/* Stores call this before they write: opens the transaction and the unit's savepoint. */
NODISCARD enum status db_write(struct db *db);

/* Something waits for db_commit(). */
bool db_is_dirty(const struct db *db);

/* STATUS_DISK_FULL, STATUS_IO_ERROR...: nothing of the group happened, listeners were told. */
NODISCARD enum status db_commit(struct db *db);

/*
 * Delete every row of every table, the schema stays. Between units, with nothing uncommitted.
 * On success the listeners are told as if a group was undone: what they keep is void.
 */
NODISCARD enum status db_wipe(struct db *db);

/* Told after a group was undone: rebuild counters and caches from the database. */
struct db_listener {
    struct list link;
    void (*group_undone)(struct db_listener *listener);
};

void db_add_listener(struct db *db, struct db_listener *listener);
void db_remove_listener(struct db_listener *listener);

/* The last SQLite error text, for the log. Valid until the next call on `db`. */
const char *db_error_text(const struct db *db);

#endif
