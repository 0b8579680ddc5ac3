/* A number that was read, written and read again has the same code; so have sums both ways round.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/text.h"
#include "handlers/dynamodb/decimal.h"

#define MAX_BYTES ((size_t)1024)

static void check_round_trip(const struct decimal *decimal)
{
    uint8_t code[DECIMAL_CODE_BYTES];
    uint8_t again_code[DECIMAL_CODE_BYTES];
    struct decimal again;
    struct text text;
    text_init(&text, MAX_BYTES);
    struct slice first = slice_make(code, decimal_encode(decimal, code));
    decimal_append(&text, first);
    FUZZ_CHECK(text.status == STATUS_OK);
    FUZZ_CHECK(decimal_parse(text_slice(&text), &again) == DECIMAL_FINE);
    FUZZ_CHECK(slice_equal(first, slice_make(again_code, decimal_encode(&again, again_code))));
    FUZZ_CHECK(decimal_size(first) <= DECIMAL_CODE_BYTES);
    FUZZ_CHECK(decimal_hash_input(decimal, code) <= DECIMAL_CODE_BYTES);
    text_close(&text);
}

static void check_sum(const struct decimal *a, const struct decimal *b)
{
    struct decimal sum;
    struct decimal back;
    if (decimal_add(a, b, &sum) != DECIMAL_FINE)
        return;
    check_round_trip(&sum);
    struct decimal minus_b = decimal_negate(*b);
    if (decimal_add(&sum, &minus_b, &back) != DECIMAL_FINE)
        return;
    uint8_t code[DECIMAL_CODE_BYTES];
    uint8_t back_code[DECIMAL_CODE_BYTES];
    FUZZ_CHECK(slice_equal(slice_make(code, decimal_encode(a, code)),
                           slice_make(back_code, decimal_encode(&back, back_code))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_make(data, size);
    struct slice first = slice_cut(&rest, ',');
    struct decimal a;
    struct decimal b;
    bool has_a = decimal_parse(first, &a) == DECIMAL_FINE;
    bool has_b = decimal_parse(rest, &b) == DECIMAL_FINE;
    if (has_a)
        check_round_trip(&a);
    if (has_a && has_b)
        check_sum(&a, &b);
    return 0;
}
