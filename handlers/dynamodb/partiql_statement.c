#include "handlers/dynamodb/partiql_statement.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_check.h"
#include "handlers/dynamodb/partiql_columns.h"
#include "handlers/dynamodb/partiql_parser.h"
#include "handlers/dynamodb/partiql_set.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_expression.h"

/* ---- clauses ------------------------------------------------------------------------------ */

static bool is_clause(const struct partiql_parser *p)
{
    static const char *const words[] = {"WHERE", "ORDER", "SET", "REMOVE", "VALUE", "RETURNING"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (partiql_parser_at_keyword(p, words[i]))
            return true;
    return false;
}

/* `"table"` or `"table"."index"`. A name behind it would be an alias. */
static void parse_table(struct partiql_parser *p, struct partiql_statement *s)
{
    if (!partiql_parser_name(p, &s->table))
        return;
    if (s->action == PARTIQL_SELECT && partiql_parser_accept_mark(p, '.') &&
        !partiql_parser_name(p, &s->index))
        return;
    enum partiql_kind kind = p->lexer.current.kind;
    bool is_name = kind == PARTIQL_WORD || kind == PARTIQL_QUOTED;
    if (is_name && !is_clause(p) && s->action != PARTIQL_INSERT)
        p->status = refuse(p->refusal, "Aliasing is not supported");
}

/* A condition's functions and operands are those of expressions. */
static void parse_where(struct partiql_parser *p, struct partiql_statement *s)
{
    if (!partiql_parser_accept_keyword(p, "WHERE"))
        return;
    s->where = partiql_condition_parse(p);
    if (s->where == NULL)
        return;
    struct expression_check check = expression_check_make(NULL, NULL, p->refusal->arena);
    expression_check_condition(&check, s->where);
    p->status = expression_check_result(&check, p->refusal);
}

static void parse_returning(struct partiql_parser *p, struct partiql_statement *s)
{
    if (!partiql_parser_accept_keyword(p, "RETURNING"))
        return;
    bool is_all = partiql_parser_accept_keyword(p, "ALL");
    if (!is_all && !partiql_parser_expect_keyword(p, "MODIFIED"))
        return;
    bool is_old = partiql_parser_accept_keyword(p, "OLD");
    if ((!is_old && !partiql_parser_expect_keyword(p, "NEW")) ||
        !partiql_parser_expect_mark(p, '*'))
        return;
    if (is_all)
        s->returning = is_old ? RETURN_ALL_OLD : RETURN_ALL_NEW;
    else
        s->returning = is_old ? RETURN_UPDATED_OLD : RETURN_UPDATED_NEW;
}

static bool parse_column(struct partiql_parser *p, struct partiql_column ***tail)
{
    const struct partiql_token token = p->lexer.current;
    if (token.kind == PARTIQL_WORD && partiql_lexer_is_mark(&p->lexer.next, '(')) {
        partiql_parser_refuse_at(p, &token, "Unexpected path component");
        return false;
    }
    struct partiql_column *column = arena_zalloc(p->refusal->arena, sizeof(*column));
    if (column == NULL) {
        p->status = STATUS_NO_MEMORY;
        return false;
    }
    if (!partiql_parser_path(p, &column->path))
        return false;
    **tail = column;
    *tail = &column->next;
    return true;
}

static void parse_columns(struct partiql_parser *p, struct partiql_statement *s)
{
    struct partiql_column **tail = &s->columns;
    if (partiql_parser_accept_mark(p, '*'))
        return;
    do {
        if (!parse_column(p, &tail))
            return;
    } while (partiql_parser_accept_mark(p, ','));
    enum status status = partiql_columns_name(s->columns, p->refusal->arena);
    if (p->status == STATUS_OK)
        p->status = status;
}

static void parse_orders(struct partiql_parser *p, struct partiql_statement *s)
{
    if (!partiql_parser_accept_keyword(p, "ORDER") || !partiql_parser_expect_keyword(p, "BY"))
        return;
    do {
        if (s->order_count == PARTIQL_MAX_ORDERS) {
            p->status = refuse(p->refusal, "ORDER BY clause has more attributes than a key");
            return;
        }
        struct partiql_order *order = &s->orders[s->order_count++];
        if (!partiql_parser_name(p, &order->name))
            return;
        order->is_descending = partiql_parser_accept_keyword(p, "DESC");
        if (!order->is_descending)
            (void)partiql_parser_accept_keyword(p, "ASC");
    } while (partiql_parser_accept_mark(p, ','));
}

/* ---- statements --------------------------------------------------------------------------- */

static void parse_select(struct partiql_parser *p, struct partiql_statement *s)
{
    s->action = PARTIQL_SELECT;
    parse_columns(p, s);
    if (!partiql_parser_expect_keyword(p, "FROM"))
        return;
    parse_table(p, s);
    parse_where(p, s);
    parse_orders(p, s);
}

static void parse_exists(struct partiql_parser *p, struct partiql_statement *s)
{
    if (!partiql_parser_expect_mark(p, '(') || !partiql_parser_expect_keyword(p, "SELECT"))
        return;
    parse_select(p, s);
    s->action = PARTIQL_EXISTS;
    (void)partiql_parser_expect_mark(p, ')');
}

static void parse_insert(struct partiql_parser *p, struct partiql_statement *s)
{
    struct value item = {VALUE_NULL, {NULL, 0}};
    s->action = PARTIQL_INSERT;
    if (!partiql_parser_expect_keyword(p, "INTO"))
        return;
    parse_table(p, s);
    if (p->status == STATUS_OK && !partiql_parser_at_keyword(p, "VALUE")) {
        partiql_parser_syntax_error(p, "Unexpected token after expression");
        return;
    }
    partiql_lexer_advance(&p->lexer);
    if (!partiql_literal_parse(p, &item))
        return;
    if (item.type != VALUE_M)
        p->status = refuse(p->refusal, "Expected a map as the item of an INSERT statement");
    else if (value_item_size(item.payload) > ITEM_MAX_BYTES)
        p->status = refuse(p->refusal, "Item size has exceeded the maximum allowed size");
    s->item = item.payload;
}

static void parse_update(struct partiql_parser *p, struct partiql_statement *s)
{
    s->action = PARTIQL_UPDATE;
    parse_table(p, s);
    partiql_set_parse(p, &s->update);
    parse_where(p, s);
    parse_returning(p, s);
}

/* "FROM table WHERE ... SET ...": an update, the other way round. */
static void parse_from(struct partiql_parser *p, struct partiql_statement *s)
{
    s->action = PARTIQL_UPDATE;
    parse_table(p, s);
    parse_where(p, s);
    partiql_set_parse(p, &s->update);
    parse_returning(p, s);
}

static void parse_delete(struct partiql_parser *p, struct partiql_statement *s)
{
    s->action = PARTIQL_DELETE;
    if (!partiql_parser_expect_keyword(p, "FROM"))
        return;
    parse_table(p, s);
    parse_where(p, s);
    parse_returning(p, s);
    if (p->status == STATUS_OK && s->returning > RETURN_ALL_OLD)
        p->status = refuse(p->refusal, "DELETE statements can only return ALL OLD *");
}

static void parse_statement(struct partiql_parser *p, struct partiql_statement *s)
{
    if (partiql_parser_accept_keyword(p, "SELECT"))
        parse_select(p, s);
    else if (partiql_parser_accept_keyword(p, "INSERT"))
        parse_insert(p, s);
    else if (partiql_parser_accept_keyword(p, "UPDATE"))
        parse_update(p, s);
    else if (partiql_parser_accept_keyword(p, "DELETE"))
        parse_delete(p, s);
    else if (partiql_parser_accept_keyword(p, "FROM"))
        parse_from(p, s);
    else if (partiql_parser_accept_keyword(p, "EXISTS"))
        parse_exists(p, s);
    else
        partiql_parser_syntax_error(p, "Unexpected keyword");
}

enum status partiql_statement_parse(struct slice source, const struct json *parameters,
                                    struct refusal *refusal,
                                    struct partiql_statement *ret_statement)
{
    struct partiql_parser parser;
    struct partiql_statement statement = {.returning = RETURN_NONE};
    partiql_parser_init(&parser, source, parameters, refusal);
    parse_statement(&parser, &statement);
    if (partiql_literal_finish(&parser))
        *ret_statement = statement;
    return parser.status;
}
