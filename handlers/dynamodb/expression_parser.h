/*
 * expression_parser.h -- recursive descent over DynamoDB's expressions: paths, operands, and
 * conditions. The grammar is in README.md.
 *
 * One pass, no backtracking. Parentheses and function calls nest up to
 * EXPRESSION_MAX_DEPTH, operators count up to EXPRESSION_MAX_OPERATORS. What it finds wrong is
 * syntax only; names and types are checked afterwards (expression_check.h).
 *
 * The first failure sticks in `status`; after it every function answers NULL or false.
 */
#ifndef HANDLERS_DYNAMODB_EXPRESSION_PARSER_H
#define HANDLERS_DYNAMODB_EXPRESSION_PARSER_H

#include "handlers/dynamodb/expression.h"

struct refusal;

struct expression_parser {
    struct expression_lexer lexer;
    struct refusal *refusal;     /* borrowed; its arena holds the tree */
    const char *title;           /* "ConditionExpression" */
    const char *const *keywords; /* words that are no attributes here; NULL behind the last */
    size_t operators;
    unsigned depth;
    bool has_redundant_parentheses;
    enum status status;
};

/* Checks the length. */
void expression_parser_init(struct expression_parser *parser, const char *title,
                            const char *const *keywords, struct slice source,
                            struct refusal *refusal);

/* A whole condition up to the end; NULL on failure. */
struct expression *expression_parser_condition(struct expression_parser *parser);

/* A path into *ret_path. */
bool expression_parser_path(struct expression_parser *parser, struct document_path *ret_path);

/* A path, a value, a function, or one of them in parentheses. */
struct expression *expression_parser_operand(struct expression_parser *parser);

/* The end of the source, and not too many operators. */
bool expression_parser_finish(struct expression_parser *parser);

/* Pieces for other grammars. */
struct expression *expression_parser_node(struct expression_parser *parser,
                                          enum expression_kind kind);
bool expression_parser_accept(struct expression_parser *parser, enum token_kind kind);
bool expression_parser_expect(struct expression_parser *parser, enum token_kind kind);
bool expression_parser_accept_keyword(struct expression_parser *parser, const char *keyword);
void expression_parser_syntax_error(struct expression_parser *parser);

/* Append to a parent's operands; *tail is the last of them, or NULL. */
void expression_parser_adopt(struct expression *parent, struct expression **tail,
                             struct expression *child);

#endif
