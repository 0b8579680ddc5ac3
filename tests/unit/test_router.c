#include "emulator/http/request.h"
#include "emulator/http/router.h"
#include "emulator/http/service.h"
#include "tests/lib/asserts.h"

static bool is_a_function(const struct http_request *request)
{
    return slice_starts_with(request->path, SLICE("/2015-03-31/functions"));
}

static bool is_anything(const struct http_request *request)
{
    (void)request;
    return true;
}

static const struct service dynamodb = {.name = "dynamodb", .target_prefix = "DynamoDB_20120810"};
static const struct service streams = {.name = "dynamodbstreams",
                                       .target_prefix = "DynamoDBStreams_20120810"};
static const struct service lambda = {.name = "lambda", .matches = is_a_function};
static const struct service s3 = {.name = "s3", .matches = is_anything};
static const struct service *const services[] = {&dynamodb, &streams, &lambda, &s3};
static const struct router router = {services, 4};

static const struct service *find(const char *path, const char *target, const char *scope)
{
    struct http_header header = {SLICE_INIT("X-Amz-Target"), slice_of(target)};
    struct http_request request = {
        .path = slice_of(path), .headers = &header, .header_count = target != NULL ? 1 : 0};
    return router_find(&router, &request, slice_of(scope));
}

static void the_credential_scope_decides_without_a_target(void **state)
{
    (void)state;
    assert_ptr_equal(find("/2015-03-31/functions", NULL, "s3"), &s3);
    assert_ptr_equal(find("/", NULL, "dynamodb"), &dynamodb);
}

static void a_scope_that_names_a_missing_service_finds_nothing(void **state)
{
    (void)state;
    assert_null(find("/", NULL, "ec2"));
    assert_null(find("/2015-03-31/functions", NULL, "S3"));
}

static void a_target_may_name_a_sibling_that_signs_with_the_same_name(void **state)
{
    (void)state;
    assert_ptr_equal(find("/", "DynamoDBStreams_20120810.ListStreams", "dynamodb"), &streams);
    assert_ptr_equal(find("/", "DynamoDB_20120810.PutItem", "dynamodb"), &dynamodb);
}

static void a_target_decides_without_credentials(void **state)
{
    (void)state;
    assert_ptr_equal(find("/", "DynamoDB_20120810.PutItem", NULL), &dynamodb);
    assert_ptr_equal(find("/", "DynamoDB_20120810", NULL), &dynamodb);
}

static void an_unknown_target_goes_to_the_scope_and_without_one_to_nobody(void **state)
{
    (void)state;
    assert_ptr_equal(find("/", "DynamoDB_20991231.PutItem", "dynamodb"), &dynamodb);
    assert_null(find("/", "DynamoDB_20991231.PutItem", NULL));
    assert_null(find("/", "Kinesis_20131202.PutRecord", "kinesis"));
}

static void path_and_host_decide_last_in_the_order_of_the_services(void **state)
{
    (void)state;
    assert_ptr_equal(find("/2015-03-31/functions/f", NULL, NULL), &lambda);
    assert_ptr_equal(find("/bucket/key", NULL, NULL), &s3);
}

static void a_service_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_ptr_equal(router_service(&router, SLICE("dynamodbstreams")), &streams);
    assert_null(router_service(&router, SLICE("dynamo")));
    assert_null(router_service(&router, SLICE("")));
}

static void an_operation_is_found_by_its_exact_name(void **state)
{
    (void)state;
    static const struct operation operations[] = {{"PutRecord", NULL}, {"PutRecordBatch", NULL}};
    static const struct service firehose = {.operations = operations, .operation_count = 2};
    assert_ptr_equal(service_operation(&firehose, SLICE("PutRecordBatch")), &operations[1]);
    assert_ptr_equal(service_operation(&firehose, SLICE("PutRecord")), &operations[0]);
    assert_null(service_operation(&firehose, SLICE("putrecord")));
    assert_null(service_operation(&firehose, SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_credential_scope_decides_without_a_target),
        cmocka_unit_test(a_scope_that_names_a_missing_service_finds_nothing),
        cmocka_unit_test(a_target_may_name_a_sibling_that_signs_with_the_same_name),
        cmocka_unit_test(a_target_decides_without_credentials),
        cmocka_unit_test(an_unknown_target_goes_to_the_scope_and_without_one_to_nobody),
        cmocka_unit_test(path_and_host_decide_last_in_the_order_of_the_services),
        cmocka_unit_test(a_service_is_found_by_its_whole_name),
        cmocka_unit_test(an_operation_is_found_by_its_exact_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
