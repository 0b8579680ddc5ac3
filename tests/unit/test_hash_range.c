/*
 * test_hash_range.c -- hash keys and how shards share them.
 */
#include "handlers/kinesis/hash_range.h"
#include "tests/lib/asserts.h"

static void a_key_is_read_and_written_to_its_last_digit(void **state)
{
    (void)state;
    static const char *const texts[] = {"0", "9", "10", "340282366920938463463374607431768211455"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        hash_key key = 1;
        char text[HASH_KEY_TEXT_BYTES];
        assert_int_equal(hash_key_read(slice_of(texts[i]), &key), STATUS_OK);
        hash_key_write(key, text);
        assert_string_equal(text, texts[i]);
    }
}

static void a_key_beyond_128_bits_or_no_number_is_refused(void **state)
{
    (void)state;
    hash_key key;
    assert_int_equal(hash_key_read(SLICE("340282366920938463463374607431768211456"), &key),
                     STATUS_TOO_LARGE);
    assert_int_equal(hash_key_read(SLICE("999999999999999999999999999999999999999"), &key),
                     STATUS_TOO_LARGE);
    assert_int_equal(hash_key_read(SLICE(""), &key), STATUS_INVALID);
    assert_int_equal(hash_key_read(SLICE("1x"), &key), STATUS_INVALID);
}

static void a_partition_key_hashes_to_its_md5(void **state)
{
    (void)state;
    char text[HASH_KEY_TEXT_BYTES];
    hash_key_write(hash_key_of(SLICE("a")), text);
    assert_string_equal(text, "16955237001963240173058271559858726497");
}

static void shards_divide_the_keys_as_aws_does(void **state)
{
    (void)state;
    static const char *const ends[] = {"113427455640312821154458202477256070484",
                                       "226854911280625642308916404954512140969",
                                       "340282366920938463463374607431768211455"};
    char text[HASH_KEY_TEXT_BYTES];
    for (int64_t shard = 0; shard < 3; shard++) {
        hash_key_write(hash_range_last(shard, 3), text);
        assert_string_equal(text, ends[shard]);
    }
    hash_key_write(hash_range_last(0, 2), text);
    assert_string_equal(text, "170141183460469231731687303715884105727");
    hash_key_write(hash_range_last(0, 1), text);
    assert_string_equal(text, "340282366920938463463374607431768211455");
}

static void every_range_begins_behind_the_one_before_and_has_its_own_keys(void **state)
{
    (void)state;
    static const int64_t counts[] = {1, 2, 3, 4, 7, 128, 500};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t count = counts[i];
        hash_key next = 0;
        for (int64_t shard = 0; shard < count; shard++) {
            hash_key first = hash_range_first(shard, count);
            hash_key last = hash_range_last(shard, count);
            assert_true(first == next && last >= first);
            assert_int_equal(hash_range_shard(first, count), shard);
            assert_int_equal(hash_range_shard(last, count), shard);
            next = last + 1;
        }
        assert_true(next == 0); /* 2^128 */
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_read_and_written_to_its_last_digit),
        cmocka_unit_test(a_key_beyond_128_bits_or_no_number_is_refused),
        cmocka_unit_test(a_partition_key_hashes_to_its_md5),
        cmocka_unit_test(shards_divide_the_keys_as_aws_does),
        cmocka_unit_test(every_range_begins_behind_the_one_before_and_has_its_own_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
