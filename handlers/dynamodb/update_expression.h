/*
 * update_expression.h -- UpdateExpression: SET, REMOVE, ADD and DELETE, read and checked.
 */
#ifndef HANDLERS_DYNAMODB_UPDATE_EXPRESSION_H
#define HANDLERS_DYNAMODB_UPDATE_EXPRESSION_H

#include <stdbool.h>

#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/path_tree.h"

struct placeholders;
struct refusal;

enum update_kind { UPDATE_SET, UPDATE_REMOVE, UPDATE_ADD, UPDATE_DELETE };

#define UPDATE_KINDS 4

/* What an action does to its path, once its operands are known. */
enum update_outcome { OUTCOME_KEEP, OUTCOME_SET, OUTCOME_REMOVE };

struct update_action {
    struct update_action *next;
    enum update_kind kind;
    struct document_path path;
    struct expression *operand;  /* NULL for REMOVE */
    enum update_outcome outcome; /* of the last update_apply() */
    struct value result;
    bool is_legacy; /* of AttributeUpdates: lists can be added to, and messages differ */
};

struct update_expression {
    struct update_action *first; /* in the order of the expression */
    struct path_tree paths;      /* its leaves' data are the actions */
};

NODISCARD enum status update_expression_parse(struct slice source,
                                              struct placeholders *placeholders,
                                              struct refusal *refusal,
                                              struct update_expression **ret_update);

#endif
