#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "storage/checkpoint.h"
#include "storage/query.h"
#include "storage/setting_store.h"
#include "tests/lib/temporary_db.h"

#define NAME_BYTES 3000
#define NAMES_PER_COMMIT 100

struct fixture {
    struct temporary_db t;
    struct checkpoint *checkpoint;
    int64_t written;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    temporary_db_open(&f->t);
    assert_ok(checkpoint_open(f->t.db, &f->checkpoint));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    checkpoint_close(f->checkpoint);
    temporary_db_close(&f->t);
    free(f);
    return 0;
}

/* Long names fill pages quickly. */
static void make_name(char name[NAME_BYTES], int64_t number)
{
    (void)snprintf(name, NAME_BYTES, "%0*lld", NAME_BYTES - 1, (long long)number);
}

/* One commit that adds about NAMES_PER_COMMIT / 2 pages to the log. */
static void commit_one(struct fixture *f)
{
    char name[NAME_BYTES];
    db_unit_begin(f->t.db);
    for (int i = 0; i < NAMES_PER_COMMIT; i++) {
        make_name(name, f->written);
        assert_ok(setting_store_put_integer(f->t.db, name, f->written++));
    }
    assert_ok(db_unit_end(f->t.db, true));
    assert_ok(db_commit(f->t.db));
}

static void commit_until_due(struct fixture *f)
{
    while (!checkpoint_is_due(f->checkpoint))
        commit_one(f);
}

static off_t size_of(const struct fixture *f, const char *suffix)
{
    char path[160];
    struct stat info;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db%s", f->t.folder, suffix);
    assert_int_equal(stat(path, &info), 0);
    return info.st_size;
}

static void it_is_due_after_enough_pages_and_not_before(void **state)
{
    struct fixture *f = *state;
    assert_false(checkpoint_is_due(f->checkpoint));
    commit_until_due(f);
    assert_in_range(f->written, CHECKPOINT_DUE_PAGES / 2, 3 * CHECKPOINT_DUE_PAGES);
    checkpoint_run(f->checkpoint);
    checkpoint_finish(f->checkpoint);
    assert_false(checkpoint_is_due(f->checkpoint));
}

static void a_pass_moves_the_log_into_the_database_and_the_log_begins_anew(void **state)
{
    struct fixture *f = *state;
    off_t before = size_of(f, "");
    for (int round = 0; round < 5; round++) {
        commit_until_due(f);
        checkpoint_run(f->checkpoint);
        checkpoint_finish(f->checkpoint);
    }
    assert_true(size_of(f, "") > before);
    assert_true(size_of(f, "-wal") < (off_t)2 * CHECKPOINT_DUE_PAGES * 9000);
}

static void without_a_pass_the_log_only_grows(void **state)
{
    struct fixture *f = *state;
    while (f->written < (int64_t)6 * CHECKPOINT_DUE_PAGES)
        commit_one(f);
    assert_true(size_of(f, "-wal") > (off_t)2 * CHECKPOINT_DUE_PAGES * 8192);
}

static void a_log_that_never_rests_is_cut_on_the_loop_thread(void **state)
{
    struct fixture *f = *state;
    while (f->written < (int64_t)3 * CHECKPOINT_MAX_PAGES)
        commit_one(f);
    off_t before = size_of(f, "-wal");
    assert_true(before > (off_t)CHECKPOINT_MAX_PAGES * 8192);
    checkpoint_run(f->checkpoint);
    commit_one(f);
    checkpoint_finish(f->checkpoint);
    commit_until_due(f);
    assert_true(size_of(f, "-wal") <= before + (off_t)NAMES_PER_COMMIT * 8192);
}

static void everything_is_there_after_a_pass_and_a_reopening(void **state)
{
    struct fixture *f = *state;
    char path[128];
    commit_until_due(f);
    checkpoint_run(f->checkpoint);
    commit_one(f);
    checkpoint_finish(f->checkpoint);
    checkpoint_close(f->checkpoint);
    f->checkpoint = NULL;
    db_close(f->t.db);

    (void)snprintf(path, sizeof(path), "%s/hydrant.db", f->t.folder);
    assert_ok(db_open(path, DB_DURABILITY_NORMAL, &f->t.db));
    for (int64_t i = 0; i < f->written; i++) {
        char name[NAME_BYTES];
        int64_t value = -1;
        make_name(name, i);
        assert_ok(setting_store_get_integer(f->t.db, name, &value));
        assert_int_equal(value, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_due_after_enough_pages_and_not_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_pass_moves_the_log_into_the_database_and_the_log_begins_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_pass_the_log_only_grows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_never_rests_is_cut_on_the_loop_thread, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everything_is_there_after_a_pass_and_a_reopening, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
