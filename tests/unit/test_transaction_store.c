#include <stdio.h>

#include "storage/query.h"
#include "storage/transaction_store.h"
#include "tests/lib/temporary_db.h"

static int set_up(void **state)
{
    static struct temporary_db disk;
    temporary_db_open(&disk);
    *state = &disk;
    return 0;
}

static int tear_down(void **state)
{
    temporary_db_close(*state);
    return 0;
}

static struct transaction_token token_of(const char *token, const char *digest, int64_t used_ms)
{
    return (struct transaction_token){
        .scope = {SLICE("000000000000"), SLICE("us-east-1")},
        .token = slice_of(token),
        .digest = slice_of(digest),
        .used_ms = used_ms,
    };
}

static void keep(struct temporary_db *disk, const char *token, const char *digest, int64_t used_ms)
{
    struct transaction_token t = token_of(token, digest, used_ms);
    db_unit_begin(disk->db);
    assert_ok(transaction_store_keep(disk->db, &t));
    assert_ok(db_unit_end(disk->db, true));
}

static enum transaction_use find(struct temporary_db *disk, const char *token, const char *digest,
                                 int64_t now_ms)
{
    struct transaction_token t = token_of(token, digest, now_ms);
    enum transaction_use use = TRANSACTION_OTHER;
    assert_ok(transaction_store_find(disk->db, &t, &use));
    return use;
}

static void a_token_counts_for_ten_minutes(void **state)
{
    struct temporary_db *disk = *state;
    assert_int_equal(find(disk, "a", "x", 0), TRANSACTION_NEW);
    keep(disk, "a", "x", 1000);
    assert_int_equal(find(disk, "a", "x", 1000), TRANSACTION_AGAIN);
    assert_int_equal(find(disk, "a", "y", 1000), TRANSACTION_OTHER);
    assert_int_equal(find(disk, "b", "x", 1000), TRANSACTION_NEW);
    assert_int_equal(find(disk, "a", "x", 999 + TRANSACTION_TOKEN_MS), TRANSACTION_AGAIN);
    assert_int_equal(find(disk, "a", "x", 1000 + TRANSACTION_TOKEN_MS), TRANSACTION_NEW);
}

static void a_token_is_of_its_account_and_region(void **state)
{
    struct temporary_db *disk = *state;
    struct transaction_token elsewhere = token_of("a", "x", 1000);
    enum transaction_use use = TRANSACTION_OTHER;
    keep(disk, "a", "x", 1000);
    elsewhere.scope.region = SLICE("eu-west-1");
    assert_ok(transaction_store_find(disk->db, &elsewhere, &use));
    assert_int_equal(use, TRANSACTION_NEW);
    elsewhere.scope = (struct table_scope){SLICE("111111111111"), SLICE("us-east-1")};
    assert_ok(transaction_store_find(disk->db, &elsewhere, &use));
    assert_int_equal(use, TRANSACTION_NEW);
}

static void a_token_can_be_used_again_when_it_is_old(void **state)
{
    struct temporary_db *disk = *state;
    int64_t later = 2000 + TRANSACTION_TOKEN_MS;
    keep(disk, "a", "x", 1000);
    keep(disk, "a", "y", later);
    assert_int_equal(find(disk, "a", "y", later), TRANSACTION_AGAIN);
    assert_int_equal(find(disk, "a", "x", later), TRANSACTION_OTHER);
}

static void an_undone_unit_keeps_no_token(void **state)
{
    struct temporary_db *disk = *state;
    struct transaction_token t = token_of("a", "x", 1000);
    db_unit_begin(disk->db);
    assert_ok(transaction_store_keep(disk->db, &t));
    assert_ok(db_unit_end(disk->db, false));
    assert_int_equal(find(disk, "a", "x", 1000), TRANSACTION_NEW);
}

static int64_t count_rows(struct temporary_db *disk)
{
    static const char sql[] = "SELECT count(*) FROM dynamodb_transaction";
    struct query q;
    query_begin(&q, disk->db, sql);
    assert_true(query_step(&q));
    int64_t count = query_integer(&q, 0);
    assert_ok(query_end(&q));
    return count;
}

static void old_tokens_go_faster_than_new_ones_come(void **state)
{
    struct temporary_db *disk = *state;
    char name[16];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof(name), "old%d", i);
        keep(disk, name, "x", i);
    }
    assert_int_equal(count_rows(disk), 100);
    for (int i = 0; i < 60; i++) {
        (void)snprintf(name, sizeof(name), "new%d", i);
        keep(disk, name, "x", 1000 + TRANSACTION_TOKEN_MS);
    }
    assert_int_equal(count_rows(disk), 60);
    assert_int_equal(find(disk, "new0", "x", 1000 + TRANSACTION_TOKEN_MS), TRANSACTION_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_counts_for_ten_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_is_of_its_account_and_region, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_can_be_used_again_when_it_is_old, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_undone_unit_keeps_no_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_tokens_go_faster_than_new_ones_come, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
