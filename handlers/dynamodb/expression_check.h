/*
 * expression_check.h -- what is wrong with a parsed expression: names, values, functions, types.
 *
 * The whole tree is looked at, and of all that is wrong the finding AWS reports is kept: the one
 * of the least rank, the first of equals. On the way "#names" and ":values" are resolved.
 */
#ifndef HANDLERS_DYNAMODB_EXPRESSION_CHECK_H
#define HANDLERS_DYNAMODB_EXPRESSION_CHECK_H

#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/refusal.h"

struct placeholders;

/* The order AWS reports in, within conditions; each of a condition's predicates adds FINDING_STEP.
 */
enum finding_rank {
    FINDING_PARENTHESES,
    FINDING_FUNCTION_NAME,
    FINDING_MISUSED_FUNCTION,
    FINDING_RESERVED,
    FINDING_UNDEFINED,
    FINDING_OPERAND_COUNT,
    FINDING_NOT_DISTINCT,
    FINDING_OPERAND_TYPE,
    FINDING_STEP = 4,
};

struct expression_check {
    const char *title;
    struct placeholders *placeholders;
    struct arena *arena;
    size_t base; /* FINDING_STEP for every predicate before this one */
    size_t rank; /* of `best` */
    struct refusal best;
    enum status status; /* a fault of ours */
};

/*
 * `title` names the parameter in messages. Without placeholders names and values are resolved
 * already, and without a title messages have no such head: for PartiQL.
 */
struct expression_check expression_check_make(const char *title, struct placeholders *placeholders,
                                              struct arena *arena);

void expression_check_note(struct expression_check *check, size_t rank, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Resolve a path's names. */
void expression_check_path(struct expression_check *check, struct document_path *path);

/* An operand: a path, a value, or a function that gives one. */
void expression_check_operand(struct expression_check *check, struct expression *node);

/* A function's name, operand count and operand types. */
void expression_check_function(struct expression_check *check, struct expression *node);

/* The type a constant has; 0 for what is known at run time only. */
enum value_type expression_check_type(const struct expression *node);

/* A whole condition. */
void expression_check_condition(struct expression_check *check, struct expression *node);

/* STATUS_OK, or what was found, told to `refusal`. */
enum status expression_check_result(struct expression_check *check, struct refusal *refusal);

#endif
