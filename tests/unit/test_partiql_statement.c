#include <stdio.h>

#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"
#include "tests/lib/items.h"

static const struct table events = {
    .hash_name = SLICE_INIT("pk"),
    .hash_type = 'S',
    .range_name = SLICE_INIT("sk"),
    .range_type = 'N',
};

static struct partiql_statement parse(struct arena *arena, const char *source)
{
    struct refusal refusal = refusal_make(arena);
    struct partiql_statement statement;
    assert_ok(partiql_statement_parse(slice_of(source), NULL, &refusal, &statement));
    return statement;
}

static struct slice refusal_of(struct arena *arena, const char *source)
{
    struct refusal refusal = refusal_make(arena);
    struct partiql_statement statement;
    assert_int_equal(partiql_statement_parse(slice_of(source), NULL, &refusal, &statement),
                     STATUS_INVALID);
    return refusal.message;
}

static void a_select_has_its_parts(void **state)
{
    struct partiql_statement s =
        parse(*state, "select a, \"b\"\"c\".d[2] FROM \"t-1\".\"i\" WHERE pk = 'x' ORDER BY pk, sk "
                      "DESC");
    assert_int_equal(s.action, PARTIQL_SELECT);
    assert_slice(s.table, "t-1");
    assert_slice(s.index, "i");
    assert_slice(s.columns->path.first->name, "a");
    assert_int_equal(s.columns->next->path.count, 3);
    assert_slice(s.columns->next->path.first->name, "b\"c");
    assert_int_equal(s.order_count, 2);
    assert_false(s.orders[0].is_descending);
    assert_true(s.orders[1].is_descending);
}

static void returning_says_which_values(void **state)
{
    const char *update = "UPDATE t SET a = 1 WHERE pk = 'x'";
    char source[128];

    static const struct {
        const char *clause;
        enum return_values values;
    } cases[] = {
        {"", RETURN_NONE},
        {"RETURNING ALL OLD *", RETURN_ALL_OLD},
        {"returning all new *", RETURN_ALL_NEW},
        {"RETURNING MODIFIED OLD *", RETURN_UPDATED_OLD},
        {"RETURNING MODIFIED NEW *", RETURN_UPDATED_NEW},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(source, sizeof(source), "%s %s", update, cases[i].clause);
        assert_int_equal(parse(*state, source).returning, cases[i].values);
    }
}

static void positions_are_lines_and_characters(void **state)
{
    assert_slice(refusal_of(*state, "SELECT *\nFROM t WHERE 'é' = a\n AND f(a)"),
                 "Unrecognized function: f at 3:6:1");
}

static void a_plan_finds_keys_joined_by_and(void **state)
{
    struct key_condition condition;
    struct partiql_key key;
    size_t partitions = 0;
    struct partiql_statement s =
        parse(*state, "DELETE FROM t WHERE (1 < sk AND (pk = 'x')) AND a = 1");
    const struct expression *first = partiql_plan_range(&events, s.where, &condition, &partitions);
    assert_int_equal(partitions, 1);
    assert_slice(first->value.payload, "x");
    assert_int_equal(condition.clauses[1].operation, KEY_GREATER);
    assert_ok(partiql_plan_key(&events, s.where, *state, &key));
    assert_int_equal(key.missing, 1);
    assert_int_equal(key.others, 2);

    s = parse(*state, "SELECT * FROM t WHERE pk IN ['x', 'y', 'z'] AND a = 1");
    first = partiql_plan_range(&events, s.where, &condition, &partitions);
    assert_int_equal(partitions, 3);
    assert_slice(first->next->value.payload, "y");
}

static void what_is_not_joined_by_and_names_no_key(void **state)
{
    static const char *const conditions[] = {"pk = 'x' OR pk = 'y'", "NOT pk = 'x'", "pk > 'x'",
                                             "NOT pk IN ['x']", "pk IN ['x', a]"};
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        char source[128];
        struct key_condition condition;
        size_t partitions = 1;
        (void)snprintf(source, sizeof(source), "SELECT * FROM t WHERE %s", conditions[i]);
        struct partiql_statement s = parse(*state, source);
        assert_null(partiql_plan_range(&events, s.where, &condition, &partitions));
        assert_int_equal(partitions, 0);
    }
}

static void a_dropped_key_is_always_true(void **state)
{
    struct partiql_statement s =
        parse(*state, "DELETE FROM t WHERE pk = 'x' AND sk = 1 AND attribute_not_exists(a)");
    assert_false(condition_holds(s.where, SLICE("")));
    partiql_plan_drop_key(&events, s.where);
    assert_true(condition_holds(s.where, SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_select_has_its_parts, items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(returning_says_which_values, items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(positions_are_lines_and_characters, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(a_plan_finds_keys_joined_by_and, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_joined_by_and_names_no_key, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_key_is_always_true, items_set_up,
                                        items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
