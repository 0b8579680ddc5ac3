/* A new database has the same tables, indexes and triggers as one that went through every step. */
#include <sqlite3.h>
#include <stdlib.h>

#include "emulator/base/text.h"
#include "schema_steps.h"
#include "tests/lib/asserts.h"

static sqlite3 *open_database(void)
{
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    return database;
}

static void run(sqlite3 *database, const char *sql)
{
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int add_row(void *out, int columns, char **values, char **names)
{
    (void)names;
    for (int i = 0; i < columns; i++) {
        text_append_text(out, values[i] != NULL ? values[i] : "NULL");
        text_append_byte(out, '\n');
    }
    return 0;
}

/* Names and definitions, and what SQLite makes of the columns. */
static void describe(sqlite3 *database, struct text *out)
{
    static const char schema[] =
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2";
    static const char columns[] =
        "SELECT t.name, c.* FROM sqlite_schema t, pragma_table_xinfo(t.name) c ORDER BY 1, 2";
    text_init(out, (size_t)1024 * 1024);
    assert_int_equal(sqlite3_exec(database, schema, add_row, out, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, columns, add_row, out, NULL), SQLITE_OK);
    assert_int_equal(out->status, STATUS_OK);
}

static void a_new_database_is_what_an_old_one_becomes(void **state)
{
    (void)state;
    sqlite3 *old = open_database();
    sqlite3 *fresh = open_database();
    struct text of_old;
    struct text of_fresh;
    for (size_t i = 0; i < SCHEMA_STEP_COUNT; i++)
        run(old, schema_steps[i]);
    run(fresh, schema_whole);
    describe(old, &of_old);
    describe(fresh, &of_fresh);
    assert_true(of_old.len > 10000);
    assert_string_equal(of_fresh.ptr, of_old.ptr);
    text_close(&of_old);
    text_close(&of_fresh);
    assert_int_equal(sqlite3_close(old), SQLITE_OK);
    assert_int_equal(sqlite3_close(fresh), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_database_is_what_an_old_one_becomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
