#include "handlers/dynamodb/update_operand.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_expression.h"

/* More than any value of an item that is not too large takes as a document. */
#define RESULT_MAX_BYTES ((size_t)8 * 1024 * 1024)

static enum status compute(const struct expression *node, struct slice item,
                           struct refusal *refusal, struct value *ret_value);

static enum status refuse_type(struct refusal *refusal)
{
    return refuse(refusal, "An operand in the update expression has an incorrect data type");
}

enum status update_operand_refuse_size(struct refusal *refusal)
{
    return refuse(refusal, "Item size to update has exceeded the maximum allowed size");
}

/* A result as a value, or why there is none. */
static enum status take_result(const struct text *out, enum value_type type,
                               struct refusal *refusal, struct value *ret_value)
{
    if (out->status == STATUS_TOO_LARGE)
        return update_operand_refuse_size(refusal);
    if (out->status == STATUS_OK)
        *ret_value = (struct value){type, text_slice(out)};
    return out->status;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static enum status add_numbers(const struct value *a, const struct value *b, bool is_subtraction,
                               struct refusal *refusal, struct value *ret_sum)
{
    if (a->type != VALUE_N || b->type != VALUE_N)
        return refuse_type(refusal);
    struct decimal x = decimal_decode(a->payload);
    struct decimal y = decimal_decode(b->payload);
    struct decimal sum;
    if (is_subtraction)
        y = decimal_negate(y);
    enum decimal_problem problem = decimal_add(&x, &y, &sum);
    if (problem != DECIMAL_FINE)
        return refuse(refusal, "%s", decimal_problem_text(problem));
    uint8_t *code = arena_alloc(refusal->arena, DECIMAL_CODE_BYTES);
    if (code == NULL)
        return STATUS_NO_MEMORY;
    *ret_sum = (struct value){VALUE_N, slice_make(code, decimal_encode(&sum, code))};
    return STATUS_OK;
}

/* ---- sets --------------------------------------------------------------------------------- */

/* Both are in order: walk them side by side. Without `is_union` b is taken away from a. */
static void merge_sets(const struct value *a, const struct value *b, bool is_union,
                       struct text *out)
{
    struct slice rest_a = a->payload;
    struct slice rest_b = b->payload;
    struct slice x = {NULL, 0};
    struct slice y = {NULL, 0};
    bool has_x = value_next_element(&rest_a, &x);
    bool has_y = value_next_element(&rest_b, &y);
    while (has_x || has_y) {
        int order = !has_x ? 1 : !has_y ? -1 : slice_compare(x, y);
        if (order < 0 || (order == 0 && is_union))
            value_append_element(out, x);
        if (order > 0 && is_union)
            value_append_element(out, y);
        if (order <= 0)
            has_x = value_next_element(&rest_a, &x);
        if (order >= 0)
            has_y = value_next_element(&rest_b, &y);
    }
}

static enum status combine_sets(const struct value *a, const struct value *b, bool is_union,
                                struct refusal *refusal, struct value *ret_set)
{
    struct text out;
    if (a->type != b->type || !value_is_set(a))
        return refuse_type(refusal);
    text_init_in(&out, refusal->arena, RESULT_MAX_BYTES);
    merge_sets(a, b, is_union, &out);
    return take_result(&out, a->type, refusal, ret_set);
}

/* ---- the right side of SET ------------------------------------------------------------------ */

static enum status join_lists(const struct value *a, const struct value *b, struct refusal *refusal,
                              struct value *ret_value)
{
    struct text out;
    if (a->type != VALUE_L || b->type != VALUE_L)
        return refuse_type(refusal);
    text_init_in(&out, refusal->arena, RESULT_MAX_BYTES);
    text_append(&out, a->payload);
    text_append(&out, b->payload);
    return take_result(&out, VALUE_L, refusal, ret_value);
}

static enum status append_lists(const struct expression *node, struct slice item,
                                struct refusal *refusal, struct value *ret_value)
{
    struct value a = {VALUE_NULL, {NULL, 0}};
    struct value b = {VALUE_NULL, {NULL, 0}};
    enum status status = compute(node->first, item, refusal, &a);
    if (status == STATUS_OK)
        status = compute(node->first->next, item, refusal, &b);
    if (status != STATUS_OK)
        return status;
    return join_lists(&a, &b, refusal, ret_value);
}

static enum status compute_arithmetic(const struct expression *node, struct slice item,
                                      struct refusal *refusal, struct value *ret_value)
{
    struct value a = {VALUE_NULL, {NULL, 0}};
    struct value b = {VALUE_NULL, {NULL, 0}};
    enum status status = compute(node->first, item, refusal, &a);
    if (status == STATUS_OK)
        status = compute(node->first->next, item, refusal, &b);
    if (status == STATUS_OK)
        status = add_numbers(&a, &b, node->kind == EXPRESSION_SUBTRACT, refusal, ret_value);
    return status;
}

/* Recurses once per function call in another, whose number the parser bounds. */
static enum status compute(const struct expression *node, struct slice item,
                           struct refusal *refusal, struct value *ret_value)
{
    if (node->kind == EXPRESSION_VALUE) {
        *ret_value = node->value;
        return STATUS_OK;
    }
    if (node->kind == EXPRESSION_ADD || node->kind == EXPRESSION_SUBTRACT)
        return compute_arithmetic(node, item, refusal, ret_value);
    if (node->kind == EXPRESSION_PATH) {
        if (document_path_find(&node->path, item, ret_value))
            return STATUS_OK;
        return refuse(refusal, "The provided expression refers to an attribute that does not exist "
                               "in the item");
    }
    if (node->function == FUNCTION_LIST_APPEND)
        return append_lists(node, item, refusal, ret_value);
    if (document_path_find(&node->first->path, item, ret_value))
        return STATUS_OK;
    return compute(node->first->next, item, refusal, ret_value);
}

/* ---- actions -------------------------------------------------------------------------------- */

static enum status compute_add(struct update_action *action, const struct value *old,
                               struct refusal *refusal)
{
    const struct value *operand = &action->operand->value;
    action->outcome = OUTCOME_SET;
    if (old == NULL) {
        action->result = *operand;
        return STATUS_OK;
    }
    if (operand->type == VALUE_N)
        return add_numbers(old, operand, false, refusal, &action->result);
    if (operand->type == VALUE_L)
        return join_lists(old, operand, refusal, &action->result);
    return combine_sets(old, operand, true, refusal, &action->result);
}

/* The last element takes the attribute with it. */
static enum status compute_delete(struct update_action *action, const struct value *old,
                                  struct refusal *refusal)
{
    action->outcome = OUTCOME_KEEP;
    if (old == NULL)
        return STATUS_OK;
    enum status status =
        combine_sets(old, &action->operand->value, false, refusal, &action->result);
    if (status == STATUS_OK)
        action->outcome = action->result.payload.len > 0 ? OUTCOME_SET : OUTCOME_REMOVE;
    return status;
}

enum status update_operand_compute(struct update_action *action, struct slice item,
                                   struct refusal *refusal)
{
    struct value present = {VALUE_NULL, {NULL, 0}};
    const struct value *old = document_path_find(&action->path, item, &present) ? &present : NULL;
    bool must_match = action->kind == UPDATE_ADD || action->kind == UPDATE_DELETE;
    if (action->is_legacy && must_match && old != NULL && old->type != action->operand->value.type)
        return refuse(refusal, "Type mismatch for attribute to update");
    switch (action->kind) {
    case UPDATE_SET:
        action->outcome = OUTCOME_SET;
        return compute(action->operand, item, refusal, &action->result);
    case UPDATE_ADD:
        return compute_add(action, old, refusal);
    case UPDATE_DELETE:
        return compute_delete(action, old, refusal);
    case UPDATE_REMOVE:
    default:
        action->outcome = OUTCOME_REMOVE;
        return STATUS_OK;
    }
}

bool update_operand_fits(const struct value *value, int levels)
{
    struct slice rest = value->payload;
    struct slice name;
    struct value inner;
    if (levels < 1)
        return false;
    if (value->type != VALUE_M && value->type != VALUE_L)
        return true;
    while (value->type == VALUE_M ? value_next_member(&rest, &name, &inner)
                                  : value_next(&rest, &inner))
        if (!update_operand_fits(&inner, levels - 1))
            return false;
    return true;
}
