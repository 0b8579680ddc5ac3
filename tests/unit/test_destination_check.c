#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/firehose/destination_check.h"
#include "tests/lib/asserts.h"

#define ONE "Exactly one destination configuration is supported for a Firehose"

static struct arena arena;
static struct text problem;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1024 * 1024);
    text_init(&problem, 8192);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&problem);
    arena_clear(&arena);
    return 0;
}

static const struct json *parse(const char *text)
{
    const struct json *value = NULL;
    assert_ok(json_parse(slice_of(text), &arena, &value));
    text_clear(&problem);
    return value;
}

static void the_one_s3_destination_is_found(void **state)
{
    (void)state;
    const struct json *input = parse("{\"S3DestinationConfiguration\":{\"Prefix\":\"a\"}}");
    assert_slice(
        json_member_string(destination_find(input, "DestinationConfiguration", &problem), "Prefix"),
        "a");
    input = parse("{\"ExtendedS3DestinationUpdate\":{\"Prefix\":\"b\"}}");
    assert_slice(
        json_member_string(destination_find(input, "DestinationUpdate", &problem), "Prefix"), "b");
    assert_int_equal(problem.len, 0);
}

static void none_several_or_another_are_refused(void **state)
{
    (void)state;
    assert_null(destination_find(parse("{}"), "DestinationConfiguration", &problem));
    assert_slice(text_slice(&problem), ONE);
    assert_null(destination_find(parse("{\"S3DestinationConfiguration\":{},"
                                       "\"SplunkDestinationConfiguration\":{}}"),
                                 "DestinationConfiguration", &problem));
    assert_slice(text_slice(&problem), ONE);
    assert_null(destination_find(parse("{\"SplunkDestinationConfiguration\":{}}"),
                                 "DestinationConfiguration", &problem));
    assert_slice(text_slice(&problem),
                 "Hydrant does not support SplunkDestinationConfiguration yet.");
}

static void sources_other_than_put_are_refused(void **state)
{
    (void)state;
    assert_true(destination_check_source(parse("{}"), &problem));
    assert_true(
        destination_check_source(parse("{\"DeliveryStreamType\":\"DirectPut\"}"), &problem));
    assert_false(
        destination_check_source(parse("{\"DeliveryStreamType\":\"MSKAsSource\"}"), &problem));
    assert_slice(text_slice(&problem),
                 "Hydrant does not support DeliveryStreamType MSKAsSource yet.");
    assert_false(
        destination_check_source(parse("{\"KinesisStreamSourceConfiguration\":{}}"), &problem));
    assert_slice(text_slice(&problem), "KinesisSourceStreamConfig is only applicable for"
                                       " KinesisStreamAsSource stream type");
    assert_false(destination_check_source(parse("{\"MSKSourceConfiguration\":{}}"), &problem));
    assert_slice(text_slice(&problem), "Hydrant does not support MSKSourceConfiguration yet.");
}

static void what_is_switched_off_is_no_obstacle(void **state)
{
    (void)state;
    assert_true(destination_check(
        parse("{\"S3BackupMode\":\"Disabled\",\"CompressionFormat\":\"GZIP\",\"CustomTimeZone\":"
              "\"UTC\",\"DataFormatConversionConfiguration\":{\"Enabled\":false},"
              "\"DynamicPartitioningConfiguration\":{\"Enabled\":false,\"RetryOptions\":{}},"
              "\"EncryptionConfiguration\":{\"NoEncryptionConfig\":\"NoEncryption\"},"
              "\"ProcessingConfiguration\":{\"Enabled\":false}}"),
        NULL, &problem));
    assert_int_equal(problem.len, 0);
}

static void an_update_alone_is_only_checked_for_support(void **state)
{
    (void)state;
    const struct json *update = parse("{\"Prefix\":\"!{timestamp:yyyy}/\"}");
    assert_true(destination_check_support(update, &problem));
    assert_false(destination_check(update, NULL, &problem));
    assert_false(destination_check_support(
        parse("{\"S3BackupUpdate\":{\"EncryptionConfiguration\":{\"KMSEncryptionConfig\":{}}}}"),
        &problem));
    assert_slice(text_slice(&problem), "Hydrant does not support"
                                       " EncryptionConfiguration.KMSEncryptionConfig yet.");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_one_s3_destination_is_found),
        TEST(none_several_or_another_are_refused),
        TEST(sources_other_than_put_are_refused),
        TEST(what_is_switched_off_is_no_obstacle),
        TEST(an_update_alone_is_only_checked_for_support),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
