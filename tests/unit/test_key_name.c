#include <ctype.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/key_name.h"
#include "emulator/delivery/time_zone.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/random.h"
#include "tests/lib/asserts.h"

#define AT_MS INT64_C(1793851629084) /* 2026-11-05T04:07:09.084Z */
#define SUFFIX "s-3-2026-11-05-04-07-09-"

/* The key without its UUID, whose form is checked; the next key replaces it. */
static struct slice key_of(const char *prefix, const char *error_prefix, const char *type,
                           const char *extension)
{
    static struct text text;
    static char bytes[4096];
    struct random random;
    random_init_seeded(&random, 5);
    text = (struct text){.ptr = bytes, .capacity = sizeof(bytes), .max_bytes = sizeof(bytes) - 1};
    const struct key_name name = {.prefix = slice_of(prefix),
                                  .error_prefix = slice_of(error_prefix),
                                  .error_type = slice_of(type),
                                  .stream = SLICE("s"),
                                  .version = 3,
                                  .oldest_ms = AT_MS,
                                  .extension = slice_of(extension)};
    key_name_append(&text, &name, &random);
    assert_ok(text.status);
    struct slice key = text_slice(&text);
    size_t tail = extension != NULL ? strlen(extension) : 0;
    assert_true(key.len > 36 + tail);
    if (tail > 0)
        assert_true(slice_ends_with(key, slice_of(extension)));
    struct slice uuid = slice_make(key.ptr + key.len - tail - 36, 36);
    assert_int_equal(uuid.ptr[14], '4');
    for (size_t i = 0; i < 36; i++)
        assert_true(uuid.ptr[i] == '-' || isdigit(uuid.ptr[i]) || islower(uuid.ptr[i]));
    return slice_first(key, key.len - tail - 36);
}

static void a_prefix_without_expression_gets_the_hour_and_no_slash(void **state)
{
    (void)state;
    assert_slice(key_of("", "", NULL, NULL), "2026/11/05/04/" SUFFIX);
    assert_slice(key_of("legacy", "", NULL, NULL), "legacy2026/11/05/04/" SUFFIX);
    assert_slice(key_of("/a/", "err/", NULL, ".gz"), "/a/2026/11/05/04/" SUFFIX);
}

static void a_prefix_with_any_expression_is_used_as_it_is(void **state)
{
    (void)state;
    assert_slice(key_of("x/!{timestamp:yyyy}/!{timestamp:'m='MM}/", "e", NULL, NULL),
                 "x/2026/m=11/" SUFFIX);
    struct slice key =
        key_of("!{firehose:random-string}!{firehose:random-string}/", "e", NULL, ".log");
    assert_int_equal(slice_find(key, '/'), 22);
    for (size_t i = 0; i < 22; i++)
        assert_true(isalnum(key.ptr[i]));
    assert_int_not_equal(memcmp(key.ptr, key.ptr + 11, 11), 0);
    assert_slice(slice_from(key, 23), SUFFIX);
}

static void error_objects_have_a_folder_of_their_own(void **state)
{
    (void)state;
    const char *type = "processing-failed";
    assert_slice(key_of("", "", type, NULL), "processing-failed/2026/11/05/04/" SUFFIX);
    assert_slice(key_of("retries/", "", type, NULL),
                 "retries/processing-failed/2026/11/05/04/" SUFFIX);
    assert_slice(key_of("a/", "errors/", type, NULL),
                 "errors/processing-failed/2026/11/05/04/" SUFFIX);
    assert_slice(key_of("a/", "e/!{firehose:error-output-type}/!{timestamp:yyyy}/", type, NULL),
                 "e/processing-failed/2026/" SUFFIX);
}

static void every_part_of_the_date_is_in_the_streams_time_zone(void **state)
{
    (void)state;
    struct arena arena;
    struct random random;
    struct text text;
    arena_init(&arena, 65536);
    random_init_seeded(&random, 5);
    text_init_in(&text, &arena, 4096);
    struct key_name name = {.prefix = SLICE("p/"), .stream = SLICE("s"), .version = 3};
    name.oldest_ms = AT_MS;
    assert_ok(time_zone_load(SLICE("America/Los_Angeles"), &arena, &name.zone)); /* 8 hours back */
    key_name_append(&text, &name, &random);
    assert_slice(slice_first(text_slice(&text), 40), "p/2026/11/04/20/s-3-2026-11-04-20-07-09-");
    text_clear(&text);
    name.prefix = SLICE("!{timestamp:dd HH}/");
    key_name_append(&text, &name, &random);
    assert_slice(slice_first(text_slice(&text), 30), "04 20/s-3-2026-11-04-20-07-09-");
    arena_clear(&arena);
}

static void partition_keys_are_values_in_the_prefixs_order(void **state)
{
    (void)state;
    static const char prefix[] = "a=!{partitionKeyFromLambda:a}/!{timestamp:yyyy}/"
                                 "!{partitionKeyFromQuery:b}/!{partitionKeyFromLambda:a}/";
    static const struct partition_key lambda[] = {{SLICE_INIT("b"), SLICE_INIT("no")},
                                                  {SLICE_INIT("a"), SLICE_INIT("1")}};
    static const struct partition_key query[] = {{SLICE_INIT("b"), SLICE_INIT("two")}};
    struct partition_source source = {query, 1, lambda, 2};
    const char *why = NULL;
    struct arena arena;
    struct text values;
    struct text key;
    struct random random;
    arena_init(&arena, 65536);
    random_init_seeded(&random, 5);
    text_init_in(&values, &arena, 4096);
    text_init_in(&key, &arena, 4096);
    assert_int_equal(key_name_namespaces(slice_of(prefix)), KEY_FROM_QUERY | KEY_FROM_LAMBDA);
    assert_int_equal(key_name_namespaces(SLICE("x!{timestamp:yyyy}")), 0);

    assert_ok(key_name_partition(slice_of(prefix), &source, &values, &why));

    assert_true(slice_equal(text_slice(&values), SLICE("1\0two\0"
                                                       "1\0")));
    struct key_name name = {.prefix = slice_of(prefix),
                            .stream = SLICE("s"),
                            .version = 3,
                            .oldest_ms = AT_MS,
                            .partition = text_slice(&values)};
    key_name_append(&key, &name, &random);
    assert_slice(slice_first(text_slice(&key), 17), "a=1/2026/two/1/s-");
    arena_clear(&arena);
}

static void a_key_without_a_value_and_a_long_prefix_are_refused(void **state)
{
    (void)state;
    static char long_value[600];
    struct partition_key keys[] = {{SLICE("a"), SLICE("")},
                                   {SLICE("n"), SLICE("x\0y")},
                                   {SLICE("l"), {long_value, sizeof(long_value)}}};
    struct partition_source source = {.query = keys, .query_count = 3};
    static const char *const prefixes[] = {
        "!{partitionKeyFromQuery:a}", "!{partitionKeyFromQuery:n}", "!{partitionKeyFromQuery:none}",
        "!{partitionKeyFromLambda:l}", "!{partitionKeyFromQuery:l}"};
    memset(long_value, 'l', sizeof(long_value));
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        const char *why = NULL;
        struct text values;
        text_init(&values, 4096);
        assert_status(key_name_partition(slice_of(prefixes[i]), &source, &values, &why),
                      STATUS_INVALID);
        assert_string_equal(why, i < 4 ? "partitionKeys values must not be null or empty"
                                       : "The evaluated prefix is longer than 512 characters "
                                         "(or 754 bytes)");
        text_close(&values);
    }
}

static void the_same_random_state_gives_the_same_key(void **state)
{
    (void)state;
    char keys[2][512];
    for (int i = 0; i < 2; i++) {
        struct random random;
        random_init_seeded(&random, 9);
        struct text text = {.ptr = keys[i], .capacity = 512, .max_bytes = 511};
        const struct key_name name = {
            .prefix = SLICE("!{firehose:random-string}/"), .stream = SLICE("s"), .version = 1};
        key_name_append(&text, &name, &random);
    }
    assert_string_equal(keys[0], keys[1]);
}

static enum status check(const char *prefix, const char *error_prefix, const char *expected)
{
    struct text message;
    text_init(&message, 4096);
    enum status status = key_name_check(slice_of(prefix), slice_of(error_prefix), false, &message);
    if (expected != NULL)
        assert_slice(text_slice(&message), expected);
    else
        assert_int_equal(message.len == 0, status == STATUS_OK);
    text_close(&message);
    return status;
}

static void allowed_prefixes_pass(void **state)
{
    (void)state;
    assert_ok(check("", "", NULL));
    assert_ok(check("static", "", NULL));
    assert_ok(check("static", "errors/", NULL));
    assert_ok(check("", "!{firehose:error-output-type}/!{timestamp:yyyy/MM}/", NULL));
    assert_ok(check("!{timestamp:yyyy}/", "errors/", NULL));
    assert_ok(check("!{timestamp:yyyy}/", "!{firehose:error-output-type}", NULL));
    assert_ok(check("a!b{c}", "", NULL));
}

static void refused_prefixes_say_why(void **state)
{
    (void)state;
    assert_status(
        check("!{timestamp:yyyy}/", "",
              "Ths supplied prefix(es) do not satisfy the following constraint: ErrorOutputPrefix"
              " cannot be null or empty when Prefix contains expressions"),
        STATUS_INVALID);
    assert_status(check("p", "!{timestamp:yyyy}/", NULL), STATUS_INVALID);
    assert_status(check("!{firehose:error-output-type}/", "e", NULL), STATUS_INVALID);
    assert_status(check("p", "!{firehose:error-output-type}!{partitionKeyFromQuery:a}", NULL),
                  STATUS_INVALID);
    assert_status(check("!{timestamp:VV}/", "e", NULL), STATUS_INVALID);
    assert_status(check("!{timestamp:}/", "e", NULL), STATUS_INVALID);
    assert_status(check("!{timestamp:yyyy", "e", NULL), STATUS_INVALID);
    assert_status(check("!{nothing:x}", "e", NULL), STATUS_INVALID);
    assert_status(check("!{firehose:other}", "e", NULL), STATUS_INVALID);
    assert_status(check("p", "x!{", NULL), STATUS_INVALID);
    assert_status(check("!{partitionKeyFromLambda:a}/", "e",
                        "Dynamic Partitioning Namespaces can only be part of a prefix expression"
                        " when Dynamic Partitioning is enabled."),
                  STATUS_INVALID);
}

static void partition_values_have_to_be_utf8(void **state)
{
    (void)state;
    struct partition_key key = {SLICE_INIT("k"), SLICE_INIT("\xff\xfe")};
    struct partition_source source = {.lambda = &key, .lambda_count = 1};
    struct text out;
    const char *why = NULL;
    text_init(&out, 100);
    assert_status(key_name_partition(SLICE("!{partitionKeyFromLambda:k}/"), &source, &out, &why),
                  STATUS_INVALID);
    assert_string_equal(why, "partitionKeys values must be UTF-8");
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prefix_without_expression_gets_the_hour_and_no_slash),
        cmocka_unit_test(a_prefix_with_any_expression_is_used_as_it_is),
        cmocka_unit_test(error_objects_have_a_folder_of_their_own),
        cmocka_unit_test(every_part_of_the_date_is_in_the_streams_time_zone),
        cmocka_unit_test(the_same_random_state_gives_the_same_key),
        cmocka_unit_test(partition_keys_are_values_in_the_prefixs_order),
        cmocka_unit_test(a_key_without_a_value_and_a_long_prefix_are_refused),
        cmocka_unit_test(allowed_prefixes_pass),
        cmocka_unit_test(refused_prefixes_say_why),
        cmocka_unit_test(partition_values_have_to_be_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
