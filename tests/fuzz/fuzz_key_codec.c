/*
 * Two keys as JSON, one in each line: they are refused, or their bytes compare as the keys do, and
 * the key taken out of an item is the key that was read.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

struct key {
    struct slice document;
    struct item_key encoded;
};

static bool read(struct arena *arena, const struct table *table, struct slice text,
                 struct key *ret_key)
{
    const struct json *json = NULL;
    struct refusal refusal = refusal_make(arena);
    struct item_key again;
    struct slice extracted;
    if (json_parse(text, arena, &json) != STATUS_OK || json_kind(json) != JSON_OBJECT)
        return false;
    enum status status =
        key_codec_read(table, json, &refusal, &ret_key->document, &ret_key->encoded);
    FUZZ_CHECK(status == STATUS_OK || (status == STATUS_INVALID && refusal.message.len > 0));
    if (status != STATUS_OK)
        return false;
    FUZZ_CHECK(key_codec_of_item(table, ret_key->document, &refusal, &again) == STATUS_OK);
    FUZZ_CHECK(slice_equal(again.p, ret_key->encoded.p) &&
               slice_equal(again.s, ret_key->encoded.s));
    FUZZ_CHECK(key_codec_extract(table, ret_key->document, arena, &extracted) == STATUS_OK);
    FUZZ_CHECK(slice_equal(extracted, ret_key->document));
    return true;
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static int compare_numbers(const struct key *a, const struct key *b)
{
    struct value x;
    struct value y;
    struct decimal difference;
    FUZZ_CHECK(value_member(a->document, SLICE("s"), &x) &&
               value_member(b->document, SLICE("s"), &y));
    struct decimal first = decimal_decode(x.payload);
    struct decimal second = decimal_negate(decimal_decode(y.payload));
    if (decimal_add(&first, &second, &difference) != DECIMAL_FINE)
        return sign(slice_compare(x.payload, y.payload)); /* too far apart to tell */
    return difference.count == 0 ? 0 : difference.is_negative ? -1 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table table = {
        .hash_name = SLICE("p"), .hash_type = 'S', .range_name = SLICE("s"), .range_type = 'N'};
    struct arena arena;
    struct key a;
    struct key b;
    struct slice second = slice_make(data, size);
    struct slice first = slice_cut(&second, '\n');
    arena_init(&arena, MAX_BYTES);
    if (read(&arena, &table, first, &a) && read(&arena, &table, second, &b)) {
        FUZZ_CHECK(sign(slice_compare(a.encoded.s, b.encoded.s)) == compare_numbers(&a, &b));
        FUZZ_CHECK(slice_equal(a.document, b.document) == (slice_equal(a.encoded.p, b.encoded.p) &&
                                                           slice_equal(a.encoded.s, b.encoded.s)));
    }
    table.range_type = 'B';
    if (read(&arena, &table, first, &a) && read(&arena, &table, second, &b))
        FUZZ_CHECK(slice_equal(a.document, b.document) == (slice_equal(a.encoded.p, b.encoded.p) &&
                                                           slice_equal(a.encoded.s, b.encoded.s)));
    arena_clear(&arena);
    return 0;
}
