#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/placeholders.h"
#include "storage/table_store.h"
#include "tests/lib/items.h"

static const struct table files = {
    .hash_name = SLICE_INIT("pk"),
    .hash_type = 'S',
    .range_name = SLICE_INIT("sk"),
    .range_type = 'B',
};

static struct item_range range_of(struct arena *arena, const char *source)
{
    /* :a is 61, :f is 61 ff, :ff is ff ff */
    const struct json *input = items_json(
        arena, "{\"ExpressionAttributeValues\":{\":p\":{\"S\":\"p\"},"
               "\":a\":{\"B\":\"YQ==\"},\":f\":{\"B\":\"Yf8=\"},\":ff\":{\"B\":\"//8=\"}}}");
    struct refusal refusal = refusal_make(arena);
    struct placeholders placeholders;
    struct key_condition condition;
    struct item_range range;
    assert_ok(placeholders_read(input, true, NULL, &refusal, &placeholders));
    assert_ok(key_condition_parse(slice_of(source), &placeholders, &refusal, &condition));
    assert_ok(key_condition_range(&condition, &files, &refusal, &range));
    return range;
}

static void assert_range(const struct item_range *range, struct slice low, struct slice high)
{
    assert_slices_equal(range->low, low);
    assert_slices_equal(range->high, high);
}

static void every_operator_is_a_range_without_its_upper_end(void **state)
{
    struct item_range range = range_of(*state, "pk = :p AND sk = :a");
    assert_range(&range, SLICE("a"), SLICE("a\0"));
    range = range_of(*state, "sk < :a AND pk = :p");
    assert_range(&range, SLICE(""), SLICE("a"));
    range = range_of(*state, "pk = :p AND sk <= :a");
    assert_range(&range, SLICE(""), SLICE("a\0"));
    range = range_of(*state, "pk = :p AND (sk BETWEEN :a AND :f)");
    assert_range(&range, SLICE("a"), SLICE("a\xFF\0"));
    range = range_of(*state, "pk = :p AND :a > sk");
    assert_range(&range, SLICE(""), SLICE("a"));
}

static void open_ends_are_above_every_key(void **state)
{
    struct item_range range = range_of(*state, "pk = :p AND sk > :a");
    assert_slices_equal(range.low, SLICE("a\0"));
    assert_int_equal(range.high.len, KEY_MAX_RANGE_BYTES + 1);
    assert_int_equal((uint8_t)range.high.ptr[0], 0xFF);
    range = range_of(*state, "pk = :p");
    assert_slices_equal(range.low, SLICE(""));
    assert_int_equal(range.high.len, KEY_MAX_RANGE_BYTES + 1);
}

static void a_beginning_ends_where_its_successor_starts(void **state)
{
    struct item_range range = range_of(*state, "pk = :p AND begins_with(sk, :a)");
    assert_range(&range, SLICE("a"), SLICE("b"));
    range = range_of(*state, "pk = :p AND begins_with(sk, :f)");
    assert_range(&range, SLICE("a\xFF"), SLICE("b"));
    range = range_of(*state, "pk = :p AND begins_with(sk, :ff)");
    assert_slices_equal(range.low, SLICE("\xFF\xFF"));
    assert_int_equal(range.high.len, KEY_MAX_RANGE_BYTES + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_operator_is_a_range_without_its_upper_end,
                                        items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(open_ends_are_above_every_key, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(a_beginning_ends_where_its_successor_starts, items_set_up,
                                        items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
