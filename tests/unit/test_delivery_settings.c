#include "emulator/base/arena.h"
#include "emulator/delivery/delivery_settings.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct delivery_settings read(const char *configuration)
{
    struct delivery_settings settings;
    assert_ok(delivery_settings_read(slice_of(configuration), &arena, &settings));
    return settings;
}

static void an_http_endpoint_has_a_target_of_its_own(void **state)
{
    (void)state;
    struct delivery_settings s =
        read("{\"EndpointConfiguration\":{\"Url\":\"https://h/p\",\"AccessKey\":\"k\"},"
             "\"BufferingHints\":{\"SizeInMBs\":2,\"IntervalInSeconds\":0},"
             "\"RequestConfiguration\":{\"ContentEncoding\":\"GZIP\",\"CommonAttributes\":["
             "{\"AttributeName\":\"a\\\"\",\"AttributeValue\":\"\"},"
             "{\"AttributeName\":\"b\",\"AttributeValue\":\"c\"}]},"
             "\"RetryOptions\":{\"DurationInSeconds\":7},\"S3BackupMode\":\"AllData\","
             "\"S3DestinationDescription\":{\"BucketARN\":\"arn:aws:s3:::b\",\"Prefix\":\"p/\"}}");
    assert_true(s.has_endpoint);
    assert_slice(s.endpoint.target.bucket_arn, "https://h/p");
    assert_int_equal(s.endpoint.target.size_bytes, 2 * 1024 * 1024);
    assert_int_equal(s.endpoint.target.interval_ms, 0);
    assert_slice(s.endpoint.access_key, "k");
    assert_slice(s.endpoint.attributes, "{\"commonAttributes\":{\"a\\\"\":\"\",\"b\":\"c\"}}");
    assert_true(s.endpoint.is_gzip);
    assert_int_equal(s.endpoint.retry_ms, 7000);
    assert_true(s.has_backup);
    assert_slice(s.backup.bucket, "b");
    assert_slice(s.destination.bucket, "b");
    assert_slice(s.destination.prefix, "p/");
    assert_int_equal(s.destination.interval_ms, 300000);
}

static void an_http_endpoint_has_defaults(void **state)
{
    (void)state;
    struct delivery_settings s =
        read("{\"EndpointConfiguration\":{\"Url\":\"https://h\"},"
             "\"S3DestinationDescription\":{\"BucketARN\":\"arn:aws:s3:::b\"}}");
    assert_int_equal(s.endpoint.target.size_bytes, 5 * 1024 * 1024);
    assert_int_equal(s.endpoint.target.interval_ms, 300000);
    assert_int_equal(s.endpoint.retry_ms, 300000);
    assert_int_equal(s.endpoint.attributes.len, 0);
    assert_false(s.endpoint.is_gzip);
    assert_false(s.has_backup);
}

static void the_least_there_can_be_gives_the_defaults(void **state)
{
    (void)state;
    struct delivery_settings s = read("{\"BucketARN\":\"arn:aws:s3:::my.bucket\"}");
    assert_slice(s.destination.bucket, "my.bucket");
    assert_slice(s.destination.bucket_arn, "arn:aws:s3:::my.bucket");
    assert_int_equal(s.destination.size_bytes, 5 * 1024 * 1024);
    assert_int_equal(s.destination.interval_ms, 300000);
    assert_int_equal(s.destination.compression, COMPRESSION_NONE);
    assert_int_equal(s.destination.extension.len, 0);
    assert_false(s.destination.is_logging);
    assert_false(s.has_lambda);
}

static void a_lambda_processor_is_read_with_its_hints(void **state)
{
    (void)state;
    struct delivery_settings s =
        read("{\"BucketARN\":\"arn:aws:s3:::b\",\"ProcessingConfiguration\":{\"Enabled\":true,"
             "\"Processors\":[{\"Type\":\"Lambda\",\"Parameters\":["
             "{\"ParameterName\":\"LambdaArn\",\"ParameterValue\":\"arn:f\"},"
             "{\"ParameterName\":\"NumberOfRetries\",\"ParameterValue\":\"0\"},"
             "{\"ParameterName\":\"BufferSizeInMBs\",\"ParameterValue\":\"0.25\"},"
             "{\"ParameterName\":\"BufferIntervalInSeconds\",\"ParameterValue\":\"900\"}]}]}}");
    assert_true(s.has_lambda);
    assert_slice(s.lambda_arn, "arn:f");
    assert_int_equal(s.lambda_retries, 0);
    assert_int_equal(s.lambda_size_bytes, 256 * 1024);
    assert_int_equal(s.lambda_interval_ms, 900000);
}

static void a_switched_off_processor_is_not_used(void **state)
{
    (void)state;
    struct delivery_settings s =
        read("{\"BucketARN\":\"arn:aws:s3:::b\",\"ProcessingConfiguration\":{\"Enabled\":false,"
             "\"Processors\":[{\"Type\":\"Lambda\",\"Parameters\":[{\"ParameterName\":"
             "\"LambdaArn\",\"ParameterValue\":\"arn:f\"}]}]}}");
    assert_false(s.has_lambda);
}

static void odd_numbers_fall_back_to_the_defaults(void **state)
{
    (void)state;
    struct delivery_settings s =
        read("{\"BucketARN\":\"arn:aws:s3:::b\",\"ProcessingConfiguration\":{\"Enabled\":true,"
             "\"Processors\":[{\"Type\":\"Lambda\",\"Parameters\":["
             "{\"ParameterName\":\"LambdaArn\",\"ParameterValue\":\"arn:f\"},"
             "{\"ParameterName\":\"NumberOfRetries\",\"ParameterValue\":\"many\"},"
             "{\"ParameterName\":\"BufferSizeInMBs\",\"ParameterValue\":\"-1\"},"
             "{\"ParameterName\":\"BufferIntervalInSeconds\",\"ParameterValue\":\"1e99\"}]}]}}");
    assert_int_equal(s.lambda_retries, 3);
    assert_int_equal(s.lambda_size_bytes, 1024 * 1024);
    assert_int_equal(s.lambda_interval_ms, 60000);
}

static void an_extension_replaces_that_of_the_compression(void **state)
{
    (void)state;
    assert_slice(read("{\"BucketARN\":\"b\",\"CompressionFormat\":\"GZIP\"}").destination.extension,
                 ".gz");
    assert_slice(read("{\"BucketARN\":\"b\",\"CompressionFormat\":\"GZIP\","
                      "\"FileExtension\":\".custom.log\"}")
                     .destination.extension,
                 ".custom.log");
}

static void no_bucket_is_invalid(void **state)
{
    (void)state;
    struct delivery_settings s;
    assert_status(delivery_settings_read(SLICE("{}"), &arena, &s), STATUS_INVALID);
    assert_status(delivery_settings_read(SLICE("{"), &arena, &s), STATUS_INVALID);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_least_there_can_be_gives_the_defaults),
        TEST(a_lambda_processor_is_read_with_its_hints),
        TEST(a_switched_off_processor_is_not_used),
        TEST(odd_numbers_fall_back_to_the_defaults),
        TEST(an_extension_replaces_that_of_the_compression),
        TEST(no_bucket_is_invalid),
        TEST(an_http_endpoint_has_a_target_of_its_own),
        TEST(an_http_endpoint_has_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
