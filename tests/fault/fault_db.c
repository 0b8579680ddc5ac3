/*
 * One unit of two rows, committed, while the n-th allocation or file operation fails: the statuses
 * are honest, the database can be opened again, and the two rows are there together or not at
 * all: certainly when the commit said so, possibly when it failed.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/db.h"
#include "storage/query.h"
#include "tests/lib/asserts.h"
#include "tests/lib/fault_vfs.h"
#include "tests/lib/mem_fault.h"
#include "tests/lib/temporary_folder.h"

#define VALUE_BYTES 30000U /* several pages each */

static char folder[TEMPORARY_FOLDER_BYTES];
static char path[128];
static char template[128];
static sqlite3_mem_methods real_memory;
static struct fault *const memory_fault = &(struct fault){0};

static void *failing_malloc(int size)
{
    return fault_tick(memory_fault) ? NULL : real_memory.xMalloc(size);
}

static void *failing_realloc(void *ptr, int size)
{
    return fault_tick(memory_fault) ? NULL : real_memory.xRealloc(ptr, size);
}

static int set_up_all(void **state)
{
    (void)state;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) != SQLITE_OK)
        return -1;
    sqlite3_mem_methods methods = real_memory;
    methods.xMalloc = failing_malloc;
    methods.xRealloc = failing_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return -1;
    mem_fault_install();
    fault_vfs_install();
    if (temporary_folder_make(folder) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", folder);
    (void)snprintf(template, sizeof(template), "%s/template.db", folder);
    return 0;
}

static int tear_down_all(void **state)
{
    (void)state;
    fault_vfs_remove();
    mem_fault_remove();
    (void)unlink(template);
    return rmdir(folder); /* nothing is left in it */
}

static void remove_database(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        char file[160];
        (void)snprintf(file, sizeof(file), "%s%s", path, endings[i]);
        (void)unlink(file);
    }
}

/* ---- the work ---- */

static enum status put(struct db *db, const char *name)
{
    static const char sql[] = "INSERT INTO setting(name, value) VALUES(?, ?)";
    static char value[VALUE_BYTES];
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    memset(value, 'v', sizeof(value));
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    query_bind_text(&q, slice_make(value, sizeof(value)));
    return query_run(&q);
}

static enum status put_pair(struct db *db, const char *first, const char *second)
{
    db_unit_begin(db);
    enum status status = put(db, first);
    if (status == STATUS_OK)
        status = put(db, second);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status != STATUS_OK ? status : ended;
}

/* A caller that does not stop at the first failure; the unit is undone all the same. */
static void put_stubbornly(struct db *db)
{
    db_unit_begin(db);
    enum status first = put(db, "stubborn 1");
    enum status second = put(db, "stubborn 2");
    (void)first;
    (void)second;
    assert_ok(db_unit_end(db, false));
}

static bool is_there(struct db *db, const char *name)
{
    static const char sql[] = "SELECT length(value) FROM setting WHERE name = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    bool found = query_step(&q);
    if (found)
        assert_int_equal(query_integer(&q, 0), VALUE_BYTES);
    assert_ok(query_end(&q));
    return found;
}

/* ---- what must hold ---- */

enum outcome { NOT_WRITTEN, WRITTEN, UNCERTAIN };

static void assert_outcome(struct db *db, enum outcome outcome)
{
    bool found = is_there(db, "a");
    assert_int_equal(found, is_there(db, "b"));
    if (outcome != UNCERTAIN)
        assert_int_equal(found, outcome == WRITTEN);
    assert_false(is_there(db, "stubborn 1"));
    assert_false(is_there(db, "stubborn 2"));
    assert_true(is_there(db, "before"));
}

static void assert_works(struct db *db)
{
    assert_ok(put_pair(db, "after 1", "after 2"));
    assert_ok(db_commit(db));
    assert_true(is_there(db, "after 1"));
}

/* Its tables are made once, with what every run must find again. */
static void make_template(void)
{
    struct db *db = NULL;
    remove_database();
    assert_ok(db_open(path, DB_DURABILITY_POWER, &db));
    assert_ok(put_pair(db, "before", "before too"));
    assert_ok(db_commit(db));
    db_close(db);
    assert_int_equal(rename(path, template), 0);
}

static void copy_template(void)
{
    struct stat about;
    int from = open(template, O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(from >= 0 && to >= 0);
    assert_int_equal(fstat(from, &about), 0);
    assert_int_equal(sendfile(to, from, NULL, (size_t)about.st_size), about.st_size);
    assert_int_equal(close(from), 0);
    assert_int_equal(close(to), 0);
}

static struct db *make_database(void)
{
    struct db *db = NULL;
    if (access(template, F_OK) != 0)
        make_template();
    remove_database();
    copy_template();
    assert_ok(db_open(path, DB_DURABILITY_POWER, &db));
    assert_true(is_there(db, "before") && is_there(db, "before too"));
    return db;
}

static void check(struct db *db, enum status unit, enum status commit)
{
    enum outcome now = unit == STATUS_OK && commit == STATUS_OK ? WRITTEN : NOT_WRITTEN;
    assert_outcome(db, now);
    assert_works(db);
    db_close(db);
    assert_ok(db_open(path, DB_DURABILITY_POWER, &db));
    assert_outcome(db, now);
    assert_true(is_there(db, "after 2"));
    db_close(db);
}

static void sweep(struct fault *fault, bool is_sticky)
{
    FAULT_SWEEP(fault, n, is_sticky) {
        fault_disarm(fault);
        struct db *db = make_database();
        fault_arm(fault, n, is_sticky);
        enum status unit = put_pair(db, "a", "b");
        put_stubbornly(db);
        enum status commit = db_commit(db);
        fault_disarm(fault);
        check(db, unit, commit);
    }
    remove_database();
}

/* The process dies right after the failure: nobody rolls back, the next one recovers. */
static void sweep_and_leave(struct fault *fault, bool is_sticky)
{
    FAULT_SWEEP(fault, n, is_sticky) {
        fault_disarm(fault);
        struct db *db = make_database();
        fault_arm(fault, n, is_sticky);
        enum status unit = put_pair(db, "a", "b");
        enum status commit = db_commit(db);
        db_close(db);
        fault_disarm(fault);
        bool is_written = unit == STATUS_OK && commit == STATUS_OK;
        assert_ok(db_open(path, DB_DURABILITY_POWER, &db));
        assert_outcome(db, is_written ? WRITTEN : UNCERTAIN);
        assert_works(db);
        db_close(db);
    }
    remove_database();
}

static void sqlites_memory_may_fail(void **state)
{
    (void)state;
    sweep(memory_fault, false);
    sweep(memory_fault, true);
}

static void file_operations_may_fail(void **state)
{
    (void)state;
    fault_vfs_choose(VFS_IO_ERROR);
    sweep(vfs_fault, false);
    sweep(vfs_fault, true);
}

static void the_disk_may_be_full(void **state)
{
    (void)state;
    fault_vfs_choose(VFS_DISK_FULL);
    sweep(vfs_fault, false);
    sweep(vfs_fault, true);
}

static void closing_right_after_a_failure_loses_nothing_that_was_promised(void **state)
{
    (void)state;
    fault_vfs_choose(VFS_IO_ERROR);
    sweep_and_leave(vfs_fault, false);
    sweep_and_leave(vfs_fault, true);
    sweep_and_leave(memory_fault, true);
}

static void opening_fails_cleanly_or_works(void **state)
{
    (void)state;
    struct fault *const faults[] = {memory_fault, mem_fault, vfs_fault};
    fault_vfs_choose(VFS_IO_ERROR);
    for (size_t i = 0; i < 3; i++) {
        FAULT_SWEEP(faults[i], n, false) {
            struct db *db = NULL;
            enum status status = db_open(path, DB_DURABILITY_POWER, &db);
            fault_disarm(faults[i]);
            assert_int_equal(status == STATUS_OK, db != NULL);
            db_close(db);
            assert_ok(db_open(path, DB_DURABILITY_POWER, &db));
            assert_works(db);
            db_close(db);
            remove_database();
            n += n / 8; /* making the tables takes thousands of steps */
        }
    }
}

static void wiping_is_whole_or_nothing(void **state)
{
    (void)state;
    struct fault *const faults[] = {memory_fault, vfs_fault};
    fault_vfs_choose(VFS_IO_ERROR);
    for (size_t i = 0; i < 2; i++) {
        FAULT_SWEEP(faults[i], n, true) {
            fault_disarm(faults[i]);
            struct db *db = make_database();
            fault_arm(faults[i], n, true);
            enum status status = db_wipe(db);
            fault_disarm(faults[i]);
            assert_int_equal(is_there(db, "before"), status != STATUS_OK);
            assert_int_equal(is_there(db, "before too"), status != STATUS_OK);
            assert_works(db);
            db_close(db);
        }
        remove_database();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlites_memory_may_fail),
        cmocka_unit_test(file_operations_may_fail),
        cmocka_unit_test(the_disk_may_be_full),
        cmocka_unit_test(closing_right_after_a_failure_loses_nothing_that_was_promised),
        cmocka_unit_test(opening_fails_cleanly_or_works),
        cmocka_unit_test(wiping_is_whole_or_nothing),
    };
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
