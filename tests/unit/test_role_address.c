#include "handlers/sts/role_address.h"

#include "tests/lib/asserts.h"

static void a_roles_arn_has_account_path_and_name(void **state)
{
    struct role_address address;
    (void)state;
    assert_true(role_address_parse(SLICE("arn:aws:iam::123456789012:role/r"), &address));
    assert_slice(address.account, "123456789012");
    assert_slice(address.path, "/");
    assert_slice(address.name, "r");
    assert_true(role_address_parse(SLICE("arn:aws:iam::1:role/a/b/r"), &address));
    assert_slice(address.path, "/a/b/");
    assert_slice(address.name, "r");
}

static void other_arns_are_no_roles(void **state)
{
    static const char *const others[] = {
        "arn:aws:iam::1:user/r",
        "arn:aws:iam::1:role/",
        "arn:aws:iam::1:role/a/",
        "arn:aws:iam:::role/r",
        "arn:aws:iam::1:role",
        "arn:aws:sts::1:role/r",
        "arn:aws:iam:us-east-1:1:role/r",
        "role/r",
        "",
    };
    struct role_address address;
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (role_address_parse(slice_of(others[i]), &address))
            fail_msg("%s is no role", others[i]);
}

static void an_arn_has_six_parts_of_which_two_may_be_empty(void **state)
{
    static const char *const broken[] = {
        "",
        "nothing-valid-in-here",
        "arn",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
        "xrn:a:b:c:d:e",
    };
    (void)state;
    assert_true(role_address_is_arn(SLICE("arn:a:b:::c")));
    assert_true(role_address_is_arn(SLICE("arn:aws:iam::1:role/r")));
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        if (role_address_is_arn(slice_of(broken[i])))
            fail_msg("%s is no ARN", broken[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roles_arn_has_account_path_and_name),
        cmocka_unit_test(other_arns_are_no_roles),
        cmocka_unit_test(an_arn_has_six_parts_of_which_two_may_be_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
