/*
 * test_kinesis_tokens.c -- shard iterators and tokens of lists.
 */
#include "emulator/base/arena.h"
#include "handlers/kinesis/kinesis_tokens.h"
#include "tests/lib/asserts.h"

static const struct kinesis_token given = {17, 123456789, INT64_C(1795645643084)};

static void a_token_reads_back(void **state)
{
    struct slice text = {NULL, 0};
    struct kinesis_token read = {0};
    assert_int_equal(kinesis_token_write(KINESIS_TOKEN_ITERATOR, &given, *state, &text), STATUS_OK);
    assert_true(slice_starts_with(text, SLICE("AAAAAAAAAAE")));
    assert_int_equal(kinesis_token_read(KINESIS_TOKEN_ITERATOR, text, *state, &read), STATUS_OK);
    assert_int_equal(read.owner, given.owner);
    assert_int_equal(read.after, given.after);
    assert_int_equal(read.made_ms, given.made_ms);
}

static void a_token_of_another_kind_is_refused(void **state)
{
    struct slice text = {NULL, 0};
    struct kinesis_token read;
    assert_int_equal(kinesis_token_write(KINESIS_TOKEN_SHARDS, &given, *state, &text), STATUS_OK);
    assert_int_equal(kinesis_token_read(KINESIS_TOKEN_ITERATOR, text, *state, &read),
                     STATUS_INVALID);
}

static void a_changed_token_is_refused(void **state)
{
    struct slice text = {NULL, 0};
    struct kinesis_token read;
    assert_int_equal(kinesis_token_write(KINESIS_TOKEN_ITERATOR, &given, *state, &text), STATUS_OK);
    for (size_t i = 0; i < text.len; i++) {
        char *copy = arena_text(*state, text);
        copy[i] = copy[i] == 'B' ? 'C' : 'B';
        assert_int_equal(kinesis_token_read(KINESIS_TOKEN_ITERATOR, slice_of(copy), *state, &read),
                         STATUS_INVALID);
    }
    assert_int_equal(kinesis_token_read(KINESIS_TOKEN_ITERATOR, SLICE("x"), *state, &read),
                     STATUS_INVALID);
    assert_int_equal(kinesis_token_read(KINESIS_TOKEN_ITERATOR, SLICE("AAAA"), *state, &read),
                     STATUS_INVALID);
}

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, (size_t)1024 * 1024);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(*state);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_reads_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_of_another_kind_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_token_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
