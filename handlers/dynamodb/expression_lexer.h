/*
 * expression_lexer.h -- the tokens of DynamoDB's expressions, with one token of lookahead.
 */
#ifndef HANDLERS_DYNAMODB_EXPRESSION_LEXER_H
#define HANDLERS_DYNAMODB_EXPRESSION_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

enum token_kind {
    TOKEN_NONE, /* before the first */
    TOKEN_END,
    TOKEN_WORD,   /* attribute, function or keyword */
    TOKEN_NAME,   /* #name */
    TOKEN_VALUE,  /* :value */
    TOKEN_NUMBER, /* digits */
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_INDEX,
    TOKEN_CLOSE_INDEX,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_BAD, /* one character no expression has */
};

struct token {
    enum token_kind kind;
    struct slice text; /* borrowed from the expression; "<EOF>" at the end */
    size_t start;      /* its place in the expression */
    size_t end;
};

struct expression_lexer {
    struct slice source;
    size_t at;
    struct token previous;
    struct token current;
    struct token next;
};

void expression_lexer_init(struct expression_lexer *lexer, struct slice source);
void expression_lexer_advance(struct expression_lexer *lexer);

/* The current token with its neighbours, as the source has them: for "Syntax error". */
struct slice expression_lexer_near(const struct expression_lexer *lexer);

/* Is the current token this keyword? Keywords have no case. */
bool expression_lexer_at_keyword(const struct expression_lexer *lexer, const char *keyword);

#endif
