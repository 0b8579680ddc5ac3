#include "handlers/dynamodb/partiql_set.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/partiql_parser.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_expression.h"

struct set_reader {
    struct partiql_parser *p;
    struct update_expression *update;
    struct update_action **tail;
};

/* Two paths of which one is the beginning of the other cannot both be changed. */
static void add_action(struct set_reader *r, struct update_action *action)
{
    struct partiql_parser *p = r->p;
    enum path_clash clash = PATH_CLASH_NONE;
    const struct document_path *other = NULL;
    enum status status =
        path_tree_add(&r->update->paths, &action->path, action, p->refusal->arena, &clash, &other);
    if (p->status == STATUS_OK)
        p->status = status;
    *r->tail = action;
    r->tail = &action->next;
    if (p->status != STATUS_OK || clash == PATH_CLASH_NONE)
        return;
    struct text message;
    text_init_in(&message, p->refusal->arena, REFUSAL_PART_MAX_BYTES);
    path_tree_describe_clash(clash, other, &action->path, &message);
    p->status = message.status != STATUS_OK
                    ? message.status
                    : refuse(p->refusal, "%.*s", SLICE_ARG(text_slice(&message)));
}

/* ---- set_add and set_delete -------------------------------------------------------------------
 */

/* `before`, the function's name, `after`. */
static void refuse_function(struct partiql_parser *p, const struct partiql_token *token,
                            const struct update_action *action, const char *before,
                            const char *after)
{
    const char *name = action->kind == UPDATE_ADD ? "SET_ADD" : "SET_DELETE";
    const char *message = arena_printf(p->refusal->arena, "%s%s%s", before, name, after);
    if (message == NULL)
        p->status = STATUS_NO_MEMORY;
    partiql_parser_refuse_at(p, token, message);
}

/* The first argument: the very path that is assigned to. */
static bool is_target(struct partiql_parser *p, const struct document_path *target)
{
    struct document_path path = {NULL, 0};
    if (partiql_literal_is_next(p)) {
        struct value ignored;
        (void)partiql_literal_parse(p, &ignored);
        return false;
    }
    return partiql_parser_path(p, &path) && document_path_equal(&path, target);
}

/* Up to the closing parenthesis, which is passed over; the operand is the second argument. */
static size_t read_arguments(struct partiql_parser *p, struct update_action *action,
                             bool *ret_is_target)
{
    size_t count = 1;
    *ret_is_target = is_target(p, &action->path);
    while (partiql_parser_accept_mark(p, ',')) {
        struct expression *argument = partiql_condition_parse_operand(p);
        if (argument == NULL)
            return 0;
        if (count++ == 1)
            action->operand = argument;
    }
    (void)partiql_parser_expect_mark(p, ')');
    return count;
}

static void parse_set_function(struct set_reader *r, struct update_action *action, bool is_add)
{
    struct partiql_parser *p = r->p;
    const struct partiql_token name = p->lexer.current;
    bool has_target = false;
    partiql_lexer_advance(&p->lexer);
    partiql_lexer_advance(&p->lexer);
    const struct partiql_token first = p->lexer.current;
    size_t count = read_arguments(p, action, &has_target);
    if (p->status != STATUS_OK)
        return;
    action->kind = is_add ? UPDATE_ADD : UPDATE_DELETE;
    if (count != 2)
        refuse_function(p, &name, action, "", " must have exactly two arguments");
    else if (!has_target)
        refuse_function(p, &name, action, "The first argument to ",
                        " must equal the assignment value");
    else if (action->operand->kind != EXPRESSION_VALUE || !value_is_set(&action->operand->value))
        refuse_function(p, &first, action, "The second argument to ",
                        " must be a value with type SET");
}

/* ---- clauses ----------------------------------------------------------------------------------
 */

static void parse_assignment(struct set_reader *r, struct update_action *action)
{
    struct partiql_parser *p = r->p;
    action->kind = UPDATE_SET;
    if (!partiql_parser_path(p, &action->path))
        return;
    if (!slice_equal(p->lexer.current.text, SLICE("="))) {
        partiql_parser_syntax_error(p, "Unexpected term");
        return;
    }
    partiql_lexer_advance(&p->lexer);
    bool is_call = partiql_lexer_is_mark(&p->lexer.next, '(');
    bool is_add = is_call && partiql_parser_at_keyword(p, "set_add");
    if (is_add || (is_call && partiql_parser_at_keyword(p, "set_delete")))
        parse_set_function(r, action, is_add);
    else
        action->operand = partiql_condition_parse_operand(p);
}

static void parse_removal(struct set_reader *r, struct update_action *action)
{
    action->kind = UPDATE_REMOVE;
    (void)partiql_parser_path(r->p, &action->path);
}

static void parse_list(struct set_reader *r,
                       void (*parse)(struct set_reader *r, struct update_action *action))
{
    struct partiql_parser *p = r->p;
    do {
        struct update_action *action = arena_zalloc(p->refusal->arena, sizeof(*action));
        if (action == NULL && p->status == STATUS_OK)
            p->status = STATUS_NO_MEMORY;
        if (p->status != STATUS_OK)
            return;
        parse(r, action);
        if (p->status == STATUS_OK)
            add_action(r, action);
    } while (partiql_parser_accept_mark(p, ','));
}

void partiql_set_parse(struct partiql_parser *p, struct update_expression **ret_update)
{
    struct update_expression *update = arena_zalloc(p->refusal->arena, sizeof(*update));
    if (update == NULL && p->status == STATUS_OK)
        p->status = STATUS_NO_MEMORY;
    if (p->status != STATUS_OK)
        return;
    struct set_reader reader = {p, update, &update->first};
    while (p->status == STATUS_OK) {
        if (partiql_parser_accept_keyword(p, "SET"))
            parse_list(&reader, parse_assignment);
        else if (partiql_parser_accept_keyword(p, "REMOVE"))
            parse_list(&reader, parse_removal);
        else
            break;
    }
    if (p->status == STATUS_OK && update->first == NULL)
        partiql_parser_syntax_error(p, "Expected SET or REMOVE");
    *ret_update = update;
}
