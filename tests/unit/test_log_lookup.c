#include "handlers/logs/log_lookup.h"

#include "tests/lib/asserts.h"

static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};

static void the_name_is_read_from_an_arn_with_or_without_its_star(void **state)
{
    (void)state;
    struct slice name;
    assert_ok(log_lookup_arn_name(
        &owner, SLICE("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a"), &name));
    assert_slice(name, "/aws/lambda/a");
    assert_ok(log_lookup_arn_name(
        &owner, SLICE("arn:aws:logs:us-east-1:000000000000:log-group:b:*"), &name));
    assert_slice(name, "b");
}

static void arns_of_others_are_not_found(void **state)
{
    (void)state;
    static const char *const others[] = {
        "arn:aws:logs:eu-west-1:000000000000:log-group:a",
        "arn:aws:logs:us-east-1:111111111111:log-group:a",
        "arn:aws:logs:us-east-1:000000000000:destination:a",
        "arn:aws:logs:us-east-1:000000000000:log-group:",
        "arn:aws:logs:us-east-1:000000000000:log-group:a:log-stream:b",
        "arn:aws:s3:::bucket",
    };
    struct slice name = SLICE("unchanged");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (log_lookup_arn_name(&owner, slice_of(others[i]), &name) != STATUS_NOT_FOUND)
            fail_msg("%s was taken", others[i]);
    assert_slice(name, "unchanged");
}

static void other_texts_are_no_arns(void **state)
{
    (void)state;
    struct slice name = SLICE("unchanged");
    assert_status(log_lookup_arn_name(&owner, SLICE(""), &name), STATUS_INVALID);
    assert_status(log_lookup_arn_name(&owner, SLICE("group"), &name), STATUS_INVALID);
    assert_status(log_lookup_arn_name(&owner, SLICE("arn:aws:logs"), &name), STATUS_INVALID);
    assert_slice(name, "unchanged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_is_read_from_an_arn_with_or_without_its_star),
        cmocka_unit_test(arns_of_others_are_not_found),
        cmocka_unit_test(other_texts_are_no_arns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
