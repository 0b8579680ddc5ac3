#include "shape_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- finding ---------------------------------------------------------------------------- */

static void an_operation_is_found_by_its_exact_name(void **state)
{
    (void)state;
    const struct shape_operation *put = shape_find(SLICE("firehose"), SLICE("PutRecord"));
    assert_string_equal(put->name, "PutRecord");
    assert_string_equal(put->uri, "/");
    assert_null(shape_find(SLICE("firehose"), SLICE("putRecord")));
    assert_null(shape_find(SLICE("firehose"), SLICE("PutRecor")));
    assert_null(shape_find(SLICE("glue"), SLICE("PutRecord")));
    assert_null(shape_find(SLICE(""), SLICE("")));
}

static void a_rest_operation_has_its_method_and_uri(void **state)
{
    (void)state;
    const struct shape_operation *invoke = shape_find(SLICE("lambda"), SLICE("Invoke"));
    assert_string_equal(invoke->method, "POST");
    assert_string_equal(invoke->uri, "/2015-03-31/functions/{FunctionName}/invocations");
    const struct shape_operation *get = shape_find(SLICE("s3"), SLICE("GetObject"));
    assert_string_equal(get->method, "GET");
    assert_string_equal(get->uri, "/{Bucket}/{Key+}");
}

static void every_operation_is_listed_in_order_and_found(void **state)
{
    (void)state;

    static const struct {
        const char *service;
        size_t count;
    } services[] = {{"firehose", 12},   {"dynamodb", 57}, {"kinesis", 39},
                    {"lambda", 85},     {"logs", 113},    {"s3", 111},
                    {"monitoring", 46}, {"iam", 176},     {"sts", 11}};

    for (size_t s = 0; s < sizeof(services) / sizeof(services[0]); s++) {
        struct slice service = slice_of(services[s].service);
        const char *last = "";
        size_t count = 0;
        for (const struct shape_operation *o; (o = shape_operation_at(service, count)); count++) {
            assert_true(strcmp(last, o->name) < 0);
            assert_ptr_equal(shape_find(service, slice_of(o->name)), o);
            last = o->name;
        }
        assert_int_equal(count, services[s].count);
    }
}

/* ---- the rest --------------------------------------------------------------------------- */

static void unknown_members_are_ignored_and_named(void **state)
{
    struct fixture *f = *state;
    accepted(state, "firehose", "CreateDeliveryStream",
             S3(",\"Colour\":{\"a\":1},\"ProcessingConfiguration\":{\"Processors\":["
                "{\"Type\":\"Lambda\"},{\"Type\":\"Lambda\",\"typo\":1}]}"));
    assert_string_equal(
        said(&f->unknown),
        "extendedS3DestinationConfiguration.Colour, extendedS3DestinationConfiguration."
        "processingConfiguration.processors.2.member.typo");
}

static void of_a_name_that_stands_twice_the_first_counts(void **state)
{
    accepted(state, "firehose", "DescribeDeliveryStream",
             "{\"DeliveryStreamName\":\"likes\",\"DeliveryStreamName\":5}");
    refused(state, "firehose", "DescribeDeliveryStream",
            "{\"DeliveryStreamName\":null,\"DeliveryStreamName\":\"likes\"}",
            ONE "Value at 'deliveryStreamName' " FAILED "Member must not be null");
}

static void an_operation_without_input_takes_anything(void **state)
{
    struct fixture *f = *state;
    const struct shape_operation *operation =
        shape_find(SLICE("dynamodb"), SLICE("DescribeLimits"));
    struct shape_input input = {.body = NULL};
    assert_int_equal(shape_check(operation, &input, shape_dialect_of(operation), &f->message),
                     SHAPE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_operation_is_found_by_its_exact_name),
        TEST(a_rest_operation_has_its_method_and_uri),
        TEST(every_operation_is_listed_in_order_and_found),
        TEST(unknown_members_are_ignored_and_named),
        TEST(of_a_name_that_stands_twice_the_first_counts),
        TEST(an_operation_without_input_takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
