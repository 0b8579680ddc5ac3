#include <string.h>

#include "handlers/dynamodb/key_codec.h"
#include "storage/table_store.h"
#include "tests/lib/items.h"

static const struct table events = {
    .hash_name = SLICE_INIT("pk"),
    .hash_type = 'S',
    .range_name = SLICE_INIT("at"),
    .range_type = 'N',
};

static struct item_key key_of(struct arena *arena, const char *json)
{
    struct refusal refusal = refusal_make(arena);
    struct item_key key;
    assert_ok(key_codec_of_item(&events, items_document(arena, json), &refusal, &key));
    return key;
}

static void a_partition_key_is_led_by_its_hash(void **state)
{
    /* What md5("Outliersa") begins with. */
    struct item_key key = key_of(*state, "{\"pk\":{\"S\":\"a\"},\"at\":{\"N\":\"1\"}}");
    assert_slices_equal(key.p, SLICE("\xF6\x55\x8E\x51\x62\x75\xDE\xE2"
                                     "a"));
    struct item_key same = key_of(*state, "{\"at\":{\"N\":\"2\"},\"pk\":{\"S\":\"a\"}}");
    assert_slices_equal(same.p, key.p);
    struct item_key other = key_of(*state, "{\"at\":{\"N\":\"2\"},\"pk\":{\"S\":\"b\"}}");
    assert_int_not_equal(memcmp(other.p.ptr, key.p.ptr, KEY_HASH_BYTES), 0);
}

static void sort_keys_are_in_numeric_order(void **state)
{
    struct item_key nine = key_of(*state, "{\"pk\":{\"S\":\"a\"},\"at\":{\"N\":\"9\"}}");
    struct item_key ten = key_of(*state, "{\"pk\":{\"S\":\"a\"},\"at\":{\"N\":\"1e1\"}}");
    assert_true(slice_compare(nine.s, ten.s) < 0);
}

static void a_key_must_have_the_keys_and_nothing_else(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"pk\":{\"S\":\"a\"}}",
        "{\"pk\":{\"S\":\"a\"},\"at\":{\"S\":\"1\"}}",
        "{\"pk\":{\"S\":\"a\"},\"at\":{\"N\":\"1\"},\"x\":{\"N\":\"1\"}}",
        "{\"pk\":{\"S\":\"a\"},\"x\":{\"N\":\"1\"}}",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct refusal refusal = refusal_make(*state);
        struct slice document;
        struct item_key key;
        enum status status =
            key_codec_read(&events, items_json(*state, wrong[i]), &refusal, &document, &key);
        assert_status(status, STATUS_INVALID);
        assert_slice(refusal.message, "The provided key element does not match the schema");
    }
}

static void only_the_keys_are_extracted_in_order(void **state)
{
    struct slice document;
    struct slice item = items_document(
        *state,
        "{\"pk\":{\"S\":\"a\"},\"z\":{\"S\":\"x\"},\"at\":{\"N\":\"1\"},\"b\":{\"S\":\"\"}}");
    assert_ok(key_codec_extract(&events, item, *state, &document));
    items_assert(*state, document, "{\"at\":{\"N\":\"1\"},\"pk\":{\"S\":\"a\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_partition_key_is_led_by_its_hash, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(sort_keys_are_in_numeric_order, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(a_key_must_have_the_keys_and_nothing_else, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(only_the_keys_are_extracted_in_order, items_set_up,
                                        items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
