/*
 * partiql_lexer.h -- PartiQL's statements as tokens, one ahead of the parser. Space and comments
 * (--, and from slash-star to star-slash) are passed over.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_LEXER_H
#define HANDLERS_DYNAMODB_PARTIQL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

enum partiql_kind {
    PARTIQL_END,
    PARTIQL_WORD,   /* a keyword, function or name */
    PARTIQL_QUOTED, /* "name", as it stands between the quotes */
    PARTIQL_STRING, /* 'text', as it stands between the quotes */
    PARTIQL_NUMBER,
    PARTIQL_PARAMETER, /* ? */
    PARTIQL_COMPARATOR,
    PARTIQL_OPEN_BAG,  /* << */
    PARTIQL_CLOSE_BAG, /* >> */
    PARTIQL_MARK,      /* one character: ( ) [ ] { } , . : * + - */
    PARTIQL_BAD,       /* what no statement has, or what has no end */
};

struct partiql_token {
    enum partiql_kind kind;
    struct slice text; /* borrowed from the statement */
    size_t start;      /* where it begins, quotes included */
};

struct partiql_lexer {
    struct slice source;
    size_t at;
    struct partiql_token current;
    struct partiql_token next;
};

void partiql_lexer_init(struct partiql_lexer *lexer, struct slice source);
void partiql_lexer_advance(struct partiql_lexer *lexer);

/* Keywords have no case. */
bool partiql_lexer_is_keyword(const struct partiql_token *token, const char *keyword);
bool partiql_lexer_is_mark(const struct partiql_token *token, char mark);

/* Where a token stands: line and column from 1, counted in characters. */
void partiql_lexer_place(const struct partiql_lexer *lexer, size_t start, size_t *ret_line,
                         size_t *ret_column);

#endif
