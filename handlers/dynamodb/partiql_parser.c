#include "handlers/dynamodb/partiql_parser.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/refusal.h"

#define NAME_MAX_BYTES ((size_t)8192)

void partiql_parser_init(struct partiql_parser *p, struct slice source,
                         const struct json *parameters, struct refusal *refusal)
{
    *p = (struct partiql_parser){.refusal = refusal, .parameter = json_first(parameters)};
    partiql_lexer_init(&p->lexer, source);
}

void partiql_parser_syntax_error(struct partiql_parser *p, const char *what)
{
    if (p->status != STATUS_OK)
        return;
    bool is_readable = p->lexer.current.kind != PARTIQL_BAD;
    p->status = refuse(p->refusal, "Statement wasn't well formed, can't be processed: %s",
                       is_readable ? what : "");
}

void partiql_parser_refuse_at(struct partiql_parser *p, const struct partiql_token *token,
                              const char *message)
{
    size_t line = 0;
    size_t column = 0;
    if (p->status != STATUS_OK)
        return;
    partiql_lexer_place(&p->lexer, token->start, &line, &column);
    p->status = refuse(p->refusal, "%s at %zu:%zu:%zu", message, line, column, token->text.len);
}

bool partiql_parser_at_keyword(const struct partiql_parser *p, const char *keyword)
{
    return p->status == STATUS_OK && partiql_lexer_is_keyword(&p->lexer.current, keyword);
}

bool partiql_parser_at_mark(const struct partiql_parser *p, char mark)
{
    return p->status == STATUS_OK && partiql_lexer_is_mark(&p->lexer.current, mark);
}

bool partiql_parser_accept_keyword(struct partiql_parser *p, const char *keyword)
{
    bool is_there = partiql_parser_at_keyword(p, keyword);
    if (is_there)
        partiql_lexer_advance(&p->lexer);
    return is_there;
}

bool partiql_parser_expect_keyword(struct partiql_parser *p, const char *keyword)
{
    if (partiql_parser_accept_keyword(p, keyword))
        return true;
    partiql_parser_syntax_error(p, "Unexpected keyword");
    return false;
}

bool partiql_parser_accept_mark(struct partiql_parser *p, char mark)
{
    bool is_there = partiql_parser_at_mark(p, mark);
    if (is_there)
        partiql_lexer_advance(&p->lexer);
    return is_there;
}

bool partiql_parser_expect_mark(struct partiql_parser *p, char mark)
{
    if (partiql_parser_accept_mark(p, mark))
        return true;
    partiql_parser_syntax_error(p, "Unexpected term");
    return false;
}

bool partiql_parser_enter(struct partiql_parser *p)
{
    if (p->status == STATUS_OK && ++p->depth > EXPRESSION_MAX_DEPTH)
        p->status = refuse(p->refusal, "Statement wasn't well formed, can't be processed: "
                                       "The statement is nested too deeply");
    return p->status == STATUS_OK;
}

void partiql_parser_leave(struct partiql_parser *p)
{
    p->depth--;
}

/* ---- names and paths ---------------------------------------------------------------------- */

/* Words that are no names unless they are quoted. */
static bool is_reserved(const struct partiql_token *token)
{
    static const char *const words[] = {
        "SELECT",  "FROM",   "WHERE",     "AND",    "OR",      "NOT",   "IN",     "IS",
        "BETWEEN", "INSERT", "INTO",      "UPDATE", "SET",     "ORDER", "DELETE", "BY",
        "REMOVE",  "EXISTS", "RETURNING", "TRUE",   "FALSE",   "NULL",  "AS",     "INNER",
        "OUTER",   "JOIN",   "CROSS",     "UNION",  "MISSING", "GROUP", "HAVING", "LIKE",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (partiql_lexer_is_keyword(token, words[i]))
            return true;
    return false;
}

/* Two quotes stand for one. */
static bool unquote(struct partiql_parser *p, struct slice quoted, struct slice *ret_name)
{
    if (slice_find(quoted, '"') == quoted.len) {
        *ret_name = quoted;
        return true;
    }
    struct text text;
    text_init_in(&text, p->refusal->arena, NAME_MAX_BYTES);
    for (size_t i = 0; i < quoted.len; i++) {
        text_append_byte(&text, quoted.ptr[i]);
        if (quoted.ptr[i] == '"')
            i++;
    }
    p->status = text.status;
    *ret_name = text_slice(&text);
    return p->status == STATUS_OK;
}

bool partiql_parser_name(struct partiql_parser *p, struct slice *ret_name)
{
    const struct partiql_token token = p->lexer.current;
    if (p->status != STATUS_OK)
        return false;
    bool is_word = token.kind == PARTIQL_WORD && !is_reserved(&token);
    if (!is_word && token.kind != PARTIQL_QUOTED) {
        partiql_parser_syntax_error(p, "Expected identifier for simple path");
        return false;
    }
    partiql_lexer_advance(&p->lexer);
    if (token.kind == PARTIQL_QUOTED)
        return unquote(p, token.text, ret_name);
    *ret_name = token.text;
    return true;
}

static struct path_step *add_step(struct partiql_parser *p, struct document_path *path,
                                  struct path_step **tail)
{
    struct path_step *step = document_path_append(path, tail, p->refusal->arena);
    if (step == NULL)
        p->status = STATUS_NO_MEMORY;
    return step;
}

static void parse_index(struct partiql_parser *p, struct document_path *path,
                        struct path_step **tail)
{
    uint64_t index = 0;
    if (p->lexer.current.kind != PARTIQL_NUMBER ||
        slice_to_u64(p->lexer.current.text, &index) != STATUS_OK || index > INT32_MAX) {
        partiql_parser_syntax_error(p, "Unsupported path index");
        return;
    }
    partiql_lexer_advance(&p->lexer);
    struct path_step *step = add_step(p, path, tail);
    if (step == NULL || !partiql_parser_expect_mark(p, ']'))
        return;
    step->is_index = true;
    step->index = index;
}

static void parse_name_step(struct partiql_parser *p, struct document_path *path,
                            struct path_step **tail)
{
    struct slice name = {NULL, 0};
    bool is_inner = path->count > 0;
    if (is_inner && is_reserved(&p->lexer.current)) {
        partiql_parser_syntax_error(p, "Invalid path dot component");
        return;
    }
    if (!partiql_parser_name(p, &name))
        return;
    struct path_step *step = add_step(p, path, tail);
    if (step != NULL)
        step->name = name;
}

bool partiql_parser_path(struct partiql_parser *p, struct document_path *ret_path)
{
    struct document_path path = {NULL, 0};
    struct path_step *tail = NULL;
    parse_name_step(p, &path, &tail);
    while (p->status == STATUS_OK) {
        if (partiql_parser_accept_mark(p, '.'))
            parse_name_step(p, &path, &tail);
        else if (partiql_parser_accept_mark(p, '['))
            parse_index(p, &path, &tail);
        else
            break;
    }
    if (p->status == STATUS_OK && path.count > VALUE_MAX_DEPTH)
        p->status =
            refuse(p->refusal, "The document path has too many nesting levels; nesting levels: %zu",
                   path.count);
    if (p->status == STATUS_OK)
        *ret_path = path;
    return p->status == STATUS_OK;
}
