#include <stdlib.h>
#include <string.h>

#include "emulator/base/text.h"
#include "handlers/dynamodb/decimal.h"
#include "tests/lib/asserts.h"

struct code {
    uint8_t bytes[DECIMAL_CODE_BYTES];
    size_t len;
};

static struct slice slice_of_code(const struct code *code)
{
    return slice_make(code->bytes, code->len);
}

static struct decimal parse(const char *text)
{
    struct decimal decimal;
    assert_int_equal(decimal_parse(slice_of(text), &decimal), DECIMAL_FINE);
    return decimal;
}

static struct code encode(const char *text)
{
    struct decimal decimal = parse(text);
    struct code code = {.len = 0};
    code.len = decimal_encode(&decimal, code.bytes);
    return code;
}

static void assert_written(const struct code *code, const char *expected)
{
    struct text text;
    text_init(&text, 1000);
    decimal_append(&text, slice_of_code(code));
    assert_slice(text_slice(&text), expected);
    text_close(&text);
}

static void every_spelling_has_one_form(void **state)
{
    static const char *const pairs[][2] = {
        {"+3", "3"},
        {".123", "0.123"},
        {"001.23", "1.23"},
        {"00", "0"},
        {"+0", "0"},
        {"-0", "0"},
        {"1e+5", "100000"},
        {"1.5E2", "150"},
        {"00042", "42"},
        {"1.0", "1"},
        {"1.10", "1.1"},
        {"-17.4E3", "-17400"},
        {"0.00e99999999999", "0"},
        {"100e-2", "1"},
        {"-0.0010", "-0.001"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct code code = encode(pairs[i][0]);
        assert_written(&code, pairs[i][1]);
    }
}

static void what_is_no_number_is_told_apart(void **state)
{
    static const struct {
        const char *text;
        enum decimal_problem problem;
    } cases[] = {
        {"", DECIMAL_NOT_A_NUMBER},
        {"abc", DECIMAL_NOT_A_NUMBER},
        {"1.2.3", DECIMAL_NOT_A_NUMBER},
        {" 1", DECIMAL_NOT_A_NUMBER},
        {"1 ", DECIMAL_NOT_A_NUMBER},
        {"0x10", DECIMAL_NOT_A_NUMBER},
        {"1e", DECIMAL_NOT_A_NUMBER},
        {"1e+", DECIMAL_NOT_A_NUMBER},
        {".", DECIMAL_NOT_A_NUMBER},
        {"-", DECIMAL_NOT_A_NUMBER},
        {"NaN", DECIMAL_NOT_A_NUMBER},
        {"Infinity", DECIMAL_NOT_A_NUMBER},
        {"1E126", DECIMAL_OVERFLOW},
        {"1e2147483648", DECIMAL_OVERFLOW},
        {"1E-131", DECIMAL_UNDERFLOW},
        {"1e-99999999999", DECIMAL_UNDERFLOW},
        {"123456789012345678901234567890123456789", DECIMAL_TOO_PRECISE},
        {"1.00000000000000000000000000000000000001", DECIMAL_TOO_PRECISE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct decimal decimal;
        assert_int_equal(decimal_parse(slice_of(cases[i].text), &decimal), cases[i].problem);
    }
}

static void the_ends_of_the_range_are_kept_exactly(void **state)
{
    static const char most[] = "99999999999999999999999999999999999999";
    struct code code = encode("99999999999999999999999999999999999999E88");
    struct text text;
    (void)state;
    text_init(&text, 1000);
    decimal_append(&text, slice_of_code(&code));
    assert_int_equal(text.len, 126);
    assert_memory_equal(text.ptr, most, 38);
    text_clear(&text);
    code = encode("-1E-130");
    decimal_append(&text, slice_of_code(&code));
    assert_int_equal(text.len, 3 + 130);
    assert_int_equal(text.ptr[text.len - 1], '1');
    text_close(&text);
}

/* In ascending order. */
static const char *const ladder[] = {
    "-9.9E125", "-1E125",  "-1001",   "-1000", "-999.5", "-999",   "-100",  "-99",
    "-20",      "-10.1",   "-10",     "-9",    "-1.01",  "-1",     "-0.99", "-0.1",
    "-0.09",    "-1E-129", "-1E-130", "0",     "1E-130", "1E-129", "0.09",  "0.1",
    "0.99",     "1",       "1.01",    "1.1",   "9",      "10",     "10.1",  "20",
    "99",       "100",     "999",     "999.5", "1000",   "1001",   "1E125", "9.9E125",
};

static void codes_are_in_the_order_of_numbers(void **state)
{
    size_t count = sizeof(ladder) / sizeof(ladder[0]);
    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            struct code a = encode(ladder[i]);
            struct code b = encode(ladder[j]);
            int order = slice_compare(slice_of_code(&a), slice_of_code(&b));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void a_code_gives_its_number_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ladder) / sizeof(ladder[0]); i++) {
        struct code code = encode(ladder[i]);
        struct decimal decimal = decimal_decode(slice_of_code(&code));
        struct code again = {.len = 0};
        again.len = decimal_encode(&decimal, again.bytes);
        assert_slices_equal(slice_of_code(&again), slice_of_code(&code));
    }
}

static enum decimal_problem add(const char *a, const char *b, struct code *sum)
{
    struct decimal x = parse(a);
    struct decimal y = parse(b);
    struct decimal result;
    enum decimal_problem problem = decimal_add(&x, &y, &result);
    if (problem == DECIMAL_FINE)
        sum->len = decimal_encode(&result, sum->bytes);
    return problem;
}

static void sums_are_exact(void **state)
{
    static const char *const sums[][3] = {
        {"0.1", "0.2", "0.3"},
        {"1", "-1", "0"},
        {"999", "1", "1000"},
        {"-5", "3", "-2"},
        {"3", "-5", "-2"},
        {"1000", "-1", "999"},
        {"0", "-7.5", "-7.5"},
        {"-1.5", "-2.5", "-4"},
        {"12345678901234567890", "0.5", "12345678901234567890.5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        struct code sum = {.len = 0};
        assert_int_equal(add(sums[i][0], sums[i][1], &sum), DECIMAL_FINE);
        assert_written(&sum, sums[i][2]);
    }
}

static void sums_that_cannot_be_kept_are_refused(void **state)
{
    struct code sum = {.len = 0};
    (void)state;
    assert_int_equal(add("9E125", "9E125", &sum), DECIMAL_OVERFLOW);
    assert_int_equal(add("1E40", "1", &sum), DECIMAL_TOO_PRECISE);
    assert_int_equal(add("1E125", "1E-130", &sum), DECIMAL_TOO_PRECISE);
}

static void sizes_are_what_aws_counts(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } cases[] = {{"1", 2}, {"1E125", 2}, {"3.14159", 5}, {"123456", 4},
                 {"0", 1}, {"-1", 3},    {"0.001", 2},   {"100.5", 4}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct code code = encode(cases[i].text);
        assert_int_equal(decimal_size(slice_of_code(&code)), cases[i].size);
    }
}

static void what_is_hashed_pairs_digits_around_the_point(void **state)
{
    static const struct {
        const char *text;
        const char *bytes;
    } cases[] = {
        {"0", "\x80"},
        {"1", "\xC1\x02"},
        {"10", "\xC1\x0B"},
        {"100", "\xC2\x02"},
        {"123.4", "\xC2\x02\x18\x29"},
        {"-1", "\x3E\x64\x66"},
        {"0.01", "\xC0\x02"},
        {"0.1", "\xC0\x0B"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct decimal decimal = parse(cases[i].text);
        uint8_t bytes[DECIMAL_CODE_BYTES];
        size_t len = decimal_hash_input(&decimal, bytes);
        assert_slice(slice_make(bytes, len), cases[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_has_one_form),
        cmocka_unit_test(what_is_no_number_is_told_apart),
        cmocka_unit_test(the_ends_of_the_range_are_kept_exactly),
        cmocka_unit_test(codes_are_in_the_order_of_numbers),
        cmocka_unit_test(a_code_gives_its_number_back),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(sums_that_cannot_be_kept_are_refused),
        cmocka_unit_test(sizes_are_what_aws_counts),
        cmocka_unit_test(what_is_hashed_pairs_digits_around_the_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
