/*
 * Policies and what AWS says of them. The cases of "grants" were recorded on AWS with CreatePolicy.
 */
#include "handlers/iam/policy_document.h"

#include <stdio.h>

#include "emulator/base/arena.h"
#include "handlers/iam/policy_condition.h"
#include "tests/lib/asserts.h"

#define SYNTAX "Syntax errors in policy."
#define VERSION "Policy document must be version 2012-10-17 or greater."
#define LEGACY "The policy failed legacy parsing"
#define RESOURCES "Policy statement must contain resources."
#define ACTIONS "Policy statement must contain actions."
#define VENDOR "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
#define COLON "Actions/Condition can contain only one colon."

#define DOCUMENT(statement) "{\"Version\":\"2012-10-17\",\"Statement\":" statement "}"
#define ALLOW(members) DOCUMENT("{\"Effect\":\"Allow\"," members "}")
#define LIST "\"Action\":\"s3:ListBucket\""
#define ON "\"Resource\":\"arn:aws:s3:::example_bucket\""
#define RESOURCE(arn) ALLOW(LIST ",\"Resource\":\"" arn "\"")
#define CONDITION(condition) ALLOW(LIST "," ON ",\"Condition\":" condition)

struct judged {
    const char *document;
    const char *problem; /* NULL: it is right */
};

static const char *judge(const char *document, enum policy_kind kind)
{
    static char said[512];
    struct arena arena;
    arena_init(&arena, 65536);
    const char *problem = NULL;
    enum status status = policy_document_check(slice_of(document), kind, &arena, &problem);
    (void)snprintf(said, sizeof(said), "%s", problem != NULL ? problem : "");
    assert_status(status, problem != NULL ? STATUS_INVALID : STATUS_OK);
    arena_clear(&arena);
    return problem != NULL ? said : NULL;
}

static void assert_judged(const struct judged *cases, size_t count, enum policy_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        const char *problem = judge(cases[i].document, kind);
        if (problem == NULL && cases[i].problem == NULL)
            continue;
        if (problem == NULL || cases[i].problem == NULL)
            fail_msg("%s: %s", cases[i].document, problem != NULL ? problem : "was taken");
        assert_string_equal(problem, cases[i].problem);
    }
}

#define ASSERT_JUDGED(cases, kind) assert_judged(cases, sizeof(cases) / sizeof((cases)[0]), kind)

static void the_shape_of_a_policy_is_looked_at_first(void **state)
{
    static const struct judged cases[] = {
        {"This is not a json document", SYNTAX},
        {"[]", SYNTAX},
        {"{\"Version\":\"2013-10-17\",\"Statement\":{\"Effect\":\"Allow\"," LIST "," ON "}}",
         SYNTAX},
        {"{\"Version\":\"2012-10-17\"}", SYNTAX},
        {DOCUMENT("[\"afd\"]"), SYNTAX},
        {DOCUMENT("{\"Effect\":\"Allow\"," LIST "," ON "},\"Extra field\":\"value\""), SYNTAX},
        {ALLOW(LIST "," ON ",\"Extra field\":\"value\""), SYNTAX},
        {DOCUMENT("{\"Effect\":\"Allow\"," LIST "," ON "},\"Id\":[\"cd3a\"]"), SYNTAX},
        {DOCUMENT("{\"Effect\":\"Allow\"," LIST "," ON "},\"Id\":{}"), SYNTAX},
        {DOCUMENT("{\"Effect\":\"invalid\"," LIST "," ON "}"), SYNTAX},
        {DOCUMENT("[]"), SYNTAX},
        {DOCUMENT("{" LIST "," ON "}"), SYNTAX},
        {ALLOW(LIST ",\"Resource\":{\"a\":\"arn:aws:s3:::example_bucket\"}"), SYNTAX},
        {ALLOW(LIST ",\"Resource\":[\"adfdf\",{}]"), SYNTAX},
        {ALLOW(LIST "," ON ",\"NotResource\":[]"), SYNTAX},
        {ALLOW("\"Action\":[[]]," ON), SYNTAX},
        {ALLOW("\"NotAction\":\"s3s:ListBucket\",\"Action\":[]," ON), SYNTAX},
        {ALLOW("\"Action\":{}," ON), SYNTAX},
        {CONDITION("[]"), SYNTAX},
        {CONDITION("\"a\""), SYNTAX},
        {CONDITION("{\"a\":\"b\"}"), SYNTAX},
        {CONDITION("{\"DateGreaterThan\":\"b\"}"), SYNTAX},
        {CONDITION("{\"DateGreaterThan\":[]}"), SYNTAX},
        {CONDITION("{\"DateGreaterThan\":{\"a\":{}}}"), SYNTAX},
        {ALLOW(ON ",\"Condition\":{\"DateGreaterThan\":{\"a\":{}}}"), SYNTAX},
        {CONDITION("{\"x\":{\"a\":\"1\"}}"), SYNTAX},
        {CONDITION("{\"ForAnyValue::StringEqualsIfExists\":{\"a\":\"asf\"}}"), SYNTAX},
        {CONDITION("[{\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"Department\"}}]"), SYNTAX},
        {ALLOW("\"Sid\":{}," LIST "," ON), SYNTAX},
        {ALLOW("\"Sid\":[]," LIST "," ON), SYNTAX},
        {ALLOW("\"NotAction\":\"s3:ListBucket\",\"Action\":\"iam:dsf\"," ON), SYNTAX},
        {ALLOW(LIST "," ON ",\"NotResource\":\"*\""), SYNTAX},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void managed_policies_are_of_the_current_version(void **state)
{
    static const struct judged cases[] = {
        {"{\"Statement\":{\"Effect\":\"Allow\"," LIST "," ON "}}", VERSION},
        {"{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\"," LIST "," ON "}}",
         VERSION},
        {"{\"Statement\":[{\"Sid\":\"sdf\",\"Effect\":\"Allow\"," LIST "," ON
         "},{\"Sid\":\"sdf\",\"Effect\":\"Allow\"}]}",
         VERSION},
        {"{\"Statement\":{\"Effect\":\"Allow\"," LIST "," ON
         ",\"Condition\":{\"DateGreaterThan\":{\"a\":\"sdfdsf\"}}}}",
         VERSION},
        {"{\"Statement\":{\"Effect\":\"denY\"," LIST "," ON "}}", VERSION},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
    assert_null(judge(cases[0].document, POLICY_INLINE));
    assert_null(judge(cases[1].document, POLICY_INLINE));
}

static void actions_have_a_vendor_and_one_colon(void **state)
{
    static const struct judged cases[] = {
        {ALLOW("\"Action\":\"invalid\"," ON), VENDOR},
        {ALLOW("\"NotAction\":\"\"," ON), VENDOR},
        {ALLOW("\"Action\":\"a a:ListBucket\"," ON), "Vendor a a is not valid"},
        {ALLOW("\"Action\":\"s3:List:Bucket\"," ON), COLON},
        {DOCUMENT("[{\"Effect\":\"Allow\",\"Action\":\"s3s:ListBucket\"," ON
                  "},{\"Effect\":\"Allow\",\"Action\":\"s:3s:ListBucket\"," ON "}]"),
         COLON},
        {ALLOW("\"Action\":\"*:a:b\"," ON), COLON},
        {ALLOW("\"Action\":\"invalid\""), RESOURCES},
        {ALLOW(ON), ACTIONS},
        {DOCUMENT("{\"Effect\":\"Allow\"}"), ACTIONS},
        {ALLOW("\"Action\":[]," ON), ACTIONS},
        {DOCUMENT("[{\"Effect\":\"Deny\"},{\"Effect\":\"Allow\"," LIST "," ON "}]"), ACTIONS},
        {ALLOW("\"Action\":\"iam: asdf safdsf af \"," ON), NULL},
        {ALLOW("\"Action\":\"*\"," ON), NULL},
        {ALLOW("\"Action\":\"service-prefix:action-name\",\"Resource\":\"*\""), NULL},
        {ALLOW("\"Action\":\"s3-s:ListBucket\"," ON), NULL},
        {ALLOW("\"Action\":\"s3.s:ListBucket\"," ON), NULL},
        {ALLOW("\"NotAction\":\"s3:ListBucket\",\"NotResource\":\"*\""), NULL},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void resources_are_arns(void **state)
{
    static const struct judged cases[] = {
        {RESOURCE("invalid resource"), "Resource invalid resource must be in ARN format or \"*\"."},
        {RESOURCE(""), "Resource  must be in ARN format or \"*\"."},
        {ALLOW("\"Action\":\"s:3:ListBucket\",\"Resource\":\"sdfsadf\""),
         "Resource sdfsadf must be in ARN format or \"*\"."},
        {ALLOW(LIST ",\"Resource\":[\"adf\"]"), "Resource adf must be in ARN format or \"*\"."},
        {RESOURCE("a:bsdfdsafsad"),
         "Partition \"bsdfdsafsad\" is not valid for resource \"arn:bsdfdsafsad:*:*:*:*\"."},
        {RESOURCE("a:b:cadfsdf"),
         "Partition \"b\" is not valid for resource \"arn:b:cadfsdf:*:*:*\"."},
        {RESOURCE("a:b:c:d:e:f:g:h"),
         "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\"."},
        {RESOURCE("aws:s3:::example_bucket"),
         "Partition \"s3\" is not valid for resource \"arn:s3:::example_bucket:*\"."},
        {ALLOW(LIST ",\"Resource\":[\"arn:error:s3:::example_bucket\","
                    "\"arn:error:s3::example_bucket\"]"),
         "Partition \"error\" is not valid for resource \"arn:error:s3:::example_bucket\"."},
        {ALLOW(LIST), RESOURCES},
        {ALLOW(LIST ",\"Resource\":[]"), RESOURCES},
        {RESOURCE("arn:aws"),
         "Resource vendor must be fully qualified and cannot contain regexes."},
        {RESOURCE("arn:aws:iam:us-east-1::example_bucket"),
         "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information."},
        {RESOURCE("arn:aws:s3:us-east-1::example_bucket"),
         "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information."},
        {RESOURCE("arn:aws:iam:::example_bucket"),
         "IAM resource path must either be \"*\", root, or start with user/, federated-user/, "
         "role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "
         "saml-provider/, oidc-provider/, report/, access-report/."},
        {ALLOW(LIST ",\"Resource\":[\"arn:aws:s3:::example_bucket\",\"*\"]"), NULL},
        {RESOURCE("arn:aws:iam:::user/example_bucket"), NULL},
        {RESOURCE("arn:aws:iam::123456789012:*"), NULL},
        {RESOURCE("arn:aws:s33:::example_bucket"), NULL},
        {RESOURCE("arn:aws:fdsasf"), NULL},
        {RESOURCE("arn:aws:cloudwatch:us-east-1::example_bucket"), NULL},
        {RESOURCE("arn:aws:s3:us-east-1:123456789012:accesspoint/a"), NULL},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void what_the_old_parser_refuses_comes_before_all_but_shape_and_version(void **state)
{
    static const struct judged cases[] = {
        {RESOURCE("arn:aws:s3::example_bucket"), LEGACY},
        {ALLOW("\"Resource\":\"arn:aws:s3::example_bucket\""), LEGACY},
        {DOCUMENT("{\"Effect\":\"denY\"," LIST "," ON "}"), LEGACY},
        {CONDITION("{\"DateGreaterThan\":{\"a\":\"sdfdsf\"}}"), LEGACY},
        {ALLOW("\"Condition\":{\"DateGreaterThan\":{\"a\":\"sdfdsf\"}}"), LEGACY},
        {RESOURCE("arn:aws::::example_bucket"), LEGACY},
        {DOCUMENT("{\"Effect\":\"allow\",\"Resource\":\"arn:aws:s3:us-east-1::example_bucket\"}"),
         LEGACY},
        {DOCUMENT("[{\"Sid\":\"sdf\",\"Effect\":\"aLLow\"," LIST "," ON
                  "},{\"Sid\":\"sdf\",\"Effect\":\"Allow\"}]"),
         LEGACY},
        {ALLOW(LIST ",\"NotResource\":\"arn:aws:s3::example_bucket\""), LEGACY},
        {CONDITION("{\"DateLessThanEquals\":{\"a\":\"234-13\"}}"), LEGACY},
        {CONDITION("{\"DateLessThan\":{\"a\":\"9223372036854775808\"}}"), LEGACY},
        {ALLOW(LIST ",\"Resource\":\"arn:error:s3:::example_bucket\",\"Condition\":"
                    "{\"DateGreaterThan\":{\"a\":\"sdfdsf\"}}"),
         LEGACY},
        {RESOURCE("arn:aws::fdsasf"), LEGACY},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void sids_are_unique_letters_and_digits(void **state)
{
    static const struct judged cases[] = {
        {DOCUMENT("[{\"Sid\":\"sdf\",\"Effect\":\"Allow\"," LIST "," ON
                  "},{\"Sid\":\"sdf\",\"Effect\":\"Allow\"}]"),
         "Statement IDs (SID) in a single policy must be unique."},
        {ALLOW("\"Sid\":\"a b\"," LIST "," ON),
         "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
         "expression [0-9A-Za-z]*"},
        {DOCUMENT("[{\"Sid\":\"sdf\",\"Effect\":\"Allow\"," LIST "," ON
                  "},{\"Effect\":\"Allow\"," LIST "," ON "}]"),
         NULL},
        {ALLOW("\"Sid\":\"dsfsdfsdfsdfsdfsadfsd\"," LIST "," ON), NULL},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void conditions_are_operators_over_keys(void **state)
{
    static const struct judged cases[] = {
        {CONDITION("{}"), NULL},
        {CONDITION("{\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"Department\"}}"), NULL},
        {CONDITION("{\"DateGreaterThan\":{\"aws:CurrentTime\":\"2017-07-01T00:00:00Z\"},"
                   "\"DateLessThan\":{\"aws:CurrentTime\":\"2017-12-31T23:59:59Z\"}}"),
         NULL},
        {CONDITION("{\"DateGreaterThan\":{}}"), NULL},
        {CONDITION("{\"DateGreaterThan\":{\"a\":[]}}"), NULL},
        {CONDITION("{\"x\":{},\"y\":{}}"), NULL},
        {CONDITION("{\"StringEqualsIfExists\":{\"a\":\"asf\"}}"), NULL},
        {CONDITION("{\"ForAnyValue:StringEqualsIfExists\":{\"a\":[\"asf\",\"b\"]}}"), NULL},
        {CONDITION("{\"Bool\":{\"aws:SecureTransport\":false}}"), NULL},
        {CONDITION("{\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":3600}}"), NULL},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

static void dates_are_iso_or_epoch_seconds(void **state)
{
    static const char *const right[] = {"01T",
                                        "2019",
                                        "2019-07",
                                        "2019-07-01T13:20:15Z",
                                        "2019-07-01t13:20",
                                        "2016-12-13t2:00:00.593194+10:59",
                                        "2019-07-01T13:20:15-05:00",
                                        "-292275054-01-01",
                                        "0",
                                        "9223372036854775807"};
    static const char *const wrong[] = {"",
                                        "sdfdsf",
                                        "234-13",
                                        "2016-12-32",
                                        "2016-12-13t24:00",
                                        "2016-12-13t2:60",
                                        "2016-12-13t2:00:00.593194+1",
                                        "2016-12-13t2:00:00.1999999999+10:59",
                                        "2019-07-01T13:20:15Zx",
                                        "9223372036854775808"};
    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        if (!policy_condition_is_date(slice_of(right[i])))
            fail_msg("%s is a date", right[i]);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (policy_condition_is_date(slice_of(wrong[i])))
            fail_msg("%s is no date", wrong[i]);
}

static void only_trust_policies_have_principals(void **state)
{
    static const struct judged cases[] = {
        {ALLOW("\"Principal\":\"*\"," LIST "," ON),
         "Policy document should not specify a principal."},
        {ALLOW("\"NotPrincipal\":{\"AWS\":\"1\"}," LIST "," ON),
         "Policy document should not specify a principal."},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_MANAGED);
}

#define ASSUME "\"Action\":\"sts:AssumeRole\""
#define BY(principal) ALLOW(ASSUME ",\"Principal\":" principal)

static void a_trust_policy_says_who_may_assume(void **state)
{
    static const struct judged cases[] = {
        {"no JSON", "This policy contains invalid Json"},
        {DOCUMENT("{}"), SYNTAX},
        {ALLOW(ASSUME), "Missing required field Principal"},
        {BY("{}"), "Missing required field Principal"},
        {ALLOW("\"Principal\":\"*\""), "Missing required field Action"},
        {ALLOW("\"Action\":\"s3:*\",\"Principal\":\"*\""),
         "AssumeRole policy may only specify STS AssumeRole actions."},
        {ALLOW(ASSUME ",\"Principal\":\"*\",\"Resource\":\"*\""), "Has prohibited field Resource"},
        {BY("{\"AWS\":\"nobody\"}"), "Invalid principal in policy: \"AWS\":\"nobody\""},
        {BY("{\"AWS\":[\"123456789012\",\"arn:aws:s3:::b\"]}"),
         "Invalid principal in policy: \"AWS\":\"arn:aws:s3:::b\""},
        {BY("{\"Service\":\"lambda\"}"), "Invalid principal in policy: \"SERVICE\":\"lambda\""},
        {BY("{\"Service\":[\"lambda.amazonaws.com\",\"firehose.amazonaws.com\"]}"), NULL},
        {BY("{\"AWS\":\"arn:aws:iam::123456789012:root\"}"), NULL},
        {BY("{\"AWS\":\"arn:aws:sts::123456789012:assumed-role/r/s\"}"), NULL},
        {BY("{\"Federated\":\"cognito-identity.amazonaws.com\"}"), NULL},
        {BY("\"*\""), NULL},
        {"{\"Version\":\"2008-10-17\",\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Allow\"," ASSUME
         ",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}]}",
         NULL},
        {ALLOW("\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"],\"Principal\":\"*\","
               "\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"x\"}}"),
         NULL},
    };
    (void)state;
    ASSERT_JUDGED(cases, POLICY_TRUST);
}

static void white_space_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(policy_document_size(SLICE(" { \"a\" :\n\t\"\xc3\xa4 b\" }\r\n")), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shape_of_a_policy_is_looked_at_first),
        cmocka_unit_test(managed_policies_are_of_the_current_version),
        cmocka_unit_test(actions_have_a_vendor_and_one_colon),
        cmocka_unit_test(resources_are_arns),
        cmocka_unit_test(what_the_old_parser_refuses_comes_before_all_but_shape_and_version),
        cmocka_unit_test(sids_are_unique_letters_and_digits),
        cmocka_unit_test(conditions_are_operators_over_keys),
        cmocka_unit_test(dates_are_iso_or_epoch_seconds),
        cmocka_unit_test(only_trust_policies_have_principals),
        cmocka_unit_test(a_trust_policy_says_who_may_assume),
        cmocka_unit_test(white_space_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
