#include "handlers/dynamodb/expression_check.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/reserved_words.h"
#include "handlers/dynamodb/value_writer.h"

struct expression_check expression_check_make(const char *title, struct placeholders *placeholders,
                                              struct arena *arena)
{
    return (struct expression_check){
        .title = title,
        .placeholders = placeholders,
        .arena = arena,
        .rank = SIZE_MAX,
        .best = refusal_make(arena),
    };
}

/* Ranks from FINDING_UNDEFINED on count within their predicate. */
void expression_check_note(struct expression_check *check, size_t rank, const char *format, ...)
{
    if (rank >= FINDING_UNDEFINED)
        rank += check->base;
    if (rank >= check->rank || check->status != STATUS_OK)
        return;
    struct text message;
    va_list args;
    text_init_in(&message, check->arena, REFUSAL_PART_MAX_BYTES);
    va_start(args, format);
    text_vprintf(&message, format, args);
    va_end(args);
    check->rank = rank;
    check->best = refusal_make(check->arena);
    check->status = message.status;
    if (message.status != STATUS_OK)
        return;
    enum status status = check->title == NULL
                             ? refuse(&check->best, "%.*s", SLICE_ARG(text_slice(&message)))
                             : refuse(&check->best, "Invalid %s: %.*s", check->title,
                                      SLICE_ARG(text_slice(&message)));
    if (status != STATUS_INVALID)
        check->status = status;
}

enum status expression_check_result(struct expression_check *check, struct refusal *refusal)
{
    if (check->status != STATUS_OK)
        return check->status;
    if (check->rank == SIZE_MAX)
        return STATUS_OK;
    if (refusal->error == NULL) {
        refusal->error = check->best.error;
        refusal->message = check->best.message;
    }
    return STATUS_INVALID;
}

/* ---- names and values --------------------------------------------------------------------- */

static void resolve_step(struct expression_check *check, struct path_step *step)
{
    if (step->name.ptr[0] != '#') {
        if (reserved_words_has(step->name))
            expression_check_note(check, FINDING_RESERVED,
                                  "Attribute name is a reserved keyword; reserved keyword: %.*s",
                                  SLICE_ARG(step->name));
        return;
    }
    const struct placeholder *found = placeholders_name(check->placeholders, step->name);
    if (found != NULL)
        step->name = found->attribute;
    else
        expression_check_note(check, FINDING_UNDEFINED,
                              "An expression attribute name used in the document path is not "
                              "defined; attribute name: %.*s",
                              SLICE_ARG(step->name));
}

void expression_check_path(struct expression_check *check, struct document_path *path)
{
    for (struct path_step *step = path->first; step != NULL; step = step->next)
        if (!step->is_index && check->placeholders != NULL)
            resolve_step(check, step);
}

static void resolve_value(struct expression_check *check, struct expression *node)
{
    if (check->placeholders == NULL)
        return;
    const struct placeholder *found = placeholders_value(check->placeholders, node->source);
    if (found != NULL)
        node->value = found->value;
    else
        expression_check_note(check, FINDING_UNDEFINED,
                              "An expression attribute value used in expression is not defined; "
                              "attribute value: %.*s",
                              SLICE_ARG(node->source));
}

enum value_type expression_check_type(const struct expression *node)
{
    if (node->kind == EXPRESSION_VALUE)
        return node->value.type;
    if (node->kind == EXPRESSION_FUNCTION && node->function == FUNCTION_SIZE)
        return VALUE_N;
    return (enum value_type)0;
}

static bool gives_value(enum expression_function function)
{
    return function == FUNCTION_SIZE || function == FUNCTION_IF_NOT_EXISTS ||
           function == FUNCTION_LIST_APPEND;
}

static void note_misuse(struct expression_check *check, const struct expression *node)
{
    expression_check_note(check, FINDING_MISUSED_FUNCTION,
                          "The function is not allowed to be used this way in an expression; "
                          "function: %.*s",
                          SLICE_ARG(node->source));
}

void expression_check_operand(struct expression_check *check, struct expression *node)
{
    if (node->kind == EXPRESSION_PATH) {
        expression_check_path(check, &node->path);
    } else if (node->kind == EXPRESSION_VALUE) {
        resolve_value(check, node);
    } else {
        if (node->function != FUNCTION_UNKNOWN && !gives_value(node->function))
            note_misuse(check, node);
        expression_check_function(check, node);
    }
}

/* ---- functions ---------------------------------------------------------------------------- */

static void note_type(struct expression_check *check, struct slice operator_name, const char *type)
{
    expression_check_note(check, FINDING_OPERAND_TYPE,
                          "Incorrect operand type for operator or function; operator or function: "
                          "%.*s, operand type: %s",
                          SLICE_ARG(operator_name), type);
}

static void check_distinct(struct expression_check *check, struct slice operator_name,
                           const struct expression *a, const struct expression *b)
{
    if (a->kind != EXPRESSION_PATH || b->kind != EXPRESSION_PATH ||
        !document_path_equal(&a->path, &b->path))
        return;
    struct text path;
    text_init_in(&path, check->arena, REFUSAL_PART_MAX_BYTES);
    document_path_describe(&a->path, &path);
    expression_check_note(check, FINDING_NOT_DISTINCT,
                          "The first operand must be distinct from the remaining operands for this "
                          "operator or function; operator: %.*s, first operand: %.*s",
                          SLICE_ARG(operator_name), SLICE_ARG(text_slice(&path)));
}

static void check_begins_with(struct expression_check *check, const struct expression *node)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next) {
        enum value_type type = expression_check_type(e);
        if (type != 0 && type != VALUE_S && type != VALUE_B)
            note_type(check, node->source, value_type_name(type));
    }
}

static bool is_type_name(struct slice name)
{
    for (int type = VALUE_S; type < VALUE_TYPES; type++)
        if (slice_equal_text(name, value_type_name((enum value_type)type)))
            return true;
    return false;
}

static void check_attribute_type(struct expression_check *check, const struct expression *node)
{
    const struct expression *wanted = node->first->next;
    assert(wanted != NULL);
    enum value_type type = expression_check_type(wanted);
    if (type == 0 && wanted->kind != EXPRESSION_VALUE)
        note_type(check, node->source, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    else if (type != 0 && type != VALUE_S)
        note_type(check, node->source, value_type_name(type));
    else if (type == VALUE_S && !is_type_name(wanted->value.payload))
        expression_check_note(check, FINDING_OPERAND_TYPE,
                              "Invalid attribute type name found; type: %.*s, valid types: "
                              "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                              SLICE_ARG(wanted->value.payload));
}

static void check_size(struct expression_check *check, const struct expression *node)
{
    enum value_type type = expression_check_type(node->first);
    if (type == VALUE_N || type == VALUE_BOOL || type == VALUE_NULL)
        note_type(check, node->source, value_type_name(type));
}

static void check_needs_path(struct expression_check *check, const struct expression *node)
{
    if (node->first->kind != EXPRESSION_PATH)
        expression_check_note(check, FINDING_OPERAND_TYPE,
                              "Operator or function requires a document path; operator or "
                              "function: %.*s",
                              SLICE_ARG(node->source));
}

static void check_list_append(struct expression_check *check, const struct expression *node)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next) {
        enum value_type type = expression_check_type(e);
        if (type != 0 && type != VALUE_L)
            note_type(check, node->source, value_type_name(type));
    }
}

/* The right number of operands is there. */
static void check_types(struct expression_check *check, const struct expression *node)
{
    assert(node->first != NULL && (node->count < 2 || node->first->next != NULL));
    switch (node->function) {
    case FUNCTION_ATTRIBUTE_EXISTS:
    case FUNCTION_ATTRIBUTE_NOT_EXISTS:
    case FUNCTION_IF_NOT_EXISTS:
        check_needs_path(check, node);
        break;
    case FUNCTION_ATTRIBUTE_TYPE:
        check_attribute_type(check, node);
        break;
    case FUNCTION_BEGINS_WITH:
        check_distinct(check, node->source, node->first, node->first->next);
        check_begins_with(check, node);
        break;
    case FUNCTION_CONTAINS:
        check_distinct(check, node->source, node->first, node->first->next);
        break;
    case FUNCTION_SIZE:
        check_size(check, node);
        break;
    case FUNCTION_LIST_APPEND:
        check_list_append(check, node);
        break;
    case FUNCTION_UNKNOWN:
    default:
        break;
    }
}

/* Which functions an update expression knows, and which a condition. */
static bool is_known(const struct expression_check *check, enum expression_function function)
{
    bool is_update = slice_equal_text(slice_of(check->title), "UpdateExpression");
    bool is_of_update = function == FUNCTION_IF_NOT_EXISTS || function == FUNCTION_LIST_APPEND;
    return function != FUNCTION_UNKNOWN && is_update == is_of_update;
}

void expression_check_function(struct expression_check *check, struct expression *node)
{
    static const size_t operand_counts[] = {
        [FUNCTION_ATTRIBUTE_EXISTS] = 1, [FUNCTION_ATTRIBUTE_NOT_EXISTS] = 1,
        [FUNCTION_ATTRIBUTE_TYPE] = 2,   [FUNCTION_BEGINS_WITH] = 2,
        [FUNCTION_CONTAINS] = 2,         [FUNCTION_SIZE] = 1,
        [FUNCTION_IF_NOT_EXISTS] = 2,    [FUNCTION_LIST_APPEND] = 2,
    };
    for (struct expression *e = node->first; e != NULL; e = e->next)
        expression_check_operand(check, e);
    if (!is_known(check, node->function))
        expression_check_note(check, FINDING_FUNCTION_NAME, "Invalid function name; function: %.*s",
                              SLICE_ARG(node->source));
    else if (node->count != operand_counts[node->function])
        expression_check_note(check, FINDING_OPERAND_COUNT,
                              "Incorrect number of operands for operator or function; operator or "
                              "function: %.*s, number of operands: %zu",
                              SLICE_ARG(node->source), node->count);
    else
        check_types(check, node);
}

/* ---- conditions --------------------------------------------------------------------------- */

static bool is_ordered(enum value_type type)
{
    return type == 0 || type == VALUE_S || type == VALUE_N || type == VALUE_B;
}

static void check_ordered(struct expression_check *check, const struct expression *node,
                          struct slice operator_name)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next)
        if (!is_ordered(expression_check_type(e)))
            note_type(check, operator_name, value_type_name(expression_check_type(e)));
}

static void note_bounds(struct expression_check *check, const char *rule,
                        const struct expression *low, const struct expression *high)
{
    struct text bounds;
    text_init_in(&bounds, check->arena, REFUSAL_PART_MAX_BYTES);
    text_append_text(&bounds, "lower bound operand: AttributeValue: ");
    value_writer_describe(&bounds, &low->value);
    text_append_text(&bounds, ", upper bound operand: AttributeValue: ");
    value_writer_describe(&bounds, &high->value);
    expression_check_note(check, FINDING_OPERAND_TYPE, "The BETWEEN operator requires %s; %.*s",
                          rule, SLICE_ARG(text_slice(&bounds)));
}

static void check_between(struct expression_check *check, const struct expression *node)
{
    const struct expression *low = node->first->next;
    assert(low != NULL && low->next != NULL);
    const struct expression *high = low->next;
    check_ordered(check, node, SLICE("BETWEEN"));
    if (low->kind != EXPRESSION_VALUE || high->kind != EXPRESSION_VALUE || low->value.type == 0 ||
        high->value.type == 0)
        return;
    if (low->value.type != high->value.type)
        note_bounds(check, "same data type for lower and upper bounds", low, high);
    else if (slice_compare(low->value.payload, high->value.payload) > 0)
        note_bounds(check, "upper bound to be greater than or equal to lower bound", low, high);
}

static void check_comparison(struct expression_check *check, struct expression *node)
{
    assert(node->first != NULL && node->first->next != NULL);
    for (struct expression *e = node->first; e != NULL; e = e->next)
        expression_check_operand(check, e);
    if (node->kind == EXPRESSION_BETWEEN)
        check_between(check, node);
    if (node->kind == EXPRESSION_COMPARE)
        check_distinct(check, node->source, node->first, node->first->next);
    if (node->kind == EXPRESSION_COMPARE && node->comparator >= TOKEN_LESS)
        check_ordered(check, node, node->source);
}

/* Recurses once per pair of parentheses and NOT, whose number the parser bounds. */
void expression_check_condition(struct expression_check *check, struct expression *node)
{
    switch (node->kind) {
    case EXPRESSION_AND:
    case EXPRESSION_OR:
    case EXPRESSION_NOT:
        for (struct expression *e = node->first; e != NULL; e = e->next)
            expression_check_condition(check, e);
        return;
    case EXPRESSION_FUNCTION:
        if (gives_value(node->function))
            note_misuse(check, node);
        expression_check_function(check, node);
        break;
    case EXPRESSION_PATH:
    case EXPRESSION_VALUE:
    case EXPRESSION_COMPARE:
    case EXPRESSION_BETWEEN:
    case EXPRESSION_IN:
    case EXPRESSION_ADD:
    case EXPRESSION_SUBTRACT:
    default:
        check_comparison(check, node);
        break;
    }
    check->base += FINDING_STEP;
}
