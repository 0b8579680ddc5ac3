#include "handlers/dynamodb/condition.h"

#include "emulator/base/utf8.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/expression_check.h"
#include "handlers/dynamodb/expression_parser.h"

enum status condition_parse(struct slice source, const char *title,
                            struct placeholders *placeholders, struct refusal *refusal,
                            struct expression **ret_condition)
{
    static const char *const keywords[] = {"AND", "OR", "NOT", "BETWEEN", "IN", NULL};
    struct expression_parser parser;
    expression_parser_init(&parser, title, keywords, source, refusal);
    struct expression *condition = expression_parser_condition(&parser);
    if (condition == NULL)
        return parser.status;
    struct expression_check check = expression_check_make(title, placeholders, refusal->arena);
    if (parser.has_redundant_parentheses)
        expression_check_note(&check, FINDING_PARENTHESES,
                              "The expression has redundant parentheses;");
    expression_check_condition(&check, condition);
    enum status status = expression_check_result(&check, refusal);
    if (status == STATUS_OK)
        *ret_condition = condition;
    return status;
}

/* ---- operands ----------------------------------------------------------------------------- */

enum presence {
    PRESENT,
    MISSING,
    INCOMPARABLE, /* the size of what has none: no comparison with it is true */
};

struct operand {
    enum presence presence;
    struct value value;
    uint8_t code[DECIMAL_CODE_BYTES]; /* of a computed number */
};

/* UTF-16 code units: two for characters of four bytes. */
static size_t utf16_length(struct slice s)
{
    size_t count = 0;
    while (s.len > 0) {
        size_t step = utf8_step(s);
        count += step == 4 ? 2 : 1;
        s = slice_from(s, step > 0 ? step : 1);
    }
    return count;
}

static bool size_of(const struct value *value, size_t *ret_size)
{
    if (value->type == VALUE_N || value->type == VALUE_BOOL || value->type == VALUE_NULL)
        return false;
    if (value->type == VALUE_S)
        *ret_size = utf16_length(value->payload);
    else if (value->type == VALUE_B)
        *ret_size = value->payload.len;
    else
        *ret_size = value_count(value);
    return true;
}

static void set_number(struct operand *operand, size_t number)
{
    struct decimal decimal = {.count = 0};
    uint8_t reversed[DECIMAL_MAX_DIGITS];
    size_t places = 0;
    size_t zeros = 0;
    for (size_t rest = number; rest > 0; rest /= 10)
        reversed[places++] = (uint8_t)(rest % 10);
    while (zeros < places && reversed[zeros] == 0)
        zeros++;
    for (size_t i = places; i > zeros; i--)
        decimal.digits[decimal.count++] = reversed[i - 1];
    decimal.exponent = (int)places - 1;
    size_t len = decimal_encode(&decimal, operand->code);
    operand->value = (struct value){VALUE_N, slice_make(operand->code, len)};
}

static void evaluate(const struct expression *node, struct slice item, struct operand *operand);

static void evaluate_size(const struct expression *node, struct slice item, struct operand *operand)
{
    size_t size = 0;
    evaluate(node->first, item, operand);
    if (operand->presence != PRESENT)
        return;
    if (size_of(&operand->value, &size))
        set_number(operand, size);
    else
        operand->presence = INCOMPARABLE;
}

/* size() of a size() was refused, so this recurses once. */
static void evaluate(const struct expression *node, struct slice item, struct operand *operand)
{
    operand->presence = PRESENT;
    if (node->kind == EXPRESSION_VALUE)
        operand->value = node->value;
    else if (node->kind == EXPRESSION_FUNCTION)
        evaluate_size(node, item, operand);
    else if (!document_path_find(&node->path, item, &operand->value))
        operand->presence = MISSING;
}

/* ---- predicates --------------------------------------------------------------------------- */

static bool are_present(const struct operand *a, const struct operand *b)
{
    return a->presence == PRESENT && b->presence == PRESENT;
}

/* Both of one type that has an order. */
static bool are_ordered(const struct operand *a, const struct operand *b)
{
    enum value_type type = a->value.type;
    return are_present(a, b) && type == b->value.type &&
           (type == VALUE_S || type == VALUE_N || type == VALUE_B);
}

static bool are_equal(const struct operand *a, const struct operand *b)
{
    return are_present(a, b) && value_equal(&a->value, &b->value);
}

static bool holds_order(enum token_kind comparator, const struct operand *a,
                        const struct operand *b)
{
    if (!are_ordered(a, b))
        return false;
    int order = slice_compare(a->value.payload, b->value.payload);
    if (comparator == TOKEN_LESS)
        return order < 0;
    if (comparator == TOKEN_LESS_EQUAL)
        return order <= 0;
    return comparator == TOKEN_GREATER ? order > 0 : order >= 0;
}

static bool holds_comparison(const struct expression *node, struct slice item)
{
    struct operand a;
    struct operand b;
    evaluate(node->first, item, &a);
    evaluate(node->first->next, item, &b);
    if (a.presence == INCOMPARABLE || b.presence == INCOMPARABLE)
        return false;
    if (node->comparator == TOKEN_EQUAL)
        return are_equal(&a, &b);
    if (node->comparator == TOKEN_NOT_EQUAL)
        return !are_equal(&a, &b);
    return holds_order(node->comparator, &a, &b);
}

static bool holds_between(const struct expression *node, struct slice item)
{
    struct operand value;
    struct operand low;
    struct operand high;
    evaluate(node->first, item, &value);
    evaluate(node->first->next, item, &low);
    evaluate(node->first->next->next, item, &high);
    return holds_order(TOKEN_GREATER_EQUAL, &value, &low) &&
           holds_order(TOKEN_LESS_EQUAL, &value, &high);
}

static bool holds_in(const struct expression *node, struct slice item)
{
    struct operand value;
    evaluate(node->first, item, &value);
    for (const struct expression *e = node->first->next; e != NULL; e = e->next) {
        struct operand candidate;
        evaluate(e, item, &candidate);
        if (are_equal(&value, &candidate))
            return true;
    }
    return false;
}

static bool list_contains(const struct value *list, const struct value *wanted)
{
    struct slice rest = list->payload;
    struct value inner;
    while (value_next(&rest, &inner))
        if (value_equal(&inner, wanted))
            return true;
    return false;
}

static bool contains(const struct value *whole, const struct value *part)
{
    switch (whole->type) {
    case VALUE_S:
    case VALUE_B:
        return part->type == whole->type &&
               (part->payload.len == 0 ||
                slice_search(whole->payload, part->payload) < whole->payload.len);
    case VALUE_SS:
        return part->type == VALUE_S && value_has_element(whole, part->payload);
    case VALUE_NS:
        return part->type == VALUE_N && value_has_element(whole, part->payload);
    case VALUE_BS:
        return part->type == VALUE_B && value_has_element(whole, part->payload);
    case VALUE_L:
        return list_contains(whole, part);
    case VALUE_N:
    case VALUE_M:
    case VALUE_NULL:
    case VALUE_BOOL:
    default:
        return false;
    }
}

static bool begins_with(const struct value *whole, const struct value *prefix)
{
    return whole->type == prefix->type && (whole->type == VALUE_S || whole->type == VALUE_B) &&
           slice_starts_with(whole->payload, prefix->payload);
}

static bool holds_function(const struct expression *node, struct slice item)
{
    struct operand a;
    struct operand b = {.presence = MISSING};
    evaluate(node->first, item, &a);
    if (node->function == FUNCTION_ATTRIBUTE_EXISTS)
        return a.presence == PRESENT;
    if (node->function == FUNCTION_ATTRIBUTE_NOT_EXISTS)
        return a.presence == MISSING;
    evaluate(node->first->next, item, &b);
    if (!are_present(&a, &b))
        return false;
    if (node->function == FUNCTION_ATTRIBUTE_TYPE)
        return slice_equal_text(b.value.payload, value_type_name(a.value.type));
    if (node->function == FUNCTION_BEGINS_WITH)
        return begins_with(&a.value, &b.value);
    return contains(&a.value, &b.value);
}

static bool holds_all(const struct expression *node, struct slice item)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next)
        if (!condition_holds(e, item))
            return false;
    return true;
}

static bool holds_any(const struct expression *node, struct slice item)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next)
        if (condition_holds(e, item))
            return true;
    return false;
}

bool condition_holds(const struct expression *condition, struct slice item)
{
    switch (condition->kind) {
    case EXPRESSION_AND:
        return holds_all(condition, item);
    case EXPRESSION_OR:
        return holds_any(condition, item);
    case EXPRESSION_NOT:
        return !condition_holds(condition->first, item);
    case EXPRESSION_COMPARE:
        return holds_comparison(condition, item);
    case EXPRESSION_BETWEEN:
        return holds_between(condition, item);
    case EXPRESSION_IN:
        return holds_in(condition, item);
    case EXPRESSION_FUNCTION:
        return holds_function(condition, item);
    case EXPRESSION_PATH:
    case EXPRESSION_VALUE:
    case EXPRESSION_ADD:
    case EXPRESSION_SUBTRACT:
    default:
        return false;
    }
}

struct slice condition_mentions(const struct expression *condition, struct slice a, struct slice b)
{
    if (condition->kind == EXPRESSION_PATH) {
        struct slice name = condition->path.first->name;
        if (slice_equal(name, a) || (b.len > 0 && slice_equal(name, b)))
            return name;
    }
    for (const struct expression *e = condition->first; e != NULL; e = e->next) {
        struct slice found = condition_mentions(e, a, b);
        if (found.len > 0)
            return found;
    }
    return SLICE("");
}
