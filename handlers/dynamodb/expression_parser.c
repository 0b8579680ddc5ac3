#include "handlers/dynamodb/expression_parser.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "handlers/dynamodb/refusal.h"

#define MAX_INDEX 2147483647U
#define MAX_IN_OPERANDS 100

static struct expression *parse_or(struct expression_parser *p, bool may_be_operand);
static struct expression *parse_primary(struct expression_parser *p);

void expression_parser_init(struct expression_parser *p, const char *title,
                            const char *const *keywords, struct slice source,
                            struct refusal *refusal)
{
    *p = (struct expression_parser){.refusal = refusal, .title = title, .keywords = keywords};
    bool is_update = strcmp(title, "UpdateExpression") == 0;
    expression_lexer_init(&p->lexer, source);
    if (source.len > EXPRESSION_MAX_BYTES)
        p->status = refuse(
            refusal, "Invalid %s: Expression size has exceeded the maximum allowed size;%s", title,
            is_update ? "" : arena_printf(refusal->arena, " expression size: %zu", source.len));
    else if (p->lexer.current.kind == TOKEN_END)
        p->status = refuse(refusal, "Invalid %s: The expression can not be empty;", title);
}

void expression_parser_syntax_error(struct expression_parser *p)
{
    if (p->status != STATUS_OK)
        return;
    p->status =
        refuse(p->refusal, "Invalid %s: Syntax error; token: \"%.*s\", near: \"%.*s\"", p->title,
               SLICE_ARG(p->lexer.current.text), SLICE_ARG(expression_lexer_near(&p->lexer)));
}

/* ---- pieces ------------------------------------------------------------------------------- */

struct expression *expression_parser_node(struct expression_parser *p, enum expression_kind kind)
{
    if (p->status != STATUS_OK)
        return NULL;
    struct expression *node = arena_zalloc(p->refusal->arena, sizeof(*node));
    if (node == NULL) {
        p->status = STATUS_NO_MEMORY;
        return NULL;
    }
    node->kind = kind;
    node->source = p->lexer.current.text;
    return node;
}

void expression_parser_adopt(struct expression *parent, struct expression **tail,
                             struct expression *child)
{
    if (parent == NULL || child == NULL)
        return;
    if (*tail == NULL)
        parent->first = child;
    else
        (*tail)->next = child;
    *tail = child;
    parent->count++;
}

bool expression_parser_accept(struct expression_parser *p, enum token_kind kind)
{
    if (p->status != STATUS_OK || p->lexer.current.kind != kind)
        return false;
    expression_lexer_advance(&p->lexer);
    return true;
}

bool expression_parser_expect(struct expression_parser *p, enum token_kind kind)
{
    if (expression_parser_accept(p, kind))
        return true;
    expression_parser_syntax_error(p);
    return false;
}

bool expression_parser_accept_keyword(struct expression_parser *p, const char *keyword)
{
    if (p->status != STATUS_OK || !expression_lexer_at_keyword(&p->lexer, keyword))
        return false;
    expression_lexer_advance(&p->lexer);
    return true;
}

static bool at_any_keyword(const struct expression_parser *p)
{
    for (const char *const *keyword = p->keywords; *keyword != NULL; keyword++)
        if (expression_lexer_at_keyword(&p->lexer, *keyword))
            return true;
    return false;
}

/* An attribute's name: a word that is no keyword, or "#name". */
static bool at_name(const struct expression_parser *p)
{
    return p->lexer.current.kind == TOKEN_NAME ||
           (p->lexer.current.kind == TOKEN_WORD && !at_any_keyword(p));
}

static bool enter(struct expression_parser *p)
{
    if (p->status == STATUS_OK && ++p->depth > EXPRESSION_MAX_DEPTH)
        p->status = refuse(p->refusal, "Invalid %s: The expression is nested too deeply", p->title);
    return p->status == STATUS_OK;
}

static void leave(struct expression_parser *p)
{
    p->depth--;
}

/* ---- paths -------------------------------------------------------------------------------- */

static struct path_step *add_step(struct expression_parser *p, struct document_path *path,
                                  struct path_step **tail)
{
    struct path_step *step = document_path_append(path, tail, p->refusal->arena);
    if (step == NULL)
        p->status = STATUS_NO_MEMORY;
    return step;
}

static void parse_name_step(struct expression_parser *p, struct document_path *path,
                            struct path_step **tail)
{
    if (!at_name(p)) {
        expression_parser_syntax_error(p);
        return;
    }
    struct path_step *step = add_step(p, path, tail);
    if (step != NULL)
        step->name = p->lexer.current.text;
    expression_lexer_advance(&p->lexer);
}

static void parse_index_step(struct expression_parser *p, struct document_path *path,
                             struct path_step **tail)
{
    struct slice digits = p->lexer.current.text;
    uint64_t index = 0;
    if (!expression_parser_expect(p, TOKEN_NUMBER) ||
        !expression_parser_expect(p, TOKEN_CLOSE_INDEX))
        return;
    if (slice_to_u64(digits, &index) != STATUS_OK || index > MAX_INDEX) {
        p->status = refuse(p->refusal,
                           "Invalid %s: List index is not within the allowable range; index: "
                           "[%.*s]",
                           p->title, SLICE_ARG(digits));
        return;
    }
    struct path_step *step = add_step(p, path, tail);
    if (step == NULL)
        return;
    step->is_index = true;
    step->index = index;
}

bool expression_parser_path(struct expression_parser *p, struct document_path *ret_path)
{
    struct document_path path = {NULL, 0};
    struct path_step *tail = NULL;
    if (p->status == STATUS_OK)
        parse_name_step(p, &path, &tail);
    while (p->status == STATUS_OK) {
        if (expression_parser_accept(p, TOKEN_DOT))
            parse_name_step(p, &path, &tail);
        else if (expression_parser_accept(p, TOKEN_OPEN_INDEX))
            parse_index_step(p, &path, &tail);
        else
            break;
    }
    if (p->status == STATUS_OK && path.count > VALUE_MAX_DEPTH)
        p->status = refuse(p->refusal,
                           "Invalid %s: The document path has too many nesting levels; nesting "
                           "levels: %zu",
                           p->title, path.count);
    if (p->status == STATUS_OK)
        *ret_path = path;
    return p->status == STATUS_OK;
}

/* ---- operands ----------------------------------------------------------------------------- */

static bool is_operand(const struct expression *node)
{
    return node->kind == EXPRESSION_PATH || node->kind == EXPRESSION_VALUE ||
           node->kind == EXPRESSION_FUNCTION;
}

struct expression *expression_parser_operand(struct expression_parser *p)
{
    struct expression *node = parse_primary(p);
    if (node != NULL && !is_operand(node)) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    return node;
}

static enum expression_function find_function(struct slice name)
{
    static const char *const names[] = {
        [FUNCTION_ATTRIBUTE_EXISTS] = "attribute_exists",
        [FUNCTION_ATTRIBUTE_NOT_EXISTS] = "attribute_not_exists",
        [FUNCTION_ATTRIBUTE_TYPE] = "attribute_type",
        [FUNCTION_BEGINS_WITH] = "begins_with",
        [FUNCTION_CONTAINS] = "contains",
        [FUNCTION_SIZE] = "size",
        [FUNCTION_IF_NOT_EXISTS] = "if_not_exists",
        [FUNCTION_LIST_APPEND] = "list_append",
    };
    for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
        if (slice_equal_text(name, names[i]))
            return (enum expression_function)i;
    return FUNCTION_UNKNOWN;
}

static struct expression *parse_function(struct expression_parser *p)
{
    struct expression *node = expression_parser_node(p, EXPRESSION_FUNCTION);
    struct expression *tail = NULL;
    if (node == NULL || !enter(p))
        return NULL;
    node->function = find_function(node->source);
    p->operators++;
    expression_lexer_advance(&p->lexer);
    expression_lexer_advance(&p->lexer);
    do
        expression_parser_adopt(node, &tail, expression_parser_operand(p));
    while (expression_parser_accept(p, TOKEN_COMMA));
    leave(p);
    return expression_parser_expect(p, TOKEN_CLOSE) ? node : NULL;
}

static struct expression *parse_parenthesised(struct expression_parser *p)
{
    if (!enter(p))
        return NULL;
    expression_lexer_advance(&p->lexer);
    struct expression *inner = parse_or(p, true);
    leave(p);
    if (!expression_parser_expect(p, TOKEN_CLOSE) || inner == NULL)
        return NULL;
    p->has_redundant_parentheses |= inner->is_parenthesised;
    inner->is_parenthesised = true;
    return inner;
}

static struct expression *parse_leaf(struct expression_parser *p, enum expression_kind kind)
{
    struct expression *node = expression_parser_node(p, kind);
    if (node == NULL)
        return NULL;
    if (kind == EXPRESSION_VALUE) {
        expression_lexer_advance(&p->lexer);
        return node;
    }
    return expression_parser_path(p, &node->path) ? node : NULL;
}

/* An operand, or a condition in parentheses. */
static struct expression *parse_primary(struct expression_parser *p)
{
    if (p->status != STATUS_OK)
        return NULL;
    if (p->lexer.current.kind == TOKEN_OPEN)
        return parse_parenthesised(p);
    if (p->lexer.current.kind == TOKEN_VALUE)
        return parse_leaf(p, EXPRESSION_VALUE);
    if (!at_name(p)) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    if (p->lexer.current.kind == TOKEN_WORD && p->lexer.next.kind == TOKEN_OPEN)
        return parse_function(p);
    return parse_leaf(p, EXPRESSION_PATH);
}

/* ---- conditions --------------------------------------------------------------------------- */

static bool at_comparator(const struct expression_parser *p)
{
    return p->lexer.current.kind >= TOKEN_EQUAL && p->lexer.current.kind <= TOKEN_GREATER_EQUAL;
}

/* The node for the operator at hand, which is passed over, with its left operand. */
static struct expression *begin_operator(struct expression_parser *p, enum expression_kind kind,
                                         struct expression *left, struct expression **tail)
{
    if (!is_operand(left)) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    struct expression *node = expression_parser_node(p, kind);
    if (node == NULL)
        return NULL;
    node->comparator = p->lexer.current.kind;
    p->operators++;
    expression_lexer_advance(&p->lexer);
    expression_parser_adopt(node, tail, left);
    return node;
}

static struct expression *parse_comparison(struct expression_parser *p, struct expression *left)
{
    struct expression *tail = NULL;
    struct expression *node = begin_operator(p, EXPRESSION_COMPARE, left, &tail);
    expression_parser_adopt(node, &tail, expression_parser_operand(p));
    return node;
}

static struct expression *parse_between(struct expression_parser *p, struct expression *left)
{
    struct expression *tail = NULL;
    struct expression *node = begin_operator(p, EXPRESSION_BETWEEN, left, &tail);
    expression_parser_adopt(node, &tail, expression_parser_operand(p));
    if (!expression_parser_accept_keyword(p, "AND"))
        expression_parser_syntax_error(p);
    expression_parser_adopt(node, &tail, expression_parser_operand(p));
    return node;
}

static struct expression *parse_in(struct expression_parser *p, struct expression *left)
{
    struct expression *tail = NULL;
    struct expression *node = begin_operator(p, EXPRESSION_IN, left, &tail);
    (void)expression_parser_expect(p, TOKEN_OPEN);
    do
        expression_parser_adopt(node, &tail, expression_parser_operand(p));
    while (expression_parser_accept(p, TOKEN_COMMA));
    (void)expression_parser_expect(p, TOKEN_CLOSE);
    if (p->status == STATUS_OK && node->count - 1 > MAX_IN_OPERANDS)
        p->status = refuse(p->refusal,
                           "Invalid %s: Incorrect number of operands for operator or function; "
                           "operator or function: IN, number of operands: %zu",
                           p->title, node->count);
    return node;
}

/* A lone path or value is none; in parentheses it may yet become an operand. */
static struct expression *parse_predicate(struct expression_parser *p, bool may_be_operand)
{
    struct expression *left = parse_primary(p);
    if (left == NULL)
        return NULL;
    if (at_comparator(p))
        return parse_comparison(p, left);
    if (expression_lexer_at_keyword(&p->lexer, "BETWEEN"))
        return parse_between(p, left);
    if (expression_lexer_at_keyword(&p->lexer, "IN"))
        return parse_in(p, left);
    bool is_lone = left->kind == EXPRESSION_PATH || left->kind == EXPRESSION_VALUE;
    if (is_lone && !(may_be_operand && p->lexer.current.kind == TOKEN_CLOSE)) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    return left;
}

static struct expression *parse_not(struct expression_parser *p, bool may_be_operand)
{
    struct expression *outer = NULL;
    struct expression *inner = NULL;
    while (p->status == STATUS_OK && expression_lexer_at_keyword(&p->lexer, "NOT")) {
        struct expression *tail = NULL;
        struct expression *node = expression_parser_node(p, EXPRESSION_NOT);
        expression_lexer_advance(&p->lexer);
        p->operators++;
        if (outer == NULL)
            outer = node;
        else
            expression_parser_adopt(inner, &tail, node);
        inner = node;
    }
    if (outer == NULL)
        return parse_predicate(p, may_be_operand);
    struct expression *tail = NULL;
    expression_parser_adopt(inner, &tail, parse_predicate(p, false));
    return outer;
}

typedef struct expression *parse_fn(struct expression_parser *p, bool may_be_operand);

/* One or more of what `parse` parses, with `keyword` between them. */
static struct expression *parse_chain(struct expression_parser *p, bool may_be_operand,
                                      const char *keyword, enum expression_kind kind,
                                      parse_fn *parse)
{
    struct expression *first = parse(p, may_be_operand);
    if (first == NULL || !expression_lexer_at_keyword(&p->lexer, keyword))
        return first;
    struct expression *tail = NULL;
    struct expression *node = expression_parser_node(p, kind);
    expression_parser_adopt(node, &tail, first);
    while (expression_parser_accept_keyword(p, keyword)) {
        p->operators++;
        expression_parser_adopt(node, &tail, parse(p, false));
    }
    return node;
}

static struct expression *parse_and(struct expression_parser *p, bool may_be_operand)
{
    return parse_chain(p, may_be_operand, "AND", EXPRESSION_AND, parse_not);
}

static struct expression *parse_or(struct expression_parser *p, bool may_be_operand)
{
    return parse_chain(p, may_be_operand, "OR", EXPRESSION_OR, parse_and);
}

bool expression_parser_finish(struct expression_parser *p)
{
    if (p->status == STATUS_OK && p->lexer.current.kind != TOKEN_END)
        expression_parser_syntax_error(p);
    if (p->status == STATUS_OK && p->operators > EXPRESSION_MAX_OPERATORS)
        p->status = refuse(p->refusal,
                           "Invalid %s: The expression contains too many operators; operator "
                           "count: %zu",
                           p->title, p->operators);
    return p->status == STATUS_OK;
}

struct expression *expression_parser_condition(struct expression_parser *p)
{
    struct expression *node = parse_or(p, false);
    return expression_parser_finish(p) ? node : NULL;
}
