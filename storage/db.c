/*
 * db.c
 *
 * Happy path of a group: the first db_write() of a turn runs BEGIN IMMEDIATE, each unit that writes
 * sets a savepoint and releases it, db_commit() runs COMMIT.
 *
 * Possible failures:
 *   - a statement fails: its unit is rolled back to the savepoint, the group goes on;
 *   - the failure ended the transaction itself (SQLite does that on a full disk, an I/O error or
 *     without memory, also in a statement that reads): the group is gone. `lost` says why until
 *     db_commit() has reported it, and no unit of the turn can write any more: a statement run
 *     now would commit by itself;
 *   - a unit cannot be undone alone: the whole group is rolled back and lost;
 *   - COMMIT fails: ROLLBACK, report, tell the listeners;
 *   - ROLLBACK fails: the next db_write() tries again before it begins a group.
 */
#include "storage/db.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/mem.h"
#include "storage/db_internal.h"
#include "storage/schema.h"

#define STATEMENT_SLOTS 1024U /* a power of two, well above the number of statements */
#define PATH_BYTES 4096
#define UNDO_MEMORY_BYTES 0x1FFFF

/* Prepared at the start: undoing must not depend on memory. */
enum control { BEGIN, SAVEPOINT, RELEASE, ROLLBACK_TO, COMMIT, ROLLBACK, CONTROL_COUNT };

static const char *const control_sql[CONTROL_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE", [SAVEPOINT] = "SAVEPOINT unit",
    [RELEASE] = "RELEASE unit",  [ROLLBACK_TO] = "ROLLBACK TO unit",
    [COMMIT] = "COMMIT",         [ROLLBACK] = "ROLLBACK",
};

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
    sqlite3_stmt *control[CONTROL_COUNT]; /* owned; NULL in a reader */
    char path[PATH_BYTES];
    struct statement_slot slots[STATEMENT_SLOTS];
};

sqlite3 *db_handle(const struct db *db)
{
    return db->handle;
}

enum status db_status(int result)
{
    if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ||
        result == SQLITE_CONSTRAINT_ROWID)
        return STATUS_EXISTS;
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
        return STATUS_CONFLICT;
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
    hash *= 0x9E3779B97F4A7C15U;
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

static enum status prepare_control(struct db *db)
{
    for (size_t i = 0; i < CONTROL_COUNT; i++) {
        int result = sqlite3_prepare_v3(db->handle, control_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                        &db->control[i], NULL);
        if (result != SQLITE_OK)
            return db_status(result);
    }
    return STATUS_OK;
}

static enum status run(struct db *db, enum control control)
{
    (void)sqlite3_step(db->control[control]);
    return db_status(sqlite3_reset(db->control[control]));
}

static enum status configure(struct db *db)
{
    static const char *const synchronous[] = {
        [DB_DURABILITY_NONE] = "PRAGMA synchronous = OFF",
        [DB_DURABILITY_NORMAL] = "PRAGMA synchronous = NORMAL",
        [DB_DURABILITY_POWER] = "PRAGMA synchronous = FULL",
    };
    /*
     * FILE, since MEMORY would ignore the limit set by configure_library(). Some builds of SQLite
     * overwrite what is deleted: a gigabyte of delivered records would be written once more.
     */
    static const char pragmas[] = "PRAGMA page_size = 8192;"
                                  "PRAGMA journal_mode = WAL;"
                                  "PRAGMA locking_mode = NORMAL;"
                                  "PRAGMA temp_store = FILE;"
                                  "PRAGMA secure_delete = OFF;"
                                  "PRAGMA journal_size_limit = 67108864;"
                                  "PRAGMA cache_size = -16384;"
                                  "PRAGMA busy_timeout = 5000;";
    int result = sqlite3_exec(db->handle, pragmas, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(db->handle, synchronous[db->durability], NULL, NULL, NULL);
    return db_status(result);
}

/*
 * "unix-excl" takes the file for this process once and keeps the locks of the write-ahead log in
 * memory, where "unix" asks the kernel six times per commit. A VFS a test has put in front stays.
 */
static const char *choose_vfs(void)
{
    const sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    return vfs != NULL && strcmp(vfs->zName, "unix") == 0 ? "unix-excl" : NULL;
}

/*
 * What a savepoint keeps to undo a unit stays in memory up to this size and goes to a file above
 * it: small units need no file, and undoing a large delivery needs no memory. SQLite's count of
 * its memory would put a lock around every allocation. The library takes such settings before its
 * first use only.
 */
static void configure_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, UNDO_MEMORY_BYTES);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
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
    enum status status =
        db_status(sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_EXRESCODE, choose_vfs()));
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    *ret_db = db;
    return STATUS_OK;
}

enum status db_open(const char *path, enum db_durability durability, struct db **ret_db)
{
    configure_library();
    struct db *db = NULL;
    enum status status =
        open_handle(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, &db);
    if (status != STATUS_OK)
        return status;
    db->durability = durability;
    status = configure(db);
    if (status == STATUS_OK)
        status = schema_apply(db);
    if (status == STATUS_OK)
        status = prepare_control(db);
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    *ret_db = db;
    return STATUS_OK;
}

enum status db_open_checkpointer(const struct db *db, struct db **ret_db)
{
    struct db *other = NULL;
    enum status status = open_handle(db->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, &other);
    if (status != STATUS_OK)
        return status;
    other->durability = db->durability;
    status = configure(other);
    if (status != STATUS_OK) {
        db_close(other);
        return status;
    }
    *ret_db = other;
    return STATUS_OK;
}

enum status db_open_reader(const struct db *db, struct db **ret_reader)
{
    struct db *reader = NULL;
    enum status status = open_handle(db->path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, &reader);
    if (status != STATUS_OK)
        return status;
    status = db_status(sqlite3_busy_timeout(reader->handle, 5000));
    if (status != STATUS_OK) {
        db_close(reader);
        return status;
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
    for (size_t i = 0; i < CONTROL_COUNT; i++)
        (void)sqlite3_finalize(db->control[i]);
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

bool db_is_in_unit(const struct db *db)
{
    return db->in_unit;
}

static bool in_transaction(const struct db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

static void lose_group(struct db *db, enum status why)
{
    db->in_group = false;
    db->in_savepoint = false;
    db->lost = why != STATUS_OK ? why : STATUS_IO_ERROR;
}

void db_notice(struct db *db, enum status why)
{
    if (db->in_group && !in_transaction(db))
        lose_group(db, why);
}

enum status db_may_write(struct db *db)
{
    db_notice(db, STATUS_IO_ERROR);
    if (db->lost != STATUS_OK)
        return db->lost;
    return db->in_savepoint ? STATUS_OK : STATUS_CONFLICT;
}

/* Beginning fails while an earlier transaction could not be rolled back: do that first. */
static enum status begin_group(struct db *db)
{
    if (in_transaction(db))
        (void)run(db, ROLLBACK);
    enum status status = run(db, BEGIN);
    db->in_group = status == STATUS_OK;
    return status;
}

enum status db_write(struct db *db)
{
    assert(db->in_unit);
    db_notice(db, STATUS_IO_ERROR);
    if (db->lost != STATUS_OK)
        return db->lost;
    if (db->in_savepoint)
        return STATUS_OK;
    if (!db->in_group) {
        enum status status = begin_group(db);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = run(db, SAVEPOINT);
    db_notice(db, status);
    db->in_savepoint = status == STATUS_OK;
    return status;
}

/* A unit that cannot be undone alone takes its group with it. */
static void undo_unit(struct db *db)
{
    enum status status = run(db, ROLLBACK_TO);
    if (status == STATUS_OK)
        status = run(db, RELEASE);
    if (status == STATUS_OK)
        return;
    if (in_transaction(db))
        (void)run(db, ROLLBACK);
    lose_group(db, status);
}

enum status db_unit_end(struct db *db, bool keep)
{
    assert(db->in_unit);
    db->in_unit = false;
    db_notice(db, STATUS_IO_ERROR);
    if (db->lost != STATUS_OK)
        return keep ? db->lost : STATUS_OK;
    if (!db->in_savepoint)
        return STATUS_OK;
    db->in_savepoint = false;
    enum status status = STATUS_OK;
    if (keep)
        status = run(db, RELEASE);
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
    assert(!db->in_unit);
    db_notice(db, STATUS_IO_ERROR);
    enum status status = db->lost;
    if (status == STATUS_OK && db->in_group)
        status = run(db, COMMIT);
    if (status != STATUS_OK && in_transaction(db))
        (void)run(db, ROLLBACK);
    db->in_group = false;
    db->lost = STATUS_OK;
    if (status != STATUS_OK)
        tell_listeners(db);
    return status;
}

/* "DELETE FROM a; DELETE FROM b; ..." for all tables; for sqlite3_free(). */
static enum status make_wiping_sql(struct db *db, char **ret_sql)
{
    static const char list[] =
        "SELECT group_concat('DELETE FROM \"' || name || '\";', '') "
        "FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    sqlite3_stmt *statement = NULL;
    enum status status = db_statement(db, list, &statement);
    if (status != STATUS_OK)
        return status;
    const unsigned char *deletes = NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        deletes = sqlite3_column_text(statement, 0);
    char *sql = deletes != NULL ? sqlite3_mprintf("BEGIN IMMEDIATE;%sCOMMIT;", deletes) : NULL;
    status = db_status(sqlite3_reset(statement));
    if (sql != NULL)
        *ret_sql = sql;
    else if (status == STATUS_OK)
        status = STATUS_NO_MEMORY;
    return status;
}

enum status db_wipe(struct db *db)
{
    assert(!db->in_unit && !db_is_dirty(db));
    char *sql = NULL;
    enum status status = make_wiping_sql(db, &sql);
    if (status != STATUS_OK)
        return status;
    if (in_transaction(db))
        (void)run(db, ROLLBACK);
    status = db_status(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
    sqlite3_free(sql);
    if (in_transaction(db))
        (void)run(db, ROLLBACK);
    if (status == STATUS_OK)
        tell_listeners(db);
    return status;
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
