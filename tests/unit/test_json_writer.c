#include "emulator/base/json_writer.h"

#include <math.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static struct text out;

static struct json_writer fresh(void)
{
    text_clear(&out);
    return json_writer_make(&out);
}

static void commas_stand_between_members_only(void **state)
{
    (void)state;
    struct json_writer w = fresh();
    json_begin_object(&w);
    json_put_text(&w, "a", "x");
    json_key(&w, "b");
    json_begin_array(&w);
    json_write_integer(&w, -5);
    json_write_bool(&w, true);
    json_write_null(&w);
    json_begin_object(&w);
    json_end_object(&w);
    json_end_array(&w);
    json_put_bool(&w, "c", false);
    json_put_integer(&w, "d", INT64_MIN);
    json_put_raw(&w, "e", SLICE("[1]"));
    json_key_slice(&w, SLICE("f"));
    json_write_string(&w, slice_of(NULL));
    json_end_object(&w);
    assert_slice(text_slice(&out), "{\"a\":\"x\",\"b\":[-5,true,null,{}],\"c\":false,"
                                   "\"d\":-9223372036854775808,\"e\":[1],\"f\":\"\"}");
}

static void strings_are_escaped(void **state)
{
    (void)state;
    struct json_writer w = fresh();
    json_write_string(&w, SLICE("\"\\/\n\r\t\0\x01\x1F\x7F\xE2\x82\xAC plain text that is long"));
    assert_slice(text_slice(&out), "\"\\\"\\\\/\\n\\r\\t\\u0000\\u0001\\u001f\x7F\xE2\x82\xAC"
                                   " plain text that is long\"");
}

static void names_are_escaped(void **state)
{
    (void)state;
    struct json_writer w = fresh();
    json_begin_object(&w);
    json_put_text(&w, "a\"b", "x");
    json_end_object(&w);
    assert_slice(text_slice(&out), "{\"a\\\"b\":\"x\"}");
}

static void assert_seconds(int64_t epoch_ms, const char *expected)
{
    struct json_writer w = fresh();
    json_write_seconds(&w, epoch_ms);
    assert_slice(text_slice(&out), expected);
}

static void times_are_seconds_with_three_decimals(void **state)
{
    (void)state;
    assert_seconds(INT64_C(1795422007084), "1795422007.084");
    assert_seconds(0, "0.000");
    assert_seconds(999, "0.999");
    assert_seconds(-1, "-0.001");
    assert_seconds(-1500, "-1.500");
    assert_seconds(INT64_MIN, "-9223372036854775.808");
}

static void assert_rewritten(const char *json, const char *expected)
{
    struct arena arena;
    arena_init(&arena, 100000);
    const struct json *value = NULL;
    assert_ok(json_parse(slice_of(json), &arena, &value));
    struct json_writer w = fresh();
    json_write_value(&w, value);
    assert_slice(text_slice(&out), expected);
    arena_clear(&arena);
}

static void a_parsed_value_is_written_again_without_space(void **state)
{
    (void)state;
    assert_rewritten(" { \"a\" : [ 1 , true , null , \"x\\ny\" ] , \"b\" : { } , \"a\" : -0.5 } ",
                     "{\"a\":[1,true,null,\"x\\ny\"],\"b\":{},\"a\":-0.5}");
}

static void numbers_keep_their_value_in_few_digits(void **state)
{
    (void)state;
    assert_rewritten("0.1", "0.1");
    assert_rewritten("1.0", "1");
    assert_rewritten("-9007199254740991", "-9007199254740991");
    assert_rewritten("0.30000000000000004", "0.30000000000000004");
    assert_rewritten("1e21", "1e+21");
    assert_rewritten("5e-324", "4.94065645841247e-324");
}

static void an_infinite_number_stays_json(void **state)
{
    (void)state;
    assert_rewritten("[1e999,-1e999]", "[1.7976931348623157e+308,-1.7976931348623157e+308]");
}

static void an_error_sticks_in_the_text(void **state)
{
    (void)state;
    struct text small;
    text_init(&small, 5);
    struct json_writer w = json_writer_make(&small);
    json_begin_object(&w);
    json_put_text(&w, "name", "value");
    json_end_object(&w);
    assert_status(small.status, STATUS_TOO_LARGE);
    text_close(&small);
}

static void doubles_look_like_doubles(void **state)
{
    (void)state;
    struct json_writer w = fresh();
    json_begin_array(&w);
    json_write_double(&w, 5);
    json_write_double(&w, -0.1);
    json_write_double(&w, 1.0 / 3.0);
    json_write_double(&w, 1e300);
    json_write_double(&w, INFINITY);
    json_write_double(&w, -INFINITY);
    json_write_double(&w, NAN);
    json_end_array(&w);
    assert_slice(text_slice(&out), "[5.0,-0.1,0.3333333333333333,1e+300,\"Infinity\","
                                   "\"-Infinity\",\"NaN\"]");
}

static int open_out(void **state)
{
    (void)state;
    text_init(&out, 100000);
    return 0;
}

static int close_out(void **state)
{
    (void)state;
    text_close(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_members_only),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(times_are_seconds_with_three_decimals),
        cmocka_unit_test(a_parsed_value_is_written_again_without_space),
        cmocka_unit_test(numbers_keep_their_value_in_few_digits),
        cmocka_unit_test(an_infinite_number_stays_json),
        cmocka_unit_test(doubles_look_like_doubles),
        cmocka_unit_test(an_error_sticks_in_the_text),
    };
    return cmocka_run_group_tests(tests, open_out, close_out);
}
