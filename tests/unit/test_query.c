#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"
#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

struct fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct db *db;
    struct arena arena;
};

static int set_up(void **state)
{
    char path[128];
    struct fixture *f = calloc(1, sizeof(*f));
    *state = f;
    if (temporary_folder_make(f->folder) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", f->folder);
    arena_init(&f->arena, 100000);
    return db_open(path, DB_DURABILITY_NONE, &f->db) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    db_close(f->db);
    arena_clear(&f->arena);
    int result = temporary_folder_remove(f->folder);
    free(f);
    return result;
}

static void begin_unit(struct fixture *f)
{
    db_unit_begin(f->db);
    assert_ok(db_write(f->db));
}

static void end_unit(struct fixture *f)
{
    assert_ok(db_unit_end(f->db, true));
    assert_ok(db_commit(f->db));
}

static enum status put(struct db *db, const char *name, struct slice value)
{
    static const char sql[] = "INSERT INTO setting(name, value) VALUES(?, ?)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    query_bind_text(&q, value);
    return query_run(&q);
}

static void every_kind_of_value_comes_back(void **state)
{
    static const char sql[] = "SELECT ?, ?, ?, ?, ?, typeof(?1), typeof(?2), typeof(?3), "
                              "typeof(?4), typeof(?5)";
    static const char *const types[] = {"integer", "real", "text", "blob", "null"};
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    query_bind_integer(&q, INT64_MIN);
    query_bind_real(&q, 0.1);
    query_bind_text(&q, SLICE("t\xC3\xA9xt"));
    query_bind_blob(&q, SLICE("a\0b"));
    query_bind_null(&q);
    assert_true(query_step(&q));
    assert_true(query_integer(&q, 0) == INT64_MIN);
    assert_true(query_real(&q, 1) == 0.1);
    assert_slice(query_slice(&q, 2), "t\xC3\xA9xt");
    assert_slices_equal(query_slice(&q, 3), SLICE("a\0b"));
    assert_true(query_is_null(&q, 4));
    for (int i = 0; i < 5; i++)
        assert_slice(query_slice(&q, 5 + i), types[i]);
    assert_false(query_step(&q));
    assert_ok(query_end(&q));
}

static void an_empty_slice_is_an_empty_value_and_not_null(void **state)
{
    static const char sql[] = "SELECT ?, ?, typeof(?1), typeof(?2)";
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    query_bind_text(&q, slice_make(NULL, 0));
    query_bind_blob(&q, slice_make(NULL, 0));
    assert_true(query_step(&q));
    assert_int_equal(query_slice(&q, 0).len, 0);
    assert_int_equal(query_slice(&q, 1).len, 0);
    assert_slice(query_slice(&q, 2), "text");
    assert_slice(query_slice(&q, 3), "blob");
    assert_ok(query_end(&q));
}

static void a_copy_outlives_the_statement(void **state)
{
    static const char sql[] = "SELECT ? || 'tail'";
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    query_bind_text(&q, SLICE("head and "));
    assert_true(query_step(&q));
    struct slice copy = query_copy(&q, 0, &f->arena);
    assert_ok(query_end(&q));
    query_begin(&q, f->db, sql);
    query_bind_text(&q, SLICE("something else"));
    assert_true(query_step(&q));
    assert_ok(query_end(&q));
    assert_slice(copy, "head and tail");
}

static void a_copy_without_memory_sticks_in_the_query(void **state)
{
    static const char sql[] = "SELECT zeroblob(200000)";
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    assert_true(query_step(&q));
    assert_null(query_copy(&q, 0, &f->arena).ptr);
    assert_false(query_step(&q));
    assert_status(query_end(&q), STATUS_NO_MEMORY);
}

static void bindings_do_not_leak_into_the_next_use(void **state)
{
    static const char sql[] = "SELECT ?, ?";
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    query_bind_integer(&q, 1);
    query_bind_integer(&q, 2);
    assert_true(query_step(&q));
    assert_ok(query_end(&q));
    query_begin(&q, f->db, sql);
    query_bind_integer(&q, 3);
    assert_true(query_step(&q));
    assert_true(query_integer(&q, 0) == 3);
    assert_true(query_is_null(&q, 1));
    assert_ok(query_end(&q));
}

static void a_failure_sticks_and_the_statement_can_be_used_again(void **state)
{
    static const char sql[] = "SELECT value + 1 FROM setting WHERE abs(CAST(value AS INTEGER)) > 0";
    struct fixture *f = *state;
    struct query q;
    begin_unit(f);
    assert_ok(put(f->db, "low", SLICE("-9223372036854775808"))); /* abs() overflows */
    query_begin(&q, f->db, sql);
    assert_false(query_step(&q));
    query_bind_integer(&q, 1);
    assert_false(query_step(&q));
    assert_status(query_end(&q), STATUS_IO_ERROR);
    query_begin(&q, f->db, sql);
    assert_status(query_run(&q), STATUS_IO_ERROR);
    end_unit(f);
}

static void a_statement_that_is_no_sql_fails_at_its_end(void **state)
{
    static const char sql[] = "SELEC 1";
    struct fixture *f = *state;
    struct query q;
    query_begin(&q, f->db, sql);
    query_bind_integer(&q, 1);
    assert_false(query_step(&q));
    assert_status(query_end(&q), STATUS_IO_ERROR);
}

static void a_taken_key_exists_and_another_broken_rule_is_a_conflict(void **state)
{
    static const char sql[] = "INSERT INTO setting(name, value) VALUES('null', NULL)";
    struct fixture *f = *state;
    struct query q;
    begin_unit(f);
    assert_ok(put(f->db, "a", SLICE("1")));
    assert_status(put(f->db, "a", SLICE("2")), STATUS_EXISTS);
    query_begin(&q, f->db, sql);
    assert_status(query_run(&q), STATUS_CONFLICT);
    end_unit(f);
}

static void a_write_outside_of_a_unit_is_refused(void **state)
{
    static const char find[] = "SELECT count(*) FROM setting";
    struct fixture *f = *state;
    struct query q;
    assert_status(put(f->db, "a", SLICE("1")), STATUS_CONFLICT);
    db_unit_begin(f->db);
    assert_status(put(f->db, "a", SLICE("1")), STATUS_CONFLICT);
    assert_ok(db_unit_end(f->db, true));
    assert_false(db_is_dirty(f->db));
    query_begin(&q, f->db, find);
    assert_true(query_step(&q));
    assert_int_equal(query_integer(&q, 0), 0);
    assert_ok(query_end(&q));
}

static void rows_come_in_order_and_stop_at_the_end(void **state)
{
    static const char sql[] = "SELECT name, value FROM setting ORDER BY name";
    struct fixture *f = *state;
    struct query q;
    begin_unit(f);
    assert_ok(put(f->db, "b", SLICE("2")));
    assert_ok(put(f->db, "a", SLICE("1")));
    end_unit(f);
    query_begin(&q, f->db, sql);
    assert_true(query_step(&q));
    assert_slice(query_slice(&q, 0), "a");
    assert_slice(query_slice(&q, 1), "1");
    assert_true(query_step(&q));
    assert_slice(query_slice(&q, 0), "b");
    assert_false(query_step(&q));
    assert_ok(query_end(&q));
}

static void changes_and_rowid_are_those_of_the_last_write(void **state)
{
    static const char update[] = "UPDATE setting SET value = 'x'";
    struct fixture *f = *state;
    struct query q;
    begin_unit(f);
    assert_ok(put(f->db, "a", SLICE("1")));
    assert_int_equal(query_changes(f->db), 1);
    assert_ok(put(f->db, "b", SLICE("2")));
    query_begin(&q, f->db, update);
    assert_ok(query_run(&q));
    assert_int_equal(query_changes(f->db), 2);
    end_unit(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_of_value_comes_back),
        TEST(an_empty_slice_is_an_empty_value_and_not_null),
        TEST(a_copy_outlives_the_statement),
        TEST(a_copy_without_memory_sticks_in_the_query),
        TEST(bindings_do_not_leak_into_the_next_use),
        TEST(a_failure_sticks_and_the_statement_can_be_used_again),
        TEST(a_statement_that_is_no_sql_fails_at_its_end),
        TEST(a_taken_key_exists_and_another_broken_rule_is_a_conflict),
        TEST(a_write_outside_of_a_unit_is_refused),
        TEST(rows_come_in_order_and_stop_at_the_end),
        TEST(changes_and_rowid_are_those_of_the_last_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
