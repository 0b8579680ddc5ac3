#include "emulator/http/request.h"
#include "emulator/http/request_source.h"
#include "tests/lib/asserts.h"

static const char *const names[] = {"hydrant.example.test", ".dev.example.test"};
static const struct allowed_hosts allowed = {names, 2};
static const struct allowed_hosts nothing = {NULL, 0};

static bool is_trusted(const char *host)
{
    return request_host_is_trusted(slice_of(host), &allowed);
}

static void test_addresses_single_names_and_local_names_are_this_machines(void **state)
{
    static const char *const hosts[] = {
        "",
        "127.0.0.1",
        "127.0.0.1:4566",
        "192.168.1.7:4566",
        "[::1]",
        "[::1]:4566",
        "localhost:4566",
        "LocalHost",
        "hydrant:4566",
        "bucket.localhost",
        "bucket.s3.localhost:4566",
        "localhost.localstack.cloud:4566",
        "bucket.s3.localhost.localstack.cloud",
        "Bucket.S3.Localhost.LocalStack.Cloud:4566",
        "firehose.us-east-1.amazonaws.com",
        "localhost.",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        assert_true(is_trusted(hosts[i]));
}

static void test_names_of_the_internet_are_not(void **state)
{
    static const char *const hosts[] = {
        "evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:4566",
        "notlocalhost.localstack.cloud",
        "evillocalhost.localstack.cloud",
        "amazonaws.com.evil.example",
        "evilamazonaws.com",
        "1.2.3",
        "example.test",
        ":4566",
        "[",
        "[evil.example]:80",
        ".",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        assert_false(is_trusted(hosts[i]));
}

static void test_names_the_user_allows_are(void **state)
{
    (void)state;
    assert_true(is_trusted("hydrant.example.test:4566"));
    assert_true(is_trusted("a.b.dev.example.test"));
    assert_false(is_trusted("dev.example.test"));
    assert_false(is_trusted("x.hydrant.example.test"));
    assert_false(request_host_is_trusted(SLICE("hydrant.example.test"), &nothing));
}

static bool page_is_trusted(const char *name, const char *value)
{
    struct http_header header = {slice_of(name), slice_of(value)};
    struct http_request request = {.headers = &header, .header_count = 1};
    return request_page_is_trusted(&request, &allowed);
}

static void test_a_page_is_as_good_as_its_host(void **state)
{
    (void)state;
    assert_true(page_is_trusted("Origin", "http://localhost:3000"));
    assert_true(page_is_trusted("origin", "http://127.0.0.1"));
    assert_true(page_is_trusted("Origin", "https://app.dev.example.test"));
    assert_false(page_is_trusted("Origin", "https://evil.example"));
    assert_false(page_is_trusted("Origin", "null"));
    assert_false(page_is_trusted("Origin", ""));
    assert_false(page_is_trusted("Origin", "http://"));
    assert_false(page_is_trusted("Origin", "file://"));
}

static void test_without_an_origin_the_browser_says_whether_it_is_of_another_site(void **state)
{
    (void)state;
    assert_false(page_is_trusted("Sec-Fetch-Site", "cross-site"));
    assert_true(page_is_trusted("Sec-Fetch-Site", "same-origin"));
    assert_true(page_is_trusted("Sec-Fetch-Site", "none"));
    assert_true(page_is_trusted("Accept", "*/*"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_single_names_and_local_names_are_this_machines),
        cmocka_unit_test(test_names_of_the_internet_are_not),
        cmocka_unit_test(test_names_the_user_allows_are),
        cmocka_unit_test(test_a_page_is_as_good_as_its_host),
        cmocka_unit_test(test_without_an_origin_the_browser_says_whether_it_is_of_another_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
