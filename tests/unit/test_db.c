#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "storage/db.h"
#include "storage/query.h"
#include "tests/lib/temporary_folder.h"

struct fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    char path[128];
    struct db *db;
    struct db_listener listener;
    int times_undone;
};

static void on_undone(struct db_listener *listener)
{
    list_entry(listener, struct fixture, listener)->times_undone++;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    *state = f;
    if (temporary_folder_make(f->folder) != 0)
        return -1;
    (void)snprintf(f->path, sizeof(f->path), "%s/hydrant.db", f->folder);
    if (db_open(f->path, DB_DURABILITY_NORMAL, &f->db) != STATUS_OK)
        return -1;
    f->listener.group_undone = on_undone;
    db_add_listener(f->db, &f->listener);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    db_close(f->db);
    int result = temporary_folder_remove(f->folder);
    free(f);
    return result;
}

static enum status put(struct db *db, const char *name, const char *value)
{
    static const char sql[] = "INSERT INTO setting(name, value) VALUES(?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    query_bind_text(&q, slice_of(value));
    return query_run(&q);
}

/* The value of `name` as a text of its own; "" when there is no such row. */
static void assert_setting(struct db *db, const char *name, const char *expected)
{
    static const char sql[] = "SELECT value FROM setting WHERE name = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    struct slice value = query_step(&q) ? query_slice(&q, 0) : slice_of("");
    assert_true(slice_equal_text(value, expected));
    assert_int_equal(query_end(&q), STATUS_OK);
}

static void a_kept_unit_is_there_after_the_commit_and_a_reopening(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    assert_true(db_is_dirty(f->db));
    assert_int_equal(db_commit(f->db), STATUS_OK);
    assert_false(db_is_dirty(f->db));

    db_remove_listener(&f->listener);
    db_close(f->db);
    assert_int_equal(db_open(f->path, DB_DURABILITY_NORMAL, &f->db), STATUS_OK);
    assert_setting(f->db, "a", "1");
}

static void an_undone_unit_leaves_the_others_of_its_group(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "b", "2"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, false), STATUS_OK);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "c", "3"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    assert_int_equal(db_commit(f->db), STATUS_OK);

    assert_setting(f->db, "a", "1");
    assert_setting(f->db, "b", "");
    assert_setting(f->db, "c", "3");
    assert_int_equal(f->times_undone, 0);
}

static void a_unit_that_only_reads_opens_no_transaction(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->db);
    assert_setting(f->db, "a", "");
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    assert_false(db_is_dirty(f->db));
}

static void a_violated_key_says_exists_and_the_unit_can_be_undone(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(put(f->db, "a", "2"), STATUS_EXISTS);
    assert_int_equal(db_unit_end(f->db, false), STATUS_OK);
    assert_int_equal(db_commit(f->db), STATUS_OK);
    assert_setting(f->db, "a", "");
}

static void a_reader_sees_what_is_committed_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    struct db *reader = NULL;
    assert_int_equal(db_open_reader(f->db, &reader), STATUS_OK);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);

    assert_setting(reader, "a", "");
    assert_int_equal(db_commit(f->db), STATUS_OK);
    assert_setting(reader, "a", "1");
    db_close(reader);
}

static void wiping_empties_every_table_and_tells_the_listeners(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    assert_int_equal(db_commit(f->db), STATUS_OK);

    assert_int_equal(db_wipe(f->db), STATUS_OK);

    assert_setting(f->db, "a", "");
    assert_int_equal(f->times_undone, 1);
}

static void durability_decides_when_the_disk_is_waited_for(void **state)
{
    static const struct {
        enum db_durability durability;
        int64_t synchronous; /* SQLite's 0 OFF, 1 NORMAL, 2 FULL */
    } cases[] = {{DB_DURABILITY_NONE, 0}, {DB_DURABILITY_NORMAL, 1}, {DB_DURABILITY_POWER, 2}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const char sql[] = "PRAGMA synchronous";
        struct query q;
        db_close(f->db);
        f->db = NULL;
        assert_int_equal(db_open(f->path, cases[i].durability, &f->db), STATUS_OK);
        query_begin(&q, f->db, sql);
        assert_true(query_step(&q));
        assert_int_equal(query_integer(&q, 0), cases[i].synchronous);
        assert_int_equal(query_end(&q), STATUS_OK);
    }
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[160];
    struct db *other = NULL;
    (void)snprintf(path, sizeof(path), "%s/other.db", f->folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        assert_true(fputs("this is not a database\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(db_open(path, DB_DURABILITY_NORMAL, &other), STATUS_CORRUPT);
    assert_null(other);
}

/* Run SQL on a file of its own, bypassing everything of ours. */
static void make_foreign(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

static void somebody_elses_database_is_refused(void **state)
{
    static const char *const contents[] = {
        "CREATE TABLE theirs(a)", "PRAGMA application_id = 7", "PRAGMA user_version = 1",
        "PRAGMA application_id = 1212765266; PRAGMA user_version = -1"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 4; i++) {
        char path[160];
        struct db *other = NULL;
        (void)snprintf(path, sizeof(path), "%s/other-%zu.db", f->folder, i);
        make_foreign(path, contents[i]);
        assert_int_equal(db_open(path, DB_DURABILITY_NORMAL, &other), STATUS_CORRUPT);
        assert_null(other);
    }
}

static void a_database_of_a_newer_version_is_unsupported(void **state)
{
    struct fixture *f = *state;
    db_remove_listener(&f->listener);
    db_close(f->db);
    f->db = NULL;
    make_foreign(f->path, "PRAGMA user_version = 9999");
    assert_int_equal(db_open(f->path, DB_DURABILITY_NORMAL, &f->db), STATUS_UNSUPPORTED);
}

static void after_a_lost_group_no_unit_writes_until_the_commit_has_said_so(void **state)
{
    static const char limit[] = "PRAGMA max_page_count = 1"; /* not below what is there */
    static char much[400000];
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, limit);
    assert_int_equal(query_run(&q), STATUS_OK);
    memset(much, 'x', sizeof(much) - 1);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "a", "1"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "b", much), STATUS_DISK_FULL);
    assert_int_equal(put(f->db, "b", "2"), STATUS_DISK_FULL);
    assert_int_equal(db_unit_end(f->db, true), STATUS_DISK_FULL);
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "c", "3"), STATUS_DISK_FULL);
    assert_int_equal(db_unit_end(f->db, false), STATUS_OK);

    assert_true(db_is_dirty(f->db));
    assert_int_equal(db_commit(f->db), STATUS_DISK_FULL);
    assert_int_equal(f->times_undone, 1);
    assert_setting(f->db, "a", "");
    assert_setting(f->db, "b", "");
    db_unit_begin(f->db);
    assert_int_equal(put(f->db, "d", "4"), STATUS_OK);
    assert_int_equal(db_unit_end(f->db, true), STATUS_OK);
    assert_int_equal(db_commit(f->db), STATUS_OK);
    assert_setting(f->db, "d", "4");
}

static void put_many(struct db *db, const char *value)
{
    enum { ROWS = 3000 };

    db_unit_begin(db);
    for (int i = 0; i < ROWS; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "n%d", i);
        assert_int_equal(put(db, name, value), STATUS_OK);
    }
    assert_int_equal(db_unit_end(db, true), STATUS_OK);
}

static void change_all(struct db *db, bool keep)
{
    static const char grow[] = "UPDATE setting SET value = value || ?";
    struct query q;
    db_unit_begin(db);
    assert_int_equal(db_write(db), STATUS_OK);
    query_begin(&q, db, grow);
    query_bind_text(&q, SLICE("w"));
    assert_int_equal(query_run(&q), STATUS_OK);
    assert_int_equal(db_unit_end(db, keep), STATUS_OK);
}

/* 12 MB: more than what undoes a unit may take of memory. */
static void a_unit_that_changes_much_can_be_undone_and_kept(void **state)
{
    struct fixture *f = *state;
    static char value[4002];
    memset(value, 'v', 4000);
    put_many(f->db, value);
    change_all(f->db, false);
    assert_setting(f->db, "n7", value);
    change_all(f->db, true);
    assert_int_equal(db_commit(f->db), STATUS_OK);
    value[4000] = 'w';
    assert_setting(f->db, "n7", value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_kept_unit_is_there_after_the_commit_and_a_reopening,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_undone_unit_leaves_the_others_of_its_group, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_unit_that_only_reads_opens_no_transaction, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_violated_key_says_exists_and_the_unit_can_be_undone,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_sees_what_is_committed_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(wiping_empties_every_table_and_tells_the_listeners, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(durability_decides_when_the_disk_is_waited_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(somebody_elses_database_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_of_a_newer_version_is_unsupported, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            after_a_lost_group_no_unit_writes_until_the_commit_has_said_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_unit_that_changes_much_can_be_undone_and_kept, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
