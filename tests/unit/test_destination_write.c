#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/firehose/destination_write.h"
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

static const struct json *parse(const char *text)
{
    const struct json *value = NULL;
    if (text != NULL)
        assert_ok(json_parse(slice_of(text), &arena, &value));
    return value;
}

static const char *written(const char *given, const char *before)
{
    struct text out;
    text_init_in(&out, &arena, 65536);
    destination_write(&out, parse(given), parse(before));
    assert_ok(out.status);
    return out.ptr;
}

#define LEAST                                                                     \
    "{\"RoleARN\":\"r\",\"BucketARN\":\"b\",\"BufferingHints\":{\"SizeInMBs\":5," \
    "\"IntervalInSeconds\":300},\"CompressionFormat\":\"UNCOMPRESSED\","          \
    "\"EncryptionConfiguration\":{\"NoEncryptionConfig\":\"NoEncryption\"},"      \
    "\"CloudWatchLoggingOptions\":{\"Enabled\":false},\"S3BackupMode\":\"Disabled\"}"

static void defaults_are_filled_in(void **state)
{
    (void)state;
    assert_string_equal(written("{\"RoleARN\":\"r\",\"BucketARN\":\"b\"}", NULL), LEAST);
}

static void what_was_written_reads_as_itself(void **state)
{
    (void)state;
    assert_string_equal(written("{}", LEAST), LEAST);
    assert_string_equal(written(LEAST, NULL), LEAST);
}

static void processors_get_their_default_parameters(void **state)
{
    (void)state;
    const char *text =
        written("{\"RoleARN\":\"r\",\"BucketARN\":\"b\",\"ProcessingConfiguration\":{\"Enabled\":"
                "true,\"Processors\":[{\"Type\":\"Lambda\",\"Parameters\":[{\"ParameterName\":"
                "\"LambdaArn\",\"ParameterValue\":\"f\"},{\"ParameterName\":\"NumberOfRetries\","
                "\"ParameterValue\":\"0\"}]}]}}",
                NULL);
    struct slice processing = slice_of(text);
    processing =
        slice_from(processing, slice_search(processing, SLICE("\"ProcessingConfiguration\"")));
    assert_slice(
        slice_first(processing, slice_search(processing, SLICE(",\"S3BackupMode\""))),
        "\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":\"Lambda\","
        "\"Parameters\":[{\"ParameterName\":\"LambdaArn\",\"ParameterValue\":\"f\"},"
        "{\"ParameterName\":\"NumberOfRetries\",\"ParameterValue\":\"0\"},"
        "{\"ParameterName\":\"RoleArn\",\"ParameterValue\":\"r\"},"
        "{\"ParameterName\":\"BufferSizeInMBs\",\"ParameterValue\":\"1\"},"
        "{\"ParameterName\":\"BufferIntervalInSeconds\",\"ParameterValue\":\"60\"}]}]}");
    assert_string_equal(written("{}", text), text);
}

static void an_update_replaces_members_as_a_unit(void **state)
{
    (void)state;
    const char *before =
        written("{\"RoleARN\":\"r\",\"BucketARN\":\"b\",\"Prefix\":\"p\",\"BufferingHints\":"
                "{\"SizeInMBs\":7,\"IntervalInSeconds\":70},\"CloudWatchLoggingOptions\":"
                "{\"Enabled\":true,\"LogGroupName\":\"g\",\"LogStreamName\":\"s\"},"
                "\"FileExtension\":\".x\"}",
                NULL);
    const struct json *after =
        parse(written("{\"BufferingHints\":{\"SizeInMBs\":9},\"CloudWatchLoggingOptions\":"
                      "{\"Enabled\":false},\"CompressionFormat\":\"GZIP\"}",
                      before));
    const struct json *hints = json_member(after, "BufferingHints");
    assert_int_equal(json_member_integer(hints, "SizeInMBs", 0), 9);
    assert_int_equal(json_member_integer(hints, "IntervalInSeconds", 0), 300);
    assert_null(json_member(json_member(after, "CloudWatchLoggingOptions"), "LogGroupName"));
    assert_slice(json_member_string(after, "Prefix"), "p");
    assert_slice(json_member_string(after, "FileExtension"), ".x");
    assert_slice(json_member_string(after, "CompressionFormat"), "GZIP");
}

static void the_plain_description_has_the_eight_common_members(void **state)
{
    (void)state;
    struct text out;
    text_init_in(&out, &arena, 65536);
    struct json_writer w = json_writer_make(&out);
    const struct json *description =
        parse(written("{\"RoleARN\":\"r\",\"BucketARN\":\"b\",\"Prefix\":\"p\","
                      "\"ErrorOutputPrefix\":\"e\",\"FileExtension\":\".x\","
                      "\"ProcessingConfiguration\":{\"Enabled\":false}}",
                      NULL));
    destination_write_plain(&w, description);
    assert_string_equal(
        out.ptr,
        "{\"RoleARN\":\"r\",\"BucketARN\":\"b\",\"Prefix\":\"p\",\"ErrorOutputPrefix\":\"e\","
        "\"BufferingHints\":{\"SizeInMBs\":5,\"IntervalInSeconds\":300},\"CompressionFormat\":"
        "\"UNCOMPRESSED\",\"EncryptionConfiguration\":{\"NoEncryptionConfig\":\"NoEncryption\"},"
        "\"CloudWatchLoggingOptions\":{\"Enabled\":false}}");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_filled_in),
        TEST(what_was_written_reads_as_itself),
        TEST(processors_get_their_default_parameters),
        TEST(an_update_replaces_members_as_a_unit),
        TEST(the_plain_description_has_the_eight_common_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
