#include "handlers/dynamodb/legacy_condition.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_build.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/value_reader.h"

#define INVALID "One or more parameter values were invalid: "
#define VALUE_MAX_BYTES ((size_t)64 * 1024 * 1024)

enum argument_types { ANY_TYPE, SCALAR_TYPES, TEXT_TYPES };

/* What a ComparisonOperator takes, and what it says as an expression. */
struct legacy_operator {
    const char *name;
    size_t min_arguments;
    size_t max_arguments;
    enum argument_types types;
    enum expression_kind kind; /* COMPARE, BETWEEN, IN or FUNCTION */
    enum token_kind comparator;
    enum expression_function function;
    bool is_key_operator;
    enum key_operator key_operator;
};

static const struct legacy_operator operators[] = {
    {"EQ", 1, 1, ANY_TYPE, EXPRESSION_COMPARE, TOKEN_EQUAL, 0, true, KEY_EQUAL},
    {"NE", 1, 1, ANY_TYPE, EXPRESSION_COMPARE, TOKEN_NOT_EQUAL, 0, false, 0},
    {"LE", 1, 1, SCALAR_TYPES, EXPRESSION_COMPARE, TOKEN_LESS_EQUAL, 0, true, KEY_LESS_EQUAL},
    {"LT", 1, 1, SCALAR_TYPES, EXPRESSION_COMPARE, TOKEN_LESS, 0, true, KEY_LESS},
    {"GE", 1, 1, SCALAR_TYPES, EXPRESSION_COMPARE, TOKEN_GREATER_EQUAL, 0, true, KEY_GREATER_EQUAL},
    {"GT", 1, 1, SCALAR_TYPES, EXPRESSION_COMPARE, TOKEN_GREATER, 0, true, KEY_GREATER},
    {"BETWEEN", 2, 2, SCALAR_TYPES, EXPRESSION_BETWEEN, 0, 0, true, KEY_BETWEEN},
    {"IN", 1, SIZE_MAX, SCALAR_TYPES, EXPRESSION_IN, 0, 0, false, 0},
    {"NULL", 0, 0, ANY_TYPE, EXPRESSION_FUNCTION, 0, FUNCTION_ATTRIBUTE_NOT_EXISTS, false, 0},
    {"NOT_NULL", 0, 0, ANY_TYPE, EXPRESSION_FUNCTION, 0, FUNCTION_ATTRIBUTE_EXISTS, false, 0},
    {"CONTAINS", 1, 1, SCALAR_TYPES, EXPRESSION_FUNCTION, 0, FUNCTION_CONTAINS, false, 0},
    {"NOT_CONTAINS", 1, 1, SCALAR_TYPES, EXPRESSION_NOT, 0, FUNCTION_CONTAINS, false, 0},
    {"BEGINS_WITH", 1, 1, TEXT_TYPES, EXPRESSION_FUNCTION, 0, FUNCTION_BEGINS_WITH, true,
     KEY_BEGINS_WITH},
};

/* One attribute's condition, taken apart. */
struct legacy_clause {
    struct slice name;
    const struct legacy_operator *operation;
    struct value *values;
    size_t count;
};

/* ---- one clause ----------------------------------------------------------------------------- */

/* The shape allows no other name. */
static const struct legacy_operator *find_operator(struct slice name)
{
    for (size_t i = 1; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (slice_equal_text(name, operators[i].name))
            return &operators[i];
    return &operators[0];
}

static enum status read_value(const struct json *json, struct refusal *refusal,
                              struct value *ret_value)
{
    struct text text;
    text_init_in(&text, refusal->arena, VALUE_MAX_BYTES);
    enum status status = value_reader_read(json, &text, refusal);
    struct slice rest = text_slice(&text);
    if (status == STATUS_OK && !value_next(&rest, ret_value))
        status = STATUS_CORRUPT;
    return status;
}

static enum status read_list(struct legacy_clause *clause, const struct json *list,
                             struct refusal *refusal)
{
    clause->values = arena_alloc(refusal->arena, (json_count(list) + 1) * sizeof(*clause->values));
    if (clause->values == NULL)
        return STATUS_NO_MEMORY;
    for (const struct json *v = json_first(list); v != NULL; v = json_next(v)) {
        enum status status = read_value(v, refusal, &clause->values[clause->count++]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status read_one(struct legacy_clause *clause, const struct json *value,
                            struct refusal *refusal)
{
    clause->values = arena_alloc(refusal->arena, sizeof(*clause->values));
    if (clause->values == NULL)
        return STATUS_NO_MEMORY;
    clause->count = 1;
    return read_value(value, refusal, clause->values);
}

static bool is_text(enum value_type type)
{
    return type == VALUE_S || type == VALUE_B;
}

static bool takes(const struct legacy_operator *operation, enum value_type type)
{
    if (operation->types == SCALAR_TYPES)
        return is_text(type) || type == VALUE_N;
    return operation->types == ANY_TYPE || is_text(type);
}

static enum status check_arguments(const struct legacy_clause *clause, struct refusal *refusal)
{
    const struct legacy_operator *operation = clause->operation;
    if (clause->count < operation->min_arguments || clause->count > operation->max_arguments)
        return refuse(refusal,
                      INVALID "Invalid number of argument(s) for the %s ComparisonOperator",
                      operation->name);
    for (size_t i = 0; i < clause->count; i++) {
        enum value_type type = clause->values[i].type;
        if (!takes(operation, type))
            return refuse(refusal,
                          INVALID "ComparisonOperator %s is not valid for %s AttributeValue type",
                          operation->name, value_type_name(type));
        if (type != clause->values[0].type)
            return refuse(refusal, INVALID "AttributeValues inside AttributeValueList must be of "
                                           "same type");
    }
    if (operation->kind == EXPRESSION_BETWEEN &&
        slice_compare(clause->values[0].payload, clause->values[1].payload) > 0)
        return refuse(refusal, "The BETWEEN condition was provided a range where the lower bound "
                               "is greater than the upper bound");
    return STATUS_OK;
}

static enum status read_comparison(struct legacy_clause *clause, const struct json *json,
                                   struct refusal *refusal)
{
    const struct json *value = json_member(json, "Value");
    const struct json *list = json_member(json, "AttributeValueList");
    if (json_member(json, "Exists") != NULL)
        return refuse(refusal,
                      INVALID "Exists and ComparisonOperator cannot be used together for "
                              "Attribute: %.*s",
                      SLICE_ARG(clause->name));
    if (value != NULL && list != NULL)
        return refuse(refusal,
                      INVALID "Value and AttributeValueList cannot be used together for "
                              "Attribute: %.*s",
                      SLICE_ARG(clause->name));
    clause->operation = find_operator(json_member_string(json, "ComparisonOperator"));
    enum status status =
        value != NULL ? read_one(clause, value, refusal) : read_list(clause, list, refusal);
    return status == STATUS_OK ? check_arguments(clause, refusal) : status;
}

/* Expected's older form. */
static enum status read_existence(struct legacy_clause *clause, const struct json *json,
                                  struct refusal *refusal)
{
    const struct json *value = json_member(json, "Value");
    const struct json *exists = json_member(json, "Exists");
    bool must_exist = exists == NULL || json_is_true(exists);
    if (json_member(json, "AttributeValueList") != NULL)
        return refuse(refusal,
                      INVALID "AttributeValueList can only be used with a ComparisonOperator for "
                              "Attribute: %.*s",
                      SLICE_ARG(clause->name));
    if (must_exist && value == NULL)
        return refuse(refusal,
                      INVALID "Value must be provided when Exists is %s for Attribute: %.*s",
                      exists == NULL ? "null" : "true", SLICE_ARG(clause->name));
    if (!must_exist && value != NULL)
        return refuse(refusal,
                      INVALID "Value cannot be used when Exists is false for Attribute: %.*s",
                      SLICE_ARG(clause->name));
    clause->operation = find_operator(must_exist ? SLICE("EQ") : SLICE("NULL"));
    return must_exist ? read_one(clause, value, refusal) : STATUS_OK;
}

static enum status read_clause(const struct json *json, struct refusal *refusal,
                               struct legacy_clause *ret_clause)
{
    *ret_clause = (struct legacy_clause){.name = json_name(json)};
    if (json_member(json, "ComparisonOperator") != NULL)
        return read_comparison(ret_clause, json, refusal);
    return read_existence(ret_clause, json, refusal);
}

/* ---- as an expression -------------------------------------------------------------------------
 */

/* The attribute, and behind it the arguments. */
static struct expression *build_operands(const struct legacy_clause *clause, struct arena *arena)
{
    struct expression *path = expression_build_path(arena, clause->name);
    struct expression *last = path;
    for (size_t i = 0; i < clause->count && last != NULL; i++) {
        last->next = expression_build_value(arena, &clause->values[i]);
        last = last->next;
    }
    return last != NULL ? path : NULL;
}

/* What is not there contains nothing, but neither does it "not contain". */
static struct expression *build_not_contains(const struct legacy_clause *clause,
                                             struct arena *arena)
{
    struct expression *contains =
        expression_build_function(arena, FUNCTION_CONTAINS, build_operands(clause, arena));
    struct expression *exists = expression_build_function(
        arena, FUNCTION_ATTRIBUTE_EXISTS, expression_build_path(arena, clause->name));
    struct expression *lacks = expression_build_node(arena, EXPRESSION_NOT, contains);
    return expression_build_node(arena, EXPRESSION_AND, expression_build_chain(exists, lacks));
}

static struct expression *build_clause(const struct legacy_clause *clause, struct arena *arena)
{
    const struct legacy_operator *operation = clause->operation;
    if (operation->kind == EXPRESSION_NOT)
        return build_not_contains(clause, arena);
    struct expression *node =
        expression_build_node(arena, operation->kind, build_operands(clause, arena));
    if (node == NULL)
        return NULL;
    node->comparator = operation->comparator;
    node->function = operation->function;
    return node;
}

static enum status check_operator(const struct json *input, size_t clauses, struct refusal *refusal)
{
    if (json_member(input, "ConditionalOperator") == NULL || clauses > 1)
        return STATUS_OK;
    if (clauses == 0)
        return refuse(refusal, "ConditionalOperator cannot be used without Filter or Expected");
    return refuse(refusal, "ConditionalOperator can only be used when Filter or Expected has two "
                           "or more elements");
}

enum status legacy_condition_read(const struct json *input, const char *member,
                                  struct refusal *refusal, struct expression **ret_condition)
{
    const struct json *map = json_member(input, member);
    struct expression *first = NULL;
    struct expression **tail = &first;
    for (const struct json *c = json_first(map); c != NULL; c = json_next(c)) {
        struct legacy_clause clause;
        enum status status = read_clause(c, refusal, &clause);
        if (status != STATUS_OK)
            return status;
        *tail = build_clause(&clause, refusal->arena);
        if (*tail == NULL)
            return STATUS_NO_MEMORY;
        tail = &(*tail)->next;
    }
    enum status status = check_operator(input, json_count(map), refusal);
    if (status != STATUS_OK || first == NULL)
        return status;
    bool is_or = slice_equal(json_member_string(input, "ConditionalOperator"), SLICE("OR"));
    *ret_condition =
        expression_build_node(refusal->arena, is_or ? EXPRESSION_OR : EXPRESSION_AND, first);
    return *ret_condition != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- keys ---------------------------------------------------------------------------------------
 */

static enum status add_key(struct key_condition *condition, const struct json *json,
                           struct refusal *refusal)
{
    struct legacy_clause clause;
    enum status status = read_clause(json, refusal, &clause);
    if (status != STATUS_OK)
        return status;
    if (!clause.operation->is_key_operator)
        return refuse(refusal, "Attempted conditional constraint is not an indexable operation");
    condition->clauses[condition->count++] = (struct key_clause){
        .name = clause.name,
        .operation = clause.operation->key_operator,
        .low = clause.values[0],
        .high = clause.values[clause.count - 1],
    };
    return STATUS_OK;
}

enum status legacy_condition_read_keys(const struct json *input, struct refusal *refusal,
                                       struct key_condition *ret_condition)
{
    const struct json *map = json_member(input, "KeyConditions");
    struct key_condition condition = {.count = 0};
    if (json_count(map) < 1 || json_count(map) > 2)
        return refuse(refusal, "Conditions can be of length 1 or 2 only");
    for (const struct json *c = json_first(map); c != NULL; c = json_next(c)) {
        enum status status = add_key(&condition, c, refusal);
        if (status != STATUS_OK)
            return status;
    }
    *ret_condition = condition;
    return STATUS_OK;
}

/* ---- mixing -------------------------------------------------------------------------------------
 */

static void list_present(const struct json *input, const char *const *names, struct text *out)
{
    for (; *names != NULL; names++)
        if (json_member(input, *names) != NULL)
            text_printf(out, "%s%s", out->len > 0 ? ", " : "", *names);
}

enum status legacy_condition_check_mixing(const struct json *input, const char *const *legacy,
                                          const char *const *expressions, struct refusal *refusal)
{
    struct text old;
    struct text new;
    text_init_in(&old, refusal->arena, REFUSAL_PART_MAX_BYTES);
    text_init_in(&new, refusal->arena, REFUSAL_PART_MAX_BYTES);
    list_present(input, legacy, &old);
    list_present(input, expressions, &new);
    if (old.status != STATUS_OK || new.status != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (old.len == 0 || new.len == 0)
        return STATUS_OK;
    return refuse(refusal,
                  "Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {%.*s} Expression parameters: {%.*s}",
                  SLICE_ARG(text_slice(&old)), SLICE_ARG(text_slice(&new)));
}
