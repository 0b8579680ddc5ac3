/*
 * Statements and legacy parameters read, planned, asked and applied in an arena that ends earlier
 * and earlier: every step says that memory is out and refuses nothing for it.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_ranges.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/transaction_digest.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "storage/table_store.h"
#include "tests/lib/asserts.h"

#define PARSED_MAX_BYTES ((size_t)1024 * 1024)
#define STEP_BYTES 24

static const char input_text[] = "{\"Parameters\":[{\"S\":\"it\"},{\"L\":[{\"N\":\"1\"}]}],"
                                 "\"Expected\":{\"a\":{\"ComparisonOperator\":\"NOT_CONTAINS\","
                                 "\"AttributeValueList\":[{\"S\":\"x\"}]},"
                                 "\"b\":{\"Exists\":false},\"c\":{\"ComparisonOperator\":\"IN\","
                                 "\"AttributeValueList\":[{\"N\":\"1\"},"
                                 "{\"N\":\"2\"}]}},\"ConditionalOperator\":\"OR\","
                                 "\"KeyConditions\":{\"id\":{\"ComparisonOperator\":\"EQ\","
                                 "\"AttributeValueList\":[{\"S\":\"x\"}]}},"
                                 "\"AttributeUpdates\":{\"n\":{\"Action\":\"ADD\",\"Value\":{\"N\":"
                                 "\"1\"}},\"z\":{\"Action\":\"DELETE\"}},"
                                 "\"AttributesToGet\":[\"a\",\"b\"]}";

static const char *const statements[] = {
    "SELECT a, m.\"b\"\"c\"[1] FROM t WHERE id IN [?, 'y'] AND NOT l IN [1, ?] AND (size(s) > 2 OR "
    "x IS "
    "NULL) "
    "ORDER BY r DESC",
    "INSERT INTO t VALUE {'id': ?, 'l': [1, 'x''y', <<2, 1>>], 'm': {'b': {'c': TRUE}, 'a': ?}}",
    "FROM t WHERE id = ? SET a = if_not_exists(a, (1 + 2)), l = list_append(l, ?) "
    "SET s = set_add(s, <<'x'>>) REMOVE m.x RETURNING ALL NEW *",
};

static const struct table table = {
    .hash_name = SLICE_INIT("id"),
    .hash_type = 'S',
    .range_name = SLICE_INIT("r"),
    .range_type = 'N',
};

static enum status run_statement(const char *source, const struct json *input,
                                 struct refusal *refusal)
{
    struct partiql_statement statement;
    struct partiql_key key;
    struct partiql_ranges ranges;
    enum status status = partiql_statement_parse(slice_of(source), json_member(input, "Parameters"),
                                                 refusal, &statement);
    if (status == STATUS_OK)
        status = partiql_plan_key(&table, statement.where, refusal->arena, &key);
    if (status == STATUS_OK)
        status = partiql_ranges_make(&table, &statement, refusal, &ranges);
    return status;
}

static enum status run_legacy(const struct json *input, struct refusal *refusal)
{
    struct expression *condition = NULL;
    struct key_condition keys;
    struct update_expression *update = NULL;
    struct path_tree *tree = NULL;
    struct slice digest;
    struct text out;
    enum status status = legacy_condition_read(input, "Expected", refusal, &condition);
    if (status == STATUS_OK)
        status = legacy_condition_read_keys(input, refusal, &keys);
    if (status == STATUS_OK)
        status = legacy_update_read(json_member(input, "AttributeUpdates"), refusal, &update);
    if (status == STATUS_OK)
        status =
            legacy_update_read_attributes(json_member(input, "AttributesToGet"), refusal, &tree);
    if (status == STATUS_OK)
        status = transaction_digest(input, refusal->arena, &digest);
    if (status != STATUS_OK)
        return status;
    text_init_in(&out, refusal->arena, PARSED_MAX_BYTES);
    return update_apply(update, SLICE(""), refusal, &out);
}

/* `which` is a statement, or behind the last all legacy parameters. */
static enum status run_within(size_t which, const struct json *input, size_t max_bytes)
{
    struct arena arena;
    arena_init(&arena, max_bytes);
    struct refusal refusal = refusal_make(&arena);
    enum status status = which < sizeof(statements) / sizeof(statements[0])
                             ? run_statement(statements[which], input, &refusal)
                             : run_legacy(input, &refusal);
    assert_null(refusal.error);
    arena_clear(&arena);
    return status;
}

static void memory_that_ends_anywhere_is_said_and_nothing_else(void **state)
{
    struct arena parsed;
    const struct json *input = NULL;
    (void)state;
    arena_init(&parsed, PARSED_MAX_BYTES);
    assert_ok(json_parse(slice_of(input_text), &parsed, &input));
    for (size_t which = 0; which <= sizeof(statements) / sizeof(statements[0]); which++) {
        size_t failures = 0;
        assert_ok(run_within(which, input, PARSED_MAX_BYTES));
        for (size_t max = 0;; max += STEP_BYTES) {
            enum status status = run_within(which, input, max);
            if (status == STATUS_OK)
                break;
            assert_status(status, STATUS_NO_MEMORY);
            failures++;
        }
        assert_true(failures > 20);
    }
    arena_clear(&parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_ends_anywhere_is_said_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
