#include "handlers/dynamodb/update_expression.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_check.h"
#include "handlers/dynamodb/expression_parser.h"

static const char title[] = "UpdateExpression";
static const char *const sections[] = {
    [UPDATE_SET] = "SET",
    [UPDATE_REMOVE] = "REMOVE",
    [UPDATE_ADD] = "ADD",
    [UPDATE_DELETE] = "DELETE",
};

struct reader {
    struct expression_parser parser;
    struct expression_check check;
    struct update_expression *update;
    struct update_action *tail;
    bool has_section[UPDATE_KINDS];
};

/* ---- the right side of SET ------------------------------------------------------------------ */

static struct expression *parse_value(struct expression_parser *p);

/* "a + b" may stand in one pair of parentheses; operands may stand in theirs. */
static struct expression *parse_left(struct expression_parser *p)
{
    if (p->lexer.current.kind != TOKEN_OPEN)
        return expression_parser_operand(p);
    if (++p->depth > EXPRESSION_MAX_DEPTH) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    (void)expression_parser_expect(p, TOKEN_OPEN);
    struct expression *inner = parse_value(p);
    p->depth--;
    return expression_parser_expect(p, TOKEN_CLOSE) ? inner : NULL;
}

static bool at_sign(const struct expression_parser *p)
{
    return p->lexer.current.kind == TOKEN_PLUS || p->lexer.current.kind == TOKEN_MINUS;
}

static struct expression *parse_value(struct expression_parser *p)
{
    struct expression *left = parse_left(p);
    if (left == NULL || !at_sign(p))
        return left;
    if (left->kind == EXPRESSION_ADD || left->kind == EXPRESSION_SUBTRACT) {
        expression_parser_syntax_error(p);
        return NULL;
    }
    struct expression *tail = NULL;
    struct expression *node = expression_parser_node(
        p, p->lexer.current.kind == TOKEN_PLUS ? EXPRESSION_ADD : EXPRESSION_SUBTRACT);
    p->operators++;
    expression_lexer_advance(&p->lexer);
    expression_parser_adopt(node, &tail, left);
    expression_parser_adopt(node, &tail, expression_parser_operand(p));
    return node;
}

/* ---- actions -------------------------------------------------------------------------------- */

static void add_path(struct reader *r, struct update_action *action)
{
    enum path_clash clash = PATH_CLASH_NONE;
    const struct document_path *other = NULL;
    expression_check_path(&r->check, &action->path);
    enum status status =
        path_tree_add(&r->update->paths, &action->path, action, r->check.arena, &clash, &other);
    if (status != STATUS_OK)
        r->check.status = status;
    if (status != STATUS_OK || clash == PATH_CLASH_NONE)
        return;
    struct text message;
    text_init_in(&message, r->check.arena, REFUSAL_PART_MAX_BYTES);
    path_tree_describe_clash(clash, other, &action->path, &message);
    expression_check_note(&r->check, FINDING_OPERAND_COUNT, "%.*s",
                          SLICE_ARG(text_slice(&message)));
}

static void check_arithmetic(struct expression_check *check, const struct expression *node)
{
    for (const struct expression *e = node->first; e != NULL; e = e->next) {
        enum value_type type = expression_check_type(e);
        if (type != 0 && type != VALUE_N)
            expression_check_note(check, FINDING_OPERAND_TYPE,
                                  "Incorrect operand type for operator or function; operator or "
                                  "function: %.*s, operand type: %s",
                                  SLICE_ARG(node->source), value_type_name(type));
    }
}

static void check_set(struct expression_check *check, struct expression *node)
{
    if (node->kind != EXPRESSION_ADD && node->kind != EXPRESSION_SUBTRACT) {
        expression_check_operand(check, node);
        return;
    }
    for (struct expression *e = node->first; e != NULL; e = e->next)
        expression_check_operand(check, e);
    check_arithmetic(check, node);
}

/* ADD takes numbers and sets, DELETE sets. */
static void check_constant(struct expression_check *check, enum update_kind kind,
                           struct expression *node)
{
    static const char *const long_names[VALUE_TYPES] = {
        [VALUE_S] = "STRING", [VALUE_N] = "NUMBER",     [VALUE_B] = "BINARY", [VALUE_NULL] = "NULL",
        [VALUE_L] = "LIST",   [VALUE_BOOL] = "BOOLEAN", [VALUE_M] = "MAP",
    };
    expression_check_operand(check, node);
    const char *name = long_names[node->value.type];
    bool is_wrong = name != NULL && !(kind == UPDATE_ADD && node->value.type == VALUE_N);
    if (is_wrong)
        expression_check_note(check, FINDING_OPERAND_TYPE,
                              "Incorrect operand type for operator or function; operator: %s, "
                              "operand type: %s",
                              sections[kind], name);
}

static void parse_operand(struct reader *r, struct update_action *action)
{
    struct expression_parser *p = &r->parser;
    if (action->kind == UPDATE_SET) {
        (void)expression_parser_expect(p, TOKEN_EQUAL);
        action->operand = parse_value(p);
        return;
    }
    if (p->status == STATUS_OK && p->lexer.current.kind != TOKEN_VALUE)
        expression_parser_syntax_error(p);
    action->operand = expression_parser_operand(p);
}

static void parse_action(struct reader *r, enum update_kind kind)
{
    struct expression_parser *p = &r->parser;
    struct update_action *action = arena_zalloc(p->refusal->arena, sizeof(*action));
    if (action == NULL) {
        p->status = STATUS_NO_MEMORY;
        return;
    }
    action->kind = kind;
    (void)expression_parser_path(p, &action->path);
    if (kind != UPDATE_REMOVE)
        parse_operand(r, action);
    if (p->status != STATUS_OK)
        return;
    if (r->tail == NULL)
        r->update->first = action;
    else
        r->tail->next = action;
    r->tail = action;
}

static void check_action(struct reader *r, struct update_action *action)
{
    add_path(r, action);
    if (action->kind == UPDATE_SET)
        check_set(&r->check, action->operand);
    else if (action->kind != UPDATE_REMOVE)
        check_constant(&r->check, action->kind, action->operand);
}

/* ---- sections ------------------------------------------------------------------------------- */

static bool parse_section(struct reader *r)
{
    for (int kind = UPDATE_SET; kind < UPDATE_KINDS; kind++) {
        if (!expression_parser_accept_keyword(&r->parser, sections[kind]))
            continue;
        if (r->has_section[kind])
            expression_check_note(&r->check, FINDING_RESERVED,
                                  "The \"%s\" section can only be used once in an update "
                                  "expression;",
                                  sections[kind]);
        r->has_section[kind] = true;
        do
            parse_action(r, (enum update_kind)kind);
        while (expression_parser_accept(&r->parser, TOKEN_COMMA));
        return true;
    }
    return false;
}

static enum status parse_all(struct reader *r)
{
    while (parse_section(r))
        ;
    if (!expression_parser_finish(&r->parser))
        return r->parser.status;
    for (struct update_action *a = r->update->first; a != NULL; a = a->next)
        check_action(r, a);
    return expression_check_result(&r->check, r->parser.refusal);
}

enum status update_expression_parse(struct slice source, struct placeholders *placeholders,
                                    struct refusal *refusal, struct update_expression **ret_update)
{
    static const char *const keywords[] = {"SET", "REMOVE", "ADD", "DELETE", NULL};
    struct reader r = {.check = expression_check_make(title, placeholders, refusal->arena)};
    r.update = arena_zalloc(refusal->arena, sizeof(*r.update));
    if (r.update == NULL)
        return STATUS_NO_MEMORY;
    expression_parser_init(&r.parser, title, keywords, source, refusal);
    enum status status = r.parser.status == STATUS_OK ? parse_all(&r) : r.parser.status;
    if (status == STATUS_OK)
        *ret_update = r.update;
    return status;
}
