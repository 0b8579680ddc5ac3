#include "emulator/base/cbor.h"

#include <math.h>
#include <string.h>

#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

#define MAX_BYTES ((size_t)64 * 1024)

static void assert_reads(struct slice document, const char *json)
{
    struct text out;
    text_init(&out, MAX_BYTES);
    assert_ok(cbor_to_json(document, &out));
    assert_slice(text_slice(&out), json);
    text_close(&out);
}

static void assert_refused(struct slice document)
{
    struct text out;
    text_init(&out, MAX_BYTES);
    assert_status(cbor_to_json(document, &out), STATUS_INVALID);
    text_close(&out);
}

static void integers_of_every_size_are_read(void **state)
{
    (void)state;
    assert_reads(SLICE("\x00"), "0");
    assert_reads(SLICE("\x17"), "23");
    assert_reads(SLICE("\x18\xff"), "255");
    assert_reads(SLICE("\x19\x01\x00"), "256");
    assert_reads(SLICE("\x1a\x00\x01\x00\x00"), "65536");
    assert_reads(SLICE("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"), "9223372036854775807");
    assert_reads(SLICE("\x20"), "-1");
    assert_reads(SLICE("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"), "-9223372036854775808");
}

static void integers_beyond_64_bits_with_sign_become_doubles(void **state)
{
    (void)state;
    assert_reads(SLICE("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), "1.8446744073709552e+19");
    assert_reads(SLICE("\x3b\xff\xff\xff\xff\xff\xff\xff\xff"), "-1.8446744073709552e+19");
}

/* The examples of RFC 8949, appendix A. */
static void floats_of_every_size_are_read(void **state)
{
    (void)state;
    assert_reads(SLICE("\xf9\x3c\x00"), "1.0");
    assert_reads(SLICE("\xf9\x3e\x00"), "1.5");
    assert_reads(SLICE("\xf9\x7b\xff"), "65504.0");
    assert_reads(SLICE("\xf9\x00\x01"), "5.9604644775390625e-08");
    assert_reads(SLICE("\xf9\xc4\x00"), "-4.0");
    assert_reads(SLICE("\xfa\x47\xc3\x50\x00"), "100000.0");
    assert_reads(SLICE("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"), "1.1");
}

static void what_json_has_no_number_for_is_a_string(void **state)
{
    (void)state;
    assert_reads(SLICE("\xf9\x7e\x00"), "\"NaN\"");
    assert_reads(SLICE("\xf9\x7c\x00"), "\"Infinity\"");
    assert_reads(SLICE("\xfb\xff\xf0\x00\x00\x00\x00\x00\x00"), "\"-Infinity\"");
}

static void containers_and_strings_of_both_kinds_of_length_are_read(void **state)
{
    (void)state;
    assert_reads(SLICE("\xa2\x61"
                       "a\x01\x61"
                       "b\x82\xf5\xf6"),
                 "{\"a\":1,\"b\":[true,null]}");
    assert_reads(SLICE("\xbf\x61"
                       "a\x9f\xf4\xf7\xff\xff"),
                 "{\"a\":[false,null]}");
    assert_reads(SLICE("\x7f\x62"
                       "st\x63"
                       "rea\xff"),
                 "\"strea\"");
    assert_reads(SLICE("\x43\x01\x02\x03"), "\"AQID\"");
    assert_reads(SLICE("\x5f\x41\x01\x42\x02\x03\xff"), "\"AQID\"");
    assert_reads(SLICE("\x80"), "[]");
    assert_reads(SLICE("\xa0"), "{}");
}

static void an_epoch_time_stands_as_its_number(void **state)
{
    (void)state;
    assert_reads(SLICE("\xc1\x1a\x51\x4b\x67\xb0"), "1363896240");
    assert_reads(SLICE("\xc1\xfb\x41\xd4\x52\xd9\xec\x20\x00\x00"), "1363896240.5");
    assert_reads(SLICE("\xc1\x20"), "-1");
}

static void what_ends_early_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "\xa2\x61"
                                "a\x19\x01\x02\x61"
                                "b\x82\x63xyz\xc1\xfb\x41\xd4\x52\xd9\xec\x20\x00\x00";
    size_t length = sizeof(whole) - 1;
    for (size_t cut = 0; cut < length; cut++)
        assert_refused(slice_make(whole, cut));
    assert_reads(slice_make(whole, length), "{\"a\":258,\"b\":[\"xyz\",1363896240.5]}");
}

static void what_the_protocol_does_not_have_is_refused(void **state)
{
    (void)state;
    assert_refused(SLICE("\x00\x00"));              /* something behind the value */
    assert_refused(SLICE("\xa1\x01\x02"));          /* a key that is no text */
    assert_refused(SLICE("\xc2\x41\x01"));          /* another tag */
    assert_refused(SLICE("\xc1\x61x"));             /* a time that is no number */
    assert_refused(SLICE("\xf0"));                  /* another simple value */
    assert_refused(SLICE("\xff"));                  /* a break nowhere */
    assert_refused(SLICE("\x1f"));                  /* an integer without length */
    assert_refused(SLICE("\x1c"));                  /* reserved */
    assert_refused(SLICE("\x7f\x41\x01\xff"));      /* bytes within text */
    assert_refused(SLICE("\x7f\x7f\x61x\xff\xff")); /* a string in pieces within one */
    assert_refused(SLICE("\x9b\xff\xff\xff\xff\xff\xff\xff\xff")); /* more than there is */
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    char deep[CBOR_DEPTH_MAX + 2];
    memset(deep, '\x81', sizeof(deep));
    deep[CBOR_DEPTH_MAX] = '\0';
    struct text out;
    text_init(&out, MAX_BYTES);
    assert_ok(cbor_to_json(slice_make(deep, CBOR_DEPTH_MAX + 1), &out));
    text_close(&out);
    deep[CBOR_DEPTH_MAX] = '\x81';
    deep[CBOR_DEPTH_MAX + 1] = '\0';
    assert_refused(slice_make(deep, CBOR_DEPTH_MAX + 2));
}

static void a_text_that_is_full_is_told(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 3);
    assert_status(cbor_to_json(SLICE("\x83\x01\x02\x03"), &out), STATUS_TOO_LARGE);
    text_close(&out);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    static const int64_t integers[] = {0,     23,    24,         255,        256,
                                       65535, 65536, 4294967295, 4294967296, INT64_MAX,
                                       -1,    -24,   -25,        INT64_MIN};
    struct text out;
    text_init(&out, MAX_BYTES);
    cbor_put_map(&out, 5);
    cbor_put_text(&out, SLICE("i"));
    cbor_put_array(&out, sizeof(integers) / sizeof(integers[0]));
    for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
        cbor_put_integer(&out, integers[i]);
    cbor_put_text(&out, SLICE("d"));
    cbor_put_double(&out, -2.5);
    cbor_put_text(&out, SLICE("t"));
    cbor_put_time(&out, 1363896240.5);
    cbor_put_text(&out, SLICE("b"));
    cbor_put_bool(&out, true);
    cbor_put_text(&out, SLICE("n"));
    cbor_put_null(&out);
    assert_reads(text_slice(&out),
                 "{\"i\":[0,23,24,255,256,65535,65536,4294967295,4294967296,9223372036854775807,"
                 "-1,-24,-25,-9223372036854775808],\"d\":-2.5,\"t\":1363896240.5,\"b\":true,"
                 "\"n\":null}");
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_of_every_size_are_read),
        cmocka_unit_test(integers_beyond_64_bits_with_sign_become_doubles),
        cmocka_unit_test(floats_of_every_size_are_read),
        cmocka_unit_test(what_json_has_no_number_for_is_a_string),
        cmocka_unit_test(containers_and_strings_of_both_kinds_of_length_are_read),
        cmocka_unit_test(an_epoch_time_stands_as_its_number),
        cmocka_unit_test(what_ends_early_is_refused),
        cmocka_unit_test(what_the_protocol_does_not_have_is_refused),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(a_text_that_is_full_is_told),
        cmocka_unit_test(what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
