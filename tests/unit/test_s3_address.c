#include "handlers/s3/s3_address.h"

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static void assert_address(const char *host, const char *path, const char *bucket, const char *key)
{
    struct s3_address address;
    assert_ok(s3_address_parse(slice_of(host), slice_of(path), &arena, &address));
    assert_slice(address.bucket, bucket);
    assert_slice(address.key, key);
}

static void a_path_names_bucket_and_key(void **state)
{
    (void)state;
    assert_address("127.0.0.1:4566", "/", "", "");
    assert_address("127.0.0.1:4566", "/b", "b", "");
    assert_address("127.0.0.1:4566", "/b/", "b", "");
    assert_address("127.0.0.1:4566", "/b/k", "b", "k");
    assert_address("127.0.0.1:4566", "/b//x", "b", "/x");
    assert_address("127.0.0.1:4566", "/b/../x/./", "b", "../x/./");
    assert_address("127.0.0.1:4566", "/b/a%2Fb+c%20d%25", "b", "a/b+c d%");
}

static void a_host_can_name_the_bucket(void **state)
{
    (void)state;
    assert_address("b.s3.amazonaws.com", "/k", "b", "k");
    assert_address("b.s3.eu-west-1.amazonaws.com", "/k", "b", "k");
    assert_address("my.dotted.bucket.s3.amazonaws.com", "/", "my.dotted.bucket", "");
    assert_address("b.localhost:4566", "/k", "b", "k");
    assert_address("b.LOCALHOST", "/k", "b", "k");
    assert_address("b.s3.localhost:4566", "/k", "b", "k");
    assert_address("b.s3.us-east-1.localhost", "/k", "b", "k");
    assert_address("b.s3.localhost.localstack.cloud:4566", "//k", "b", "/k");
}

static void plain_hosts_name_none(void **state)
{
    (void)state;
    static const char *const hosts[] = {"",
                                        "localhost",
                                        "localhost:4566",
                                        "10.0.0.1",
                                        "aws.private:4566",
                                        "hydrant",
                                        "s3.amazonaws.com",
                                        "s3.us-east-1.amazonaws.com",
                                        "s3.localhost",
                                        "s3.us-east-1.localhost",
                                        "123456789012.localhost",
                                        "localhost.localstack.cloud",
                                        "s3.localhost.localstack.cloud",
                                        "firehose.us-east-1.amazonaws.com"};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        assert_address(hosts[i], "/b/k", "b", "k");
}

static void a_key_is_text(void **state)
{
    (void)state;
    struct s3_address address;
    static const char *const paths[] = {"/b/a%00b", "/b/%FF", "/b/%C0%80", "", "b/k", "//k"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_status(s3_address_parse(slice_of("h"), slice_of(paths[i]), &arena, &address),
                      STATUS_INVALID);
}

static void bucket_names_follow_the_rules(void **state)
{
    (void)state;
    static const char *const good[] = {"abc", "a.b-c", "123", "my.bucket.name", "a--b", "1.2.3"};
    static const char *const bad[] = {"",         "ab",      "Abc",        "a_b",       "-abc",
                                      "abc-",     ".abc",    "a..b",       "a.-b",      "a-.b",
                                      "10.0.0.1", "xn--abc", "sthree-a1",  "a-s3alias", "a--ol-s3",
                                      "a.mrap",   "a--x-s3", "a--table-s3"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(s3_address_is_bucket_name(slice_of(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(s3_address_is_bucket_name(slice_of(bad[i])));
    char name[64];
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = 'a';
    assert_true(s3_address_is_bucket_name(slice_make(name, 63)));
    assert_false(s3_address_is_bucket_name(slice_make(name, 64)));
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_names_bucket_and_key),
        cmocka_unit_test(a_host_can_name_the_bucket),
        cmocka_unit_test(plain_hosts_name_none),
        cmocka_unit_test(a_key_is_text),
        cmocka_unit_test(bucket_names_follow_the_rules),
    };
    arena_init(&arena, (size_t)1024 * 1024);
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
