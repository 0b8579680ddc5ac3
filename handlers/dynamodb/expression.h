/*
 * expression.h -- the tree every expression is parsed into. Nodes live in the request's arena.
 */
#ifndef HANDLERS_DYNAMODB_EXPRESSION_H
#define HANDLERS_DYNAMODB_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/document_path.h"
#include "handlers/dynamodb/expression_lexer.h"

/* Limits of AWS, and how deep parentheses may stand in each other, which bounds recursion. */
#define EXPRESSION_MAX_BYTES 4096
#define EXPRESSION_MAX_OPERATORS 300
#define EXPRESSION_MAX_DEPTH 310

enum expression_kind {
    EXPRESSION_PATH,
    EXPRESSION_VALUE,
    EXPRESSION_FUNCTION,
    EXPRESSION_COMPARE, /* `operator` says how */
    EXPRESSION_BETWEEN,
    EXPRESSION_IN,
    EXPRESSION_NOT,
    EXPRESSION_AND,
    EXPRESSION_OR,
    EXPRESSION_ADD, /* of update expressions */
    EXPRESSION_SUBTRACT,
};

enum expression_function {
    FUNCTION_UNKNOWN,
    FUNCTION_ATTRIBUTE_EXISTS,
    FUNCTION_ATTRIBUTE_NOT_EXISTS,
    FUNCTION_ATTRIBUTE_TYPE,
    FUNCTION_BEGINS_WITH,
    FUNCTION_CONTAINS,
    FUNCTION_SIZE,
    FUNCTION_IF_NOT_EXISTS,
    FUNCTION_LIST_APPEND,
};

struct expression {
    enum expression_kind kind;
    enum expression_function function;
    enum token_kind comparator;
    struct slice source; /* the operator, function or placeholder as written */
    struct document_path path;
    struct value value;       /* of EXPRESSION_VALUE, once resolved */
    struct expression *first; /* operands */
    struct expression *next;  /* the next operand of the same parent */
    size_t count;             /* of operands */
    bool is_parenthesised;
};

#endif
