#include "handlers/dynamodb/key_condition.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"

#define INVALID "One or more parameter values were invalid: "

static const char title[] = "KeyConditionExpression";

/* ---- the expression as clauses ------------------------------------------------------------- */

static enum status refuse_operator(struct refusal *refusal, struct slice operator_name)
{
    return refuse(refusal, "Invalid operator used in KeyConditionExpression: %.*s",
                  SLICE_ARG(operator_name));
}

static enum status refuse_condition(struct refusal *refusal, const char *what)
{
    return refuse(refusal, "Invalid condition in KeyConditionExpression: %s", what);
}

static bool find_operator(const struct expression *node, enum key_operator *ret_operation)
{
    static const enum key_operator comparators[] = {
        [TOKEN_EQUAL] = KEY_EQUAL,
        [TOKEN_LESS] = KEY_LESS,
        [TOKEN_LESS_EQUAL] = KEY_LESS_EQUAL,
        [TOKEN_GREATER] = KEY_GREATER,
        [TOKEN_GREATER_EQUAL] = KEY_GREATER_EQUAL,
    };

    if (node->kind == EXPRESSION_COMPARE && node->comparator != TOKEN_NOT_EQUAL)
        *ret_operation = comparators[node->comparator];
    else if (node->kind == EXPRESSION_BETWEEN)
        *ret_operation = KEY_BETWEEN;
    else if (node->kind == EXPRESSION_FUNCTION && node->function == FUNCTION_BEGINS_WITH)
        *ret_operation = KEY_BEGINS_WITH;
    else
        return false;
    return true;
}

/* ":v >= sk" says "sk <= :v". */
static enum key_operator flip(enum key_operator operation)
{
    switch (operation) {
    case KEY_LESS:
        return KEY_GREATER;
    case KEY_LESS_EQUAL:
        return KEY_GREATER_EQUAL;
    case KEY_GREATER:
        return KEY_LESS;
    case KEY_GREATER_EQUAL:
        return KEY_LESS_EQUAL;
    case KEY_EQUAL:
    case KEY_BETWEEN:
    case KEY_BEGINS_WITH:
    default:
        return operation;
    }
}

static enum status check_operands(const struct expression *node, struct refusal *refusal)
{
    size_t paths = 0;
    for (const struct expression *e = node->first; e != NULL; e = e->next) {
        if (e->kind == EXPRESSION_FUNCTION)
            return refuse_operator(refusal, e->source);
        if (e->kind != EXPRESSION_PATH)
            continue;
        paths++;
        if (e->path.count > 1)
            return refuse(refusal,
                          "KeyConditionExpressions cannot have conditions on nested attributes");
    }
    if (paths > 1)
        return refuse_condition(refusal, "Multiple attribute names used in one condition");
    if (paths == 0)
        return refuse_condition(refusal, "No key attribute specified");
    return STATUS_OK;
}

static enum status add_clause(struct key_condition *condition, const struct expression *node,
                              struct refusal *refusal)
{
    struct key_clause clause = {.operation = KEY_EQUAL};
    const struct expression *path = node->first;
    if (!find_operator(node, &clause.operation))
        return refuse_operator(refusal, node->source);
    enum status status = check_operands(node, refusal);
    if (status != STATUS_OK)
        return status;
    const struct expression *operand = path->next;
    if (path->kind != EXPRESSION_PATH) {
        if (node->kind != EXPRESSION_COMPARE)
            return refuse(refusal,
                          "Invalid condition in KeyConditionExpression: %.*s operator must have "
                          "the key attribute as its first operand",
                          SLICE_ARG(node->source));
        operand = path;
        path = path->next;
        clause.operation = flip(clause.operation);
    }
    clause.name = path->path.first->name;
    clause.low = operand->value;
    clause.high = clause.operation == KEY_BETWEEN ? operand->next->value : operand->value;
    if (condition->count < 2)
        condition->clauses[condition->count] = clause;
    condition->count++;
    return STATUS_OK;
}

/* Recurses once per pair of parentheses, whose number the parser bounds. */
static enum status collect(struct key_condition *condition, const struct expression *node,
                           struct refusal *refusal)
{
    if (node->kind != EXPRESSION_AND)
        return add_clause(condition, node, refusal);
    for (const struct expression *e = node->first; e != NULL; e = e->next) {
        enum status status = collect(condition, e, refusal);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status key_condition_parse(struct slice source, struct placeholders *placeholders,
                                struct refusal *refusal, struct key_condition *ret_condition)
{
    struct expression *expression = NULL;
    struct key_condition condition = {.count = 0};
    enum status status = condition_parse(source, title, placeholders, refusal, &expression);
    if (status == STATUS_OK)
        status = collect(&condition, expression, refusal);
    if (status == STATUS_OK && condition.count == 2 &&
        slice_equal(condition.clauses[0].name, condition.clauses[1].name))
        status = refuse(refusal, "KeyConditionExpressions must only contain one condition per key");
    if (status == STATUS_OK)
        *ret_condition = condition;
    return status;
}

/* ---- clauses as a range -------------------------------------------------------------------- */

/* Above every sort key: longer than any, of the highest byte. */
static enum status highest(struct refusal *refusal, struct slice *ret_bound)
{
    size_t len = KEY_MAX_RANGE_BYTES + 1;
    char *bytes = arena_alloc(refusal->arena, len);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    memset(bytes, 0xFF, len);
    *ret_bound = slice_make(bytes, len);
    return STATUS_OK;
}

enum status key_condition_after(struct slice s, struct refusal *refusal, struct slice *ret_after)
{
    char *bytes = arena_alloc(refusal->arena, s.len + 1);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    if (s.len > 0)
        memcpy(bytes, s.ptr, s.len);
    bytes[s.len] = '\0';
    *ret_after = slice_make(bytes, s.len + 1);
    return STATUS_OK;
}

/* The first key that neither begins with `prefix` nor stands before it: the last byte that can
 * be, raised by one. */
static enum status after_prefix(struct slice prefix, struct refusal *refusal,
                                struct slice *ret_bound)
{
    size_t len = prefix.len;
    while (len > 0 && (uint8_t)prefix.ptr[len - 1] == 0xFF)
        len--;
    if (len == 0)
        return highest(refusal, ret_bound);
    char *bytes = arena_alloc(refusal->arena, len);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    memcpy(bytes, prefix.ptr, len);
    bytes[len - 1] = (char)(uint8_t)((uint8_t)bytes[len - 1] + 1);
    *ret_bound = slice_make(bytes, len);
    return STATUS_OK;
}

static enum status set_low(const struct key_clause *clause, struct slice s, struct refusal *refusal,
                           struct item_range *range)
{
    if (clause->operation == KEY_GREATER)
        return key_condition_after(s, refusal, &range->low);
    bool is_open = clause->operation == KEY_LESS || clause->operation == KEY_LESS_EQUAL;
    range->low = is_open ? SLICE("") : s;
    return STATUS_OK;
}

static enum status set_high(const struct key_clause *clause, struct slice s,
                            struct refusal *refusal, struct item_range *range)
{
    switch (clause->operation) {
    case KEY_LESS:
        range->high = s;
        return STATUS_OK;
    case KEY_GREATER:
    case KEY_GREATER_EQUAL:
        return highest(refusal, &range->high);
    case KEY_BEGINS_WITH:
        return after_prefix(s, refusal, &range->high);
    case KEY_EQUAL:
    case KEY_LESS_EQUAL:
    case KEY_BETWEEN:
    default:
        return key_condition_after(s, refusal, &range->high);
    }
}

static bool has_type(const struct value *value, char letter)
{
    return value_type_name(value->type)[0] == letter && value_type_name(value->type)[1] == '\0';
}

static const struct key_clause *find_clause(const struct key_condition *condition,
                                            struct slice name)
{
    for (size_t i = 0; i < condition->count && i < 2; i++)
        if (slice_equal(condition->clauses[i].name, name))
            return &condition->clauses[i];
    return NULL;
}

static enum status check_empty(const struct key_clause *clause, struct refusal *refusal)
{
    if (clause->low.payload.len > 0 && clause->high.payload.len > 0)
        return STATUS_OK;
    return refuse(refusal,
                  "One or more parameter values are not valid. The AttributeValue for a key "
                  "attribute cannot contain an empty %s value. Key: %.*s",
                  clause->low.type == VALUE_B ? "binary" : "string", SLICE_ARG(clause->name));
}

static enum status set_partition(const struct key_clause *clause, const struct table *table,
                                 struct refusal *refusal, struct item_range *range)
{
    if (clause->operation != KEY_EQUAL)
        return refuse(refusal, "Query key condition not supported");
    if (!has_type(&clause->low, table->hash_type))
        return refuse(refusal, INVALID "Condition parameter type does not match schema type");
    enum status status = check_empty(clause, refusal);
    if (status == STATUS_OK)
        status = key_codec_hash(&clause->low, refusal, &range->p);
    return status;
}

static enum status set_range(const struct key_clause *clause, const struct table *table,
                             struct refusal *refusal, struct item_range *range)
{
    struct slice low;
    struct slice high;
    if (!has_type(&clause->low, table->range_type) || !has_type(&clause->high, table->range_type))
        return refuse(refusal, INVALID "Condition parameter type does not match schema type");
    enum status status = check_empty(clause, refusal);
    if (status == STATUS_OK)
        status = key_codec_range(&clause->low, refusal, &low);
    if (status == STATUS_OK)
        status = key_codec_range(&clause->high, refusal, &high);
    if (status == STATUS_OK)
        status = set_low(clause, low, refusal, range);
    if (status == STATUS_OK)
        status = set_high(clause, high, refusal, range);
    return status;
}

static enum status refuse_missing(struct refusal *refusal, struct slice name)
{
    return refuse(refusal, "Query condition missed key schema element: %.*s", SLICE_ARG(name));
}

enum status key_condition_range(const struct key_condition *condition, const struct table *table,
                                struct refusal *refusal, struct item_range *ret_range)
{
    struct item_range range = {.low = SLICE("")};
    size_t keys = table->range_name.len > 0 ? 2 : 1;
    const struct key_clause *hash = find_clause(condition, table->hash_name);
    const struct key_clause *sort = keys == 2 ? find_clause(condition, table->range_name) : NULL;
    if (condition->count > keys)
        return refuse(refusal,
                      "The number of query conditions (%zu) exceeds the number of key attributes "
                      "defined in the schema (%zu)",
                      condition->count, keys);
    if (hash == NULL)
        return refuse_missing(refusal, table->hash_name);
    if (condition->count == 2 && sort == NULL)
        return refuse_missing(refusal, table->range_name);
    enum status status = set_partition(hash, table, refusal, &range);
    if (status == STATUS_OK && sort != NULL)
        status = set_range(sort, table, refusal, &range);
    else if (status == STATUS_OK)
        status = highest(refusal, &range.high);
    if (status == STATUS_OK)
        *ret_range = range;
    return status;
}
