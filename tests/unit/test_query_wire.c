#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/delivery/query_wire.h"
#include "tests/lib/asserts.h"

static struct arena arena;
static char bytes[QUERY_MESSAGE_HEAD_BYTES + QUERY_ANSWER_MAX_BYTES];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)4 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct slice message_of(size_t written)
{
    struct slice rest = slice_make(bytes, written);
    struct slice message;
    assert_ok(query_wire_take(&rest, QUERY_ANSWER_MAX_BYTES, &message));
    assert_int_equal(rest.len, 0);
    return message;
}

static size_t write_two_keys(void)
{
    const struct partition_key keys[] = {{SLICE("a"), SLICE("1")}, {SLICE(""), SLICE("x y")}};
    return query_wire_write_answer(bytes, &(struct metadata_answer){.count = 2, .keys = keys});
}

static void answers_come_back_as_they_were(void **state)
{
    (void)state;
    struct metadata_answer answer;
    assert_ok(query_wire_read_answer(message_of(write_two_keys()), &arena, &answer));
    memset(bytes, 0, sizeof(bytes)); /* the keys are in the arena */
    assert_int_equal(answer.trouble, METADATA_NONE);
    assert_int_equal(answer.count, 2);
    assert_slice(answer.keys[0].name, "a");
    assert_slice(answer.keys[0].value, "1");
    assert_slice(answer.keys[1].name, "");
    assert_slice(answer.keys[1].value, "x y");

    const struct metadata_answer none = {.trouble = METADATA_NOT_JSON};
    assert_ok(
        query_wire_read_answer(message_of(query_wire_write_answer(bytes, &none)), &arena, &answer));
    assert_int_equal(answer.trouble, METADATA_NOT_JSON);
    assert_int_equal(answer.count, 0);
}

static void the_largest_answer_has_room(void **state)
{
    (void)state;
    static char name[METADATA_MAX_NAME_BYTES];
    static char value[METADATA_MAX_VALUE_BYTES];
    struct partition_key keys[PARTITION_KEYS_MAX];
    struct metadata_answer answer = {.count = PARTITION_KEYS_MAX, .keys = keys};
    memset(name, 'n', sizeof(name));
    memset(value, 'v', sizeof(value));
    for (size_t i = 0; i < PARTITION_KEYS_MAX; i++)
        keys[i] = (struct partition_key){slice_make(name, sizeof(name)),
                                         slice_make(value, sizeof(value))};
    struct slice message = message_of(query_wire_write_answer(bytes, &answer));
    assert_ok(query_wire_read_answer(message, &arena, &answer));
    assert_int_equal(answer.count, PARTITION_KEYS_MAX);
}

static void a_part_of_a_message_is_waited_for_and_a_long_one_refused(void **state)
{
    (void)state;
    size_t written = write_two_keys();
    struct slice message;
    for (size_t len = 0; len < written; len++) {
        struct slice rest = slice_make(bytes, len);
        assert_int_equal(query_wire_take(&rest, QUERY_ANSWER_MAX_BYTES, &message), STATUS_END);
        assert_int_equal(rest.len, len);
    }
    static const int64_t lengths[] = {-1, INT64_MIN, INT64_MAX, QUERY_ANSWER_MAX_BYTES + 1};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        memcpy(bytes, &lengths[i], sizeof(lengths[i]));
        struct slice rest = slice_make(bytes, written);
        assert_int_equal(query_wire_take(&rest, QUERY_ANSWER_MAX_BYTES, &message), STATUS_INVALID);
    }
}

static void refused(const struct metadata_answer *answer)
{
    struct metadata_answer got = {.count = 7};
    struct slice message = message_of(query_wire_write_answer(bytes, answer));
    assert_int_equal(query_wire_read_answer(message, &arena, &got), STATUS_INVALID);
    assert_int_equal(got.count, 7);
}

static void what_no_process_of_ours_answers_is_refused(void **state)
{
    (void)state;
    static char large[METADATA_MAX_VALUE_BYTES + 1];
    memset(large, 'x', sizeof(large));
    struct slice long_text = slice_make(large, sizeof(large));
    const struct partition_key bad[] = {
        {SLICE("a"), SLICE("")},
        {SLICE("a"), slice_make("1\0", 2)},
        {SLICE("a"), long_text},
        {long_text, SLICE("1")},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refused(&(struct metadata_answer){.count = 1, .keys = &bad[i]});
    const struct partition_key good = {SLICE("a"), SLICE("1")};
    refused(&(struct metadata_answer){.trouble = METADATA_LIMIT, .count = 1, .keys = &good});
    refused(&(struct metadata_answer){.trouble = METADATA_TROUBLE_COUNT});
}

/* Any number anywhere, any end: refused or read, and never looked at beyond the message. */
static void no_number_in_an_answer_is_believed(void **state)
{
    (void)state;
    static const int64_t numbers[] = {-1, 3, 51, 1 << 20, INT64_MAX, INT64_MIN};
    size_t written = write_two_keys();
    struct metadata_answer answer;
    for (size_t at = QUERY_MESSAGE_HEAD_BYTES; at + 8 <= written; at++) {
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
            (void)write_two_keys();
            memcpy(bytes + at, &numbers[i], sizeof(numbers[i]));
            (void)!query_wire_read_answer(message_of(written), &arena, &answer);
        }
    }
    (void)write_two_keys();
    struct slice message = message_of(written);
    for (size_t len = 0; len < message.len; len++)
        assert_int_equal(query_wire_read_answer(slice_first(message, len), &arena, &answer),
                         STATUS_INVALID);
}

static void verdicts_come_back_and_are_checked(void **state)
{
    (void)state;
    enum status verdict = STATUS_OK;
    struct slice problem;
    size_t written = query_wire_write_verdict(bytes, STATUS_INVALID, SLICE("why"));
    assert_ok(query_wire_read_verdict(message_of(written), &verdict, &problem));
    assert_int_equal(verdict, STATUS_INVALID);
    assert_slice(problem, "why");
    struct slice message = message_of(written);
    for (size_t len = 0; len < message.len; len++)
        assert_int_equal(query_wire_read_verdict(slice_first(message, len), &verdict, &problem),
                         STATUS_INVALID);
    bytes[QUERY_MESSAGE_HEAD_BYTES] = 99;
    assert_int_equal(query_wire_read_verdict(message_of(written), &verdict, &problem),
                     STATUS_INVALID);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(answers_come_back_as_they_were),
        TEST(the_largest_answer_has_room),
        TEST(a_part_of_a_message_is_waited_for_and_a_long_one_refused),
        TEST(what_no_process_of_ours_answers_is_refused),
        TEST(no_number_in_an_answer_is_believed),
        TEST(verdicts_come_back_and_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
