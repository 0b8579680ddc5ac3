#include "shape_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- DynamoDB --------------------------------------------------------------------------- */

#define TABLE "\"TableName\":\"likes\","

static void types_are_told_as_awss_parser_tells_them(void **state)
{
    static const struct {
        const char *member;
        const char *message;
    } cases[] = {
        {"\"ConditionExpression\":true", "TRUE_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":false", "FALSE_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":23", "NUMBER_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":34.56", "DECIMAL_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":[]", "Unrecognized collection type class java.lang.String"},
        {"\"ConditionExpression\":{}", "Start of structure or map found where not expected"},
        {"\"Item\":\"23\"", "Unexpected field type"},
        {"\"Item\":[]", "Unrecognized collection type java.util.Map<java.lang.String, "
                        "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
        {"\"Item\":{\"a\":\"x\"}", "Unexpected value type in payload"},
        {"\"Item\":{\"a\":[]}", "Unrecognized collection type class "
                                "com.amazonaws.dynamodb.v20120810.AttributeValue"},
        {"\"Item\":{\"a\":{\"N\":5}}", "NUMBER_VALUE cannot be converted to String"},
        {"\"Item\":{\"a\":{\"SS\":{}}}", "Start of structure or map found where not expected"},
        {"\"Item\":{\"a\":{\"SS\":\"x\"}}", "Unexpected field type"},
        {"\"Item\":{\"a\":{\"BOOL\":\"23\"}}", "Unexpected token received from parser"},
        {"\"Item\":{\"a\":{\"BOOL\":23}}", "NUMBER_VALUE cannot be converted to Boolean"},
        {"\"Item\":{\"a\":{\"B\":\"23456\"}}",
         "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {"\"Item\":{\"a\":{\"L\":[{\"M\":{\"b\":{\"S\":1}}}]}}",
         "NUMBER_VALUE cannot be converted to String"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char body[256];
        snprintf(body, sizeof(body), "{" TABLE "%s}", cases[i].member);
        unreadable(state, "dynamodb", "PutItem", body, cases[i].message);
    }
}

static void an_integer_is_no_string_and_may_have_a_fraction(void **state)
{
    unreadable(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":\"23\"}",
               "STRING_VALUE cannot be converted to Integer");
    accepted(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":1.9}");
    refused(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":0}",
            ONE "Value '0' at 'limit' " FAILED "Member must have value greater than or equal to 1");
}

static void a_wrong_type_comes_before_every_constraint(void **state)
{
    unreadable(state, "dynamodb", "PutItem", "{\"ReturnValues\":\"x\",\"Item\":5}",
               "Unexpected field type");
}

static void a_body_that_is_no_object_has_no_message(void **state)
{
    unreadable(state, "dynamodb", "PutItem", "[]", "");
    unreadable(state, "dynamodb", "PutItem", "\"x\"", "");
}

static void values_are_echoed_and_null_is_bare(void **state)
{
    refused(state, "dynamodb", "PutItem", "{\"TableName\":\"\"}",
            "2 validation errors detected: Value '' at 'tableName' " FAILED
            "Member must have length greater than or equal to 1; Value null at 'item' " FAILED
            "Member must not be null");
    refused(state, "dynamodb", "PutItem", "{\"Item\":{}}",
            ONE "Value null at 'tableName' " FAILED "Member must not be null");
}

static void enums_stand_in_awss_order(void **state)
{
    refused(
        state, "dynamodb", "PutItem",
        "{" TABLE "\"Item\":{},\"ReturnConsumedCapacity\":\"hi\",\"ReturnValues\":\"hi\","
        "\"ReturnItemCollectionMetrics\":\"hi\"}",
        "3 validation errors detected: Value 'hi' at 'returnValues' " FAILED
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; "
        "Value 'hi' at 'returnConsumedCapacity' " FAILED
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; "
        "Value 'hi' at 'returnItemCollectionMetrics' " FAILED
        "Member must satisfy enum value set: [SIZE, NONE]");
    refused(state, "dynamodb", "Query", "{" TABLE "\"Select\":\"x\"}",
            ONE "Value 'x' at 'select' " FAILED "Member must satisfy enum value set: "
                "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]");
    refused(state, "dynamodb", "Query",
            "{" TABLE "\"KeyConditions\":{\"a\":{\"ComparisonOperator\":\"x\"}}}",
            ONE "Value 'x' at 'keyConditions.a.member.comparisonOperator' " FAILED
                "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, "
                "NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]");
    refused(state, "dynamodb", "CreateTable",
            "{" TABLE
            "\"AttributeDefinitions\":[{\"AttributeName\":\"a\",\"AttributeType\":\"x\"}],"
            "\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"x\"}],\"BillingMode\":\"x\"}",
            "3 validation errors detected: "
            "Value 'x' at 'attributeDefinitions.1.member.attributeType' " FAILED
            "Member must satisfy enum value set: [B, N, S]; "
            "Value 'x' at 'keySchema.1.member.keyType' " FAILED
            "Member must satisfy enum value set: [HASH, RANGE]; "
            "Value 'x' at 'billingMode' " FAILED
            "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]");
}

static void a_new_tables_name_has_three_characters_or_more(void **state)
{
    refused(state, "dynamodb", "CreateTable", "{\"TableName\":\"ab\"}",
            ONE "Value 'ab' at 'tableName' " FAILED
                "Member must have length greater than or equal to 3");
    refused(state, "dynamodb", "CreateTable", "{\"TableName\":\"abc;\"}",
            ONE "Value 'abc;' at 'tableName' " FAILED
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

static void a_table_that_is_not_named_is_asked_for_first(void **state)
{
    refused(state, "dynamodb", "CreateTable", "{\"BillingMode\":\"x\"}",
            "The parameter 'TableName' is required but was not present in the request");
    refused(state, "dynamodb", "DescribeTable", "{}",
            "The parameter 'TableName' is required but was not present in the request");
}

static void only_an_arn_may_be_longer_than_a_table_name(void **state)
{
    char name[400];
    char body[512];
    char message[1024];
    memset(name, 'a', sizeof(name));
    name[256] = 0;
    snprintf(body, sizeof(body), "{\"TableName\":\"%s\",\"Item\":{}}", name);
    snprintf(message, sizeof(message),
             ONE "Value '%s' at 'tableName' " FAILED
                 "Member must have length less than or equal to 255",
             name);
    refused(state, "dynamodb", "PutItem", body, message);
    memcpy(name, "arn:", 4);
    snprintf(body, sizeof(body), "{\"TableName\":\"%s\",\"Item\":{}}", name);
    accepted(state, "dynamodb", "PutItem", body);
}

static void lists_and_maps_are_echoed_as_java_prints_them(void **state)
{
    refused(state, "dynamodb", "TransactWriteItems", "{\"TransactItems\":[]}",
            ONE "Value '[]' at 'transactItems' " FAILED
                "Member must have length greater than or equal to 1");
    refused(state, "dynamodb", "BatchWriteItem", "{\"RequestItems\":{\"likes\":[]}}",
            ONE "Value '{likes=[]}' at 'requestItems' " FAILED
                "Map value must satisfy constraint: [Member must have length less than or equal to "
                "25, Member must have length greater than or equal to 1]");
    refused(state, "dynamodb", "BatchWriteItem",
            "{\"RequestItems\":{\"likes\":[{\"DeleteRequest\":{}}]}}",
            ONE "Value null at 'requestItems.likes.member.1.member.deleteRequest.key' " FAILED
                "Member must not be null");
}

static void what_the_handler_words_otherwise_passes_here(void **state)
{
    accepted(state, "dynamodb", "BatchWriteItem", "{\"RequestItems\":{}}");
    accepted(state, "dynamodb", "BatchGetItem", "{\"RequestItems\":{}}");
    accepted(state, "dynamodb", "Query", "{" TABLE "\"Limit\":0}");
}

static void a_bad_key_of_a_map_is_told_of_the_map(void **state)
{
    struct fixture *f = *state;
    struct slice body = SLICE("{\"RequestItems\":{\"\":[{\"DeleteRequest\":{\"Key\":{}}}]}}");
    assert_int_equal(check(f, "dynamodb", "BatchWriteItem", body), SHAPE_VALIDATION);
    struct slice message = text_slice(&f->message);
    /* Between the two stands a number that means nothing. */
    assert_true(slice_starts_with(
        message, SLICE(ONE "Value '{=[com.amazonaws.dynamodb.v20120810.WriteRequest@")));
    assert_true(slice_ends_with(
        message, SLICE("]}' at 'requestItems' " FAILED
                       "Map keys must satisfy constraint: [Member must have length less than or "
                       "equal to 255, Member must have length greater than or equal to 1]")));
}

static void the_inside_of_a_value_is_the_handlers(void **state)
{
    accepted(state, "dynamodb", "PutItem",
             "{" TABLE "\"Item\":{\"a\":{},\"b\":{\"N\":\"x\"},\"c\":{\"SS\":[]},\"d\":null,"
             "\"e\":{\"L\":[null]},\"f\":{\"S\":\"\",\"N\":\"1\"}}}");
}

static void nesting_to_the_parsers_limit_costs_no_stack(void **state)
{
    struct fixture *f = *state;
    struct text body;
    text_init_in(&body, &f->arena, 65536);
    text_append_text(&body, "{" TABLE "\"Item\":{\"a\":");
    const int levels = 490; /* two JSON levels each */
    for (int i = 0; i < levels; i++)
        text_append_text(&body, "{\"L\":[");
    text_append_text(&body, "{\"S\":5}");
    for (int i = 0; i < levels; i++)
        text_append_text(&body, "]}");
    text_append_text(&body, "}}");
    assert_int_equal(check(f, "dynamodb", "PutItem", text_slice(&body)), SHAPE_SERIALIZATION);
    assert_string_equal(said(&f->message), "NUMBER_VALUE cannot be converted to String");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(types_are_told_as_awss_parser_tells_them),
        TEST(an_integer_is_no_string_and_may_have_a_fraction),
        TEST(a_wrong_type_comes_before_every_constraint),
        TEST(a_body_that_is_no_object_has_no_message),
        TEST(values_are_echoed_and_null_is_bare),
        TEST(enums_stand_in_awss_order),
        TEST(a_new_tables_name_has_three_characters_or_more),
        TEST(a_table_that_is_not_named_is_asked_for_first),
        TEST(only_an_arn_may_be_longer_than_a_table_name),
        TEST(lists_and_maps_are_echoed_as_java_prints_them),
        TEST(what_the_handler_words_otherwise_passes_here),
        TEST(a_bad_key_of_a_map_is_told_of_the_map),
        TEST(the_inside_of_a_value_is_the_handlers),
        TEST(nesting_to_the_parsers_limit_costs_no_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
