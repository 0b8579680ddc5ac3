/*
 * test_kinesis_sequence.c -- sequence numbers and shard ids as text.
 */
#include "storage/kinesis_sequence.h"
#include "tests/lib/asserts.h"

static void a_sequence_number_has_56_digits_and_reads_back(void **state)
{
    (void)state;
    struct kinesis_sequence given = {INT64_C(1795645643084), 7, 123456};
    struct kinesis_sequence read = {0};
    char text[KINESIS_SEQUENCE_CHARS + 1];
    kinesis_sequence_write(&given, text);
    assert_string_equal(text, "49001795645643084000000000000000000000123456000000000007");
    assert_int_equal(kinesis_sequence_read(slice_of(text), &read), STATUS_OK);
    assert_int_equal(read.created_ms, given.created_ms);
    assert_int_equal(read.shard, 7);
    assert_int_equal(read.place, 123456);
}

static void later_places_have_greater_numbers(void **state)
{
    (void)state;
    static const int64_t places[] = {0, 1, 9, 10, 99, 100, (INT64_C(1) << 36) - 1};
    char before[KINESIS_SEQUENCE_CHARS + 1] = "";
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct kinesis_sequence sequence = {1000, 3, places[i]};
        char text[KINESIS_SEQUENCE_CHARS + 1];
        kinesis_sequence_write(&sequence, text);
        assert_true(slice_compare(slice_of(before), slice_of(text)) < 0);
        kinesis_sequence_write(&sequence, before);
    }
}

static void what_is_no_number_of_ours_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "0",
        "4900179564564308400000000000000000000012345600000000000",
        "490017956456430840000000000000000000001234560000000000070",
        "50001795645643084000000000000000000000123456000000000007",
        "4900179564564308400000000000000000000012345x000000000007",
        "49001795645643084999999999999999999999999999000000000007",
    };
    struct kinesis_sequence read;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(kinesis_sequence_read(slice_of(texts[i]), &read), STATUS_INVALID);
}

static void a_shard_id_is_its_number_in_twelve_digits(void **state)
{
    (void)state;
    char text[KINESIS_SHARD_ID_CHARS + 1];
    int64_t number = -1;
    kinesis_shard_id_write(42, text);
    assert_string_equal(text, "shardId-000000000042");
    assert_int_equal(kinesis_shard_id_read(slice_of(text), &number), STATUS_OK);
    assert_int_equal(number, 42);
    assert_int_equal(kinesis_shard_id_read(SLICE("shardId-42"), &number), STATUS_INVALID);
    assert_int_equal(kinesis_shard_id_read(SLICE("ShardId-000000000042"), &number), STATUS_INVALID);
    assert_int_equal(kinesis_shard_id_read(SLICE("shardId-00000000004x"), &number), STATUS_INVALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_number_has_56_digits_and_reads_back),
        cmocka_unit_test(later_places_have_greater_numbers),
        cmocka_unit_test(what_is_no_number_of_ours_is_refused),
        cmocka_unit_test(a_shard_id_is_its_number_in_twelve_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
