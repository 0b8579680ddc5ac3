/*
 * db.c
 *
 * Happy path of a group: the first db_write() of a turn runs BEGIN IMMEDIATE, each unit that writes
 * sets a savepoint and releases it, db_commit() runs COMMIT.
 *
 * Possible failures:
 *   - a statement fails: its unit is rolled back to the savepoint, the group goes on;
 *   - the failure ended the transaction itself (SQLite does that on a full disk or an I/O
 *     error): the group is gone; later units of the turn start a new one, but the calls of the lost group
 *     must fail too, so `lost` stays set until db_commit() has reported it;
 *   - COMMIT fails: ROLLBACK, report, tell the listeners.
 */
#include "storage/db.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/mem.h"
#include "storage/db_internal.h"
#include "storage/schema.h"

#define STATEMENT_SLOTS 1024u /* a power of two, well above the number of statements */
#define PATH_BYTES 4096

struct statement_slot {
    const char *sql; /* borrowed: static; the key is its address */
    sqlite3_stmt *statement;
};

struct db {
    sqlite3 *handle;
    enum db_durability durability;
    bool in_unit;
    bool in_group;     /* BEGIN was run */
    bool in_savepoint; /* the unit has written */
    enum status lost;  /* the group was ended by a failure not yet reported */
    struct list listeners;
    char path[PATH_BYTES];
    struct statement_slot slots[STATEMENT_SLOTS];
};

sqlite3 *db_handle(const struct db *db)
{
    return db->handle;
}

enum status db_status(int result)
{
    switch (result & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_FULL:
        return STATUS_DISK_FULL;
    case SQLITE_CONSTRAINT:
        return STATUS_EXISTS;
    case SQLITE_TOOBIG:
        return STATUS_TOO_LARGE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_CORRUPT;
    default:
        return STATUS_IO_ERROR;
    }
}

static struct statement_slot *find_slot(struct db *db, const char *sql)
{
    uintptr_t hash = (uintptr_t)sql;
    hash ^= hash >> 17;
    hash *= 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++) {
        struct statement_slot *slot = &db->slots[((hash >> 40) + i) & (STATEMENT_SLOTS - 1)];
        if (slot->sql == sql || slot->sql == NULL)
            return slot;
    }
    return NULL;
}

enum status db_statement(struct db *db, const char *sql, sqlite3_stmt **ret_statement)
{
    struct statement_slot *slot = find_slot(db, sql);
    if (slot == NULL)
        return STATUS_TOO_LARGE;
    if (slot->sql == NULL) {
        int result = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &slot->statement, NULL);
        if (result != SQLITE_OK)
            return db_status(result);
        slot->sql = sql;
    }
    *ret_statement = slot->statement;
    return STATUS_OK;
}

/* Run a cached statement that gives no rows. */
static enum status run(struct db *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    enum status status = db_statement(db, sql, &statement);
    if (status != STATUS_OK)
        return status;
    (void)sqlite3_step(statement);
    return db_status(sqlite3_reset(statement));
}

static enum status configure(struct db *db)
{
    static const char *const synchronous[] = {
        [DB_DURABILITY_NONE] = "PRAGMA synchronous = OFF",
        [DB_DURABILITY_NORMAL] = "PRAGMA synchronous = NORMAL",
        [DB_DURABILITY_POWER] = "PRAGMA synchronous = FULL",
    };
    static const char pragmas[] = "PRAGMA page_size = 8192;"
                                  "PRAGMA journal_mode = WAL;"
                                  "PRAGMA locking_mode = NORMAL;"
                                  "PRAGMA temp_store = MEMORY;"
                                  "PRAGMA journal_size_limit = 67108864;"
                                  "PRAGMA cache_size = -16384;"
                                  "PRAGMA busy_timeout = 5000;";
    int result = sqlite3_exec(db->handle, pragmas, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(db->handle, synchronous[db->durability], NULL, NULL, NULL);
    return db_status(result);
}

static enum status open_handle(const char *path, int flags, struct db **ret_db)
{
    if (strlen(path) >= PATH_BYTES)
        return STATUS_TOO_LARGE;
    struct db *db = mem_zalloc(sizeof(*db));
    if (db == NULL)
        return STATUS_NO_MEMORY;
    list_init(&db->listeners);
    (void)snprintf(db->path, sizeof(db->path), "%s", path);
    int result = sqlite3_open_v2(path, &db->handle, flags, NULL);
    if (result != SQLITE_OK) {
        db_close(db);
        return db_status(result);
    }
    *ret_db = db;
    return STATUS_OK;
}

enum status db_open(const char *path, enum db_durability durability, struct db **ret_db)
{
    struct db *db = NULL;
    enum status status = open_handle(
        path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, &db);
    if (status != STATUS_OK)
        return status;
    db->durability = durability;
    status = configure(db);
    if (status == STATUS_OK)
        status = schema_apply(db);
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    *ret_db = db;
    return STATUS_OK;
}

enum status db_open_reader(const struct db *db, struct db **ret_reader)
{
    struct db *reader = NULL;
    enum status status =
        open_handle(db->path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, &reader);
    if (status != STATUS_OK)
        return status;
    int result = sqlite3_busy_timeout(reader->handle, 5000);
    if (result != SQLITE_OK) {
        db_close(reader);
        return db_status(result);
    }
    *ret_reader = reader;
    return STATUS_OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        (void)sqlite3_finalize(db->slots[i].statement);
    int result = sqlite3_close(db->handle);
    assert(result == SQLITE_OK);
    (void)result;
    mem_free(db);
}

enum db_durability db_durability(const struct db *db)
{
    return db->durability;
}

void db_unit_begin(struct db *db)
{
    assert(!db->in_unit);
    db->in_unit = true;
    db->in_savepoint = false;
}

/* SQLite rolls a transaction back by itself on some errors; notice it. */
static void notice_lost_group(struct db *db, enum status why)
{
    if (!db->in_group || sqlite3_get_autocommit(db->handle) == 0)
        return;
    db->in_group = false;
    db->in_savepoint = false;
    db->lost = why;
}

enum status db_write(struct db *db)
{
    static const char begin[] = "BEGIN IMMEDIATE";
    static const char savepoint[] = "SAVEPOINT unit";
    assert(db->in_unit);
    if (db->lost != STATUS_OK)
        return db->lost;
    if (db->in_savepoint)
        return STATUS_OK;
    if (!db->in_group) {
        enum status status = run(db, begin);
        if (status != STATUS_OK)
            return status;
        db->in_group = true;
    }
    enum status status = run(db, savepoint);
    notice_lost_group(db, status);
    db->in_savepoint = status == STATUS_OK;
    return status;
}

static void undo_unit(struct db *db)
{
    static const char rollback_to[] = "ROLLBACK TO unit";
    static const char release[] = "RELEASE unit";
    enum status status = run(db, rollback_to);
    if (status == STATUS_OK)
        status = run(db, release);
    notice_lost_group(db, status != STATUS_OK ? status : STATUS_IO_ERROR);
}

enum status db_unit_end(struct db *db, bool keep)
{
    static const char release[] = "RELEASE unit";
    assert(db->in_unit);
    db->in_unit = false;
    notice_lost_group(db, STATUS_DISK_FULL);
    if (db->lost != STATUS_OK)
        return keep ? db->lost : STATUS_OK;
    if (!db->in_savepoint)
        return STATUS_OK;
    db->in_savepoint = false;
    enum status status = STATUS_OK;
    if (keep)
        status = run(db, release);
    if (!keep || status != STATUS_OK)
        undo_unit(db);
    return status;
}

bool db_is_dirty(const struct db *db)
{
    return db->in_group || db->lost != STATUS_OK;
}

static void tell_listeners(struct db *db)
{
    list_for_each_safe(link, &db->listeners) {
        struct db_listener *listener = list_entry(link, struct db_listener, link);
        listener->group_undone(listener);
    }
}

enum status db_commit(struct db *db)
{
    static const char commit[] = "COMMIT";
    static const char rollback[] = "ROLLBACK";
    assert(!db->in_unit);
    enum status status = db->lost;
    if (status == STATUS_OK && db->in_group)
        status = run(db, commit);
    if (status != STATUS_OK && sqlite3_get_autocommit(db->handle) == 0)
        (void)run(db, rollback);
    db->in_group = false;
    db->lost = STATUS_OK;
    if (status != STATUS_OK)
        tell_listeners(db);
    return status;
}

/* "DELETE FROM a; DELETE FROM b; ..." for all tables. NULL when out of memory. */
static char *wiping_sql(struct db *db)
{
    static const char list[] = "SELECT group_concat('DELETE FROM \"' || name || '\";', '') "
                               "FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    sqlite3_stmt *statement = NULL;
    char *sql = NULL;
    if (db_statement(db, list, &statement) != STATUS_OK)
        return NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        sql = sqlite3_mprintf("BEGIN IMMEDIATE;%sCOMMIT;", sqlite3_column_text(statement, 0));
    (void)sqlite3_reset(statement);
    return sql;
}

enum status db_wipe(struct db *db)
{
    assert(!db->in_unit && !db_is_dirty(db));
    char *sql = wiping_sql(db);
    if (sql == NULL)
        return STATUS_NO_MEMORY;
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    if (result != SQLITE_OK && sqlite3_get_autocommit(db->handle) == 0)
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        tell_listeners(db);
    return db_status(result);
}

void db_add_listener(struct db *db, struct db_listener *listener)
{
    list_append(&db->listeners, &listener->link);
}

void db_remove_listener(struct db_listener *listener)
{
    list_remove(&listener->link);
}

const char *db_error_text(const struct db *db)
{
    return sqlite3_errmsg(db->handle);
}
