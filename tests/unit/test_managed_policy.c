#include "handlers/iam/managed_policy.h"

#include <stdio.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "handlers/iam/policy_document.h"
#include "tests/lib/asserts.h"

static void policies_are_sorted_by_arn_and_found(void **state)
{
    const struct managed_policy *policy = NULL;
    char last[256] = "";
    (void)state;
    for (size_t i = 0; (policy = managed_policy_at(i)) != NULL; i++) {
        char arn[256];
        (void)snprintf(arn, sizeof(arn), "%s%s", policy->path, policy->name);
        assert_true(strcmp(last, arn) < 0);
        assert_ptr_equal(managed_policy_find(slice_of(policy->path), slice_of(policy->name)),
                         policy);
        (void)snprintf(last, sizeof(last), "%s", arn);
    }
    assert_null(managed_policy_find(SLICE("/"), SLICE("AWSLambdaBasicExecutionRole")));
    assert_null(managed_policy_find(SLICE("/service-role/"), SLICE("None")));
}

static void their_documents_are_policies(void **state)
{
    const struct managed_policy *policy = NULL;
    struct arena arena;
    (void)state;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    for (size_t i = 0; (policy = managed_policy_at(i)) != NULL; i++) {
        const char *problem = NULL;
        enum status status =
            policy_document_check(slice_of(policy->document), POLICY_MANAGED, &arena, &problem);
        if (status != STATUS_OK)
            fail_msg("%s: %s", policy->name, problem);
        assert_true(policy->version > 0 && policy->created_ms > 0);
        assert_true(policy->created_ms <= policy->updated_ms);
    }
    arena_clear(&arena);
}

static void one_is_as_aws_publishes_it(void **state)
{
    const struct managed_policy *policy =
        managed_policy_find(SLICE("/service-role/"), SLICE("AWSLambdaBasicExecutionRole"));
    (void)state;
    assert_string_equal(policy->document,
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                        "\"Action\":[\"logs:CreateLogGroup\",\"logs:CreateLogStream\","
                        "\"logs:PutLogEvents\"],\"Resource\":\"*\"}]}");
    assert_int_equal(policy->version, 1);
    assert_true(policy->created_ms == INT64_C(1428591823000)); /* 2015-04-09T15:03:43Z */
}

static void an_id_is_always_the_same_for_the_same_arn(void **state)
{
    char first[MANAGED_POLICY_ID_CHARS + 1];
    char again[MANAGED_POLICY_ID_CHARS + 1];
    char other[MANAGED_POLICY_ID_CHARS + 1];
    (void)state;
    managed_policy_id(SLICE("arn:aws:iam::aws:policy/a"), first);
    managed_policy_id(SLICE("arn:aws:iam::aws:policy/a"), again);
    managed_policy_id(SLICE("arn:aws:iam::aws:policy/b"), other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_int_equal(strspn(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), MANAGED_POLICY_ID_CHARS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_sorted_by_arn_and_found),
        cmocka_unit_test(their_documents_are_policies),
        cmocka_unit_test(one_is_as_aws_publishes_it),
        cmocka_unit_test(an_id_is_always_the_same_for_the_same_arn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
