/*
 * partiql_parser.h -- recursive descent over PartiQL: what all clauses have in common, values, and
 * conditions. partiql_statement.h puts statements together. The grammar is in README.md.
 *
 * One pass, no backtracking. Parentheses and values nest up to EXPRESSION_MAX_DEPTH, so that the
 * stack is bounded; a statement is at most 8 KB long. Parameters are taken in as they are
 * met, so that what is parsed is an expression's tree as expression_parser.h makes them.
 *
 * The first failure sticks in `status`; after it every function answers NULL or false.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_PARSER_H
#define HANDLERS_DYNAMODB_PARTIQL_PARSER_H

#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/partiql_lexer.h"

struct json;
struct refusal;
struct text;

struct partiql_parser {
    struct partiql_lexer lexer;
    struct refusal *refusal;      /* borrowed; its arena holds the tree */
    const struct json *parameter; /* the next of the request's Parameters */
    unsigned depth;
    enum status status;
};

void partiql_parser_init(struct partiql_parser *p, struct slice source,
                         const struct json *parameters, struct refusal *refusal);

/* ---- pieces ------------------------------------------------------------------------------- */

bool partiql_parser_at_keyword(const struct partiql_parser *p, const char *keyword);
bool partiql_parser_at_mark(const struct partiql_parser *p, char mark);
bool partiql_parser_accept_keyword(struct partiql_parser *p, const char *keyword);
bool partiql_parser_expect_keyword(struct partiql_parser *p, const char *keyword);
bool partiql_parser_accept_mark(struct partiql_parser *p, char mark);
bool partiql_parser_expect_mark(struct partiql_parser *p, char mark);

/* "Statement wasn't well formed", with what is wrong or nothing when there is no token here. */
void partiql_parser_syntax_error(struct partiql_parser *p, const char *what);

/* Any message about a token: " at line:column:length" is put behind it. */
void partiql_parser_refuse_at(struct partiql_parser *p, const struct partiql_token *token,
                              const char *message);

/* One level deeper; false when that is too deep. */
bool partiql_parser_enter(struct partiql_parser *p);
void partiql_parser_leave(struct partiql_parser *p);

/* A name: a word or a quoted one. */
bool partiql_parser_name(struct partiql_parser *p, struct slice *ret_name);

/* "a.b[3]" */
bool partiql_parser_path(struct partiql_parser *p, struct document_path *ret_path);

/* ---- partiql_literal.c -------------------------------------------------------------------- */

/* Does a literal or a parameter begin here? */
bool partiql_literal_is_next(const struct partiql_parser *p);

/* A literal or a parameter, as a value in the arena. */
bool partiql_literal_parse(struct partiql_parser *p, struct value *ret_value);

/* The end of the statement: all parameters were used. */
bool partiql_literal_finish(struct partiql_parser *p);

/* ---- partiql_condition.c ------------------------------------------------------------------ */

/* What stands behind WHERE; NULL on failure. */
struct expression *partiql_condition_parse(struct partiql_parser *p);

/* The right side of SET; NULL on failure. */
struct expression *partiql_condition_parse_operand(struct partiql_parser *p);

#endif
