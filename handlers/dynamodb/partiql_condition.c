#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_build.h"
#include "handlers/dynamodb/partiql_parser.h"
#include "handlers/dynamodb/refusal.h"

static struct expression *parse_or(struct partiql_parser *p);
static struct expression *parse_operand(struct partiql_parser *p);

static bool is_operand(const struct expression *node)
{
    return node->kind == EXPRESSION_PATH || node->kind == EXPRESSION_VALUE ||
           (node->kind == EXPRESSION_FUNCTION && node->function == FUNCTION_SIZE);
}

/* What was built, or the status that says why not. */
static struct expression *check_built(struct partiql_parser *p, struct expression *node)
{
    if (node == NULL && p->status == STATUS_OK)
        p->status = STATUS_NO_MEMORY;
    return p->status == STATUS_OK ? node : NULL;
}

/* ---- operands ------------------------------------------------------------------------------- */

static enum expression_function find_function(struct slice name)
{
    static const struct {
        const char *name;
        enum expression_function function;
    } functions[] = {
        {"attribute_exists", FUNCTION_ATTRIBUTE_EXISTS},
        {"attribute_not_exists", FUNCTION_ATTRIBUTE_NOT_EXISTS},
        {"attribute_type", FUNCTION_ATTRIBUTE_TYPE},
        {"begins_with", FUNCTION_BEGINS_WITH},
        {"contains", FUNCTION_CONTAINS},
        {"size", FUNCTION_SIZE},
    };

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (slice_equal_nocase(name, slice_of(functions[i].name)))
            return functions[i].function;
    return FUNCTION_UNKNOWN;
}

/* Messages name functions in small letters. */
static struct slice lower(struct partiql_parser *p, struct slice name)
{
    char *copy = arena_text(p->refusal->arena, name);
    if (copy == NULL) {
        p->status = STATUS_NO_MEMORY;
        return name;
    }
    for (size_t i = 0; i < name.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return slice_make(copy, name.len);
}

static void parse_arguments(struct partiql_parser *p, struct expression *node)
{
    struct expression *last = NULL;
    partiql_lexer_advance(&p->lexer);
    partiql_lexer_advance(&p->lexer);
    while (p->status == STATUS_OK && !partiql_parser_at_mark(p, ')')) {
        struct expression *argument = parse_operand(p);
        if (argument == NULL)
            return;
        if (last == NULL)
            node->first = argument;
        else
            last->next = argument;
        last = argument;
        node->count++;
        if (!partiql_parser_at_mark(p, ')') && !partiql_parser_expect_mark(p, ','))
            return;
    }
    (void)partiql_parser_expect_mark(p, ')');
}

static struct expression *parse_function(struct partiql_parser *p)
{
    const struct partiql_token token = p->lexer.current;
    struct expression *node = check_built(p, arena_zalloc(p->refusal->arena, sizeof(*node)));
    struct slice name = lower(p, token.text);
    if (node == NULL || p->status != STATUS_OK)
        return NULL;
    node->kind = EXPRESSION_FUNCTION;
    node->function = find_function(name);
    node->source = name;
    if (node->function == FUNCTION_UNKNOWN) {
        const char *message =
            arena_printf(p->refusal->arena, "Unrecognized function: %.*s", SLICE_ARG(name));
        if (message == NULL)
            p->status = STATUS_NO_MEMORY;
        partiql_parser_refuse_at(p, &token, message);
        return NULL;
    }
    if (!partiql_parser_enter(p))
        return NULL;
    parse_arguments(p, node);
    partiql_parser_leave(p);
    return p->status == STATUS_OK ? node : NULL;
}

static struct expression *parse_path(struct partiql_parser *p)
{
    struct document_path path = {NULL, 0};
    struct expression *node = arena_zalloc(p->refusal->arena, sizeof(*node));
    if (!partiql_parser_path(p, &path) || check_built(p, node) == NULL)
        return NULL;
    node->kind = EXPRESSION_PATH;
    node->path = path;
    return node;
}

/* A path, a value, or a function of any kind. */
static struct expression *parse_operand(struct partiql_parser *p)
{
    struct value value = {VALUE_NULL, {NULL, 0}};
    if (p->status != STATUS_OK)
        return NULL;
    if (partiql_literal_is_next(p)) {
        if (!partiql_literal_parse(p, &value))
            return NULL;
        return check_built(p, expression_build_value(p->refusal->arena, &value));
    }
    bool is_call = partiql_lexer_is_mark(&p->lexer.next, '(');
    if (is_call && (p->lexer.current.kind == PARTIQL_WORD))
        return parse_function(p);
    return parse_path(p);
}

/* ---- predicates -------------------------------------------------------------------------------
 */

static enum token_kind find_comparator(struct slice text)
{
    static const struct {
        const char *text;
        enum token_kind kind;
    } comparators[] = {
        {"=", TOKEN_EQUAL},          {"<>", TOKEN_NOT_EQUAL},  {"!=", TOKEN_NOT_EQUAL},
        {"<", TOKEN_LESS},           {"<=", TOKEN_LESS_EQUAL}, {">", TOKEN_GREATER},
        {">=", TOKEN_GREATER_EQUAL},
    };

    for (size_t i = 0; i < sizeof(comparators) / sizeof(comparators[0]); i++)
        if (slice_equal_text(text, comparators[i].text))
            return comparators[i].kind;
    return TOKEN_BAD;
}

static bool is_bool(const struct expression *node)
{
    return node->kind == EXPRESSION_VALUE && node->value.type == VALUE_BOOL;
}

/* "attribute_exists(a) = true" is what stands before "=", or its opposite. */
static struct expression *compare_condition(struct partiql_parser *p, struct expression *left,
                                            enum token_kind comparator,
                                            const struct expression *right)
{
    bool is_equality = comparator == TOKEN_EQUAL || comparator == TOKEN_NOT_EQUAL;
    if (!is_equality || !is_bool(right)) {
        partiql_parser_syntax_error(p, "Unexpected operand of a comparison");
        return NULL;
    }
    if (value_is_true(&right->value) == (comparator == TOKEN_EQUAL))
        return left;
    return check_built(p, expression_build_node(p->refusal->arena, EXPRESSION_NOT, left));
}

static struct expression *parse_comparison(struct partiql_parser *p, struct expression *left)
{
    struct slice source = p->lexer.current.text;
    enum token_kind comparator = find_comparator(source);
    partiql_lexer_advance(&p->lexer);
    struct expression *right = parse_operand(p);
    if (right == NULL)
        return NULL;
    if (!is_operand(left))
        return compare_condition(p, left, comparator, right);
    if (!is_operand(right)) {
        partiql_parser_syntax_error(p, "Unexpected operand of a comparison");
        return NULL;
    }
    struct expression *node =
        check_built(p, expression_build_compare(p->refusal->arena, comparator, left, right));
    if (node != NULL)
        node->source = source;
    return node;
}

static struct expression *parse_between(struct partiql_parser *p, struct expression *left)
{
    struct slice source = p->lexer.current.text;
    partiql_lexer_advance(&p->lexer);
    struct expression *low = parse_operand(p);
    if (low == NULL || !partiql_parser_expect_keyword(p, "AND"))
        return NULL;
    struct expression *high = parse_operand(p);
    struct expression *node = check_built(
        p, expression_build_node(p->refusal->arena, EXPRESSION_BETWEEN,
                                 expression_build_chain(left, expression_build_chain(low, high))));
    if (node != NULL)
        node->source = source;
    return node;
}

/* "IN [1, 2]" or "IN (1, 2)" */
static struct expression *parse_in(struct partiql_parser *p, struct expression *left)
{
    struct expression *last = left;
    partiql_lexer_advance(&p->lexer);
    char end = partiql_parser_at_mark(p, '[') ? ']' : ')';
    if (!partiql_parser_expect_mark(p, end == ']' ? '[' : '('))
        return NULL;
    do {
        last->next = parse_operand(p);
        last = last->next;
    } while (last != NULL && partiql_parser_accept_mark(p, ','));
    if (!partiql_parser_expect_mark(p, end))
        return NULL;
    return check_built(p, expression_build_node(p->refusal->arena, EXPRESSION_IN, left));
}

/* The types' names behind IS; what is no name of a type stands for itself. */
static struct slice find_type(struct slice name)
{
    static const char *const names[][2] = {
        {"BOOL", "BOOL"}, {"BOOLEAN", "BOOL"}, {"STRING", "S"},  {"NUMBER", "N"}, {"INT", "N"},
        {"DECIMAL", "N"}, {"NUMERIC", "N"},    {"BINARY", "B"},  {"BLOB", "B"},   {"LIST", "L"},
        {"MAP", "M"},     {"STRUCT", "M"},     {"NULL", "NULL"}, {"S", "S"},      {"N", "N"},
        {"B", "B"},       {"L", "L"},          {"M", "M"},       {"SS", "SS"},    {"NS", "NS"},
        {"BS", "BS"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (slice_equal_nocase(name, slice_of(names[i][0])))
            return slice_of(names[i][1]);
    return SLICE("");
}

static struct expression *build_is(struct partiql_parser *p, struct expression *left)
{
    struct arena *arena = p->refusal->arena;
    if (partiql_parser_at_keyword(p, "MISSING"))
        return expression_build_function(arena, FUNCTION_ATTRIBUTE_NOT_EXISTS, left);
    struct value type = {VALUE_S, find_type(p->lexer.current.text)};
    if (p->lexer.current.kind != PARTIQL_WORD || type.payload.len == 0) {
        partiql_parser_syntax_error(p, "Expected a type");
        return NULL;
    }
    return expression_build_function(
        arena, FUNCTION_ATTRIBUTE_TYPE,
        expression_build_chain(left, expression_build_value(arena, &type)));
}

/* "IS [NOT] NULL", "IS [NOT] MISSING", "IS [NOT] STRING" */
static struct expression *parse_is(struct partiql_parser *p, struct expression *left)
{
    partiql_lexer_advance(&p->lexer);
    bool is_not = partiql_parser_accept_keyword(p, "NOT");
    struct expression *node = check_built(p, build_is(p, left));
    if (node == NULL)
        return NULL;
    node->source = SLICE("IS");
    partiql_lexer_advance(&p->lexer);
    if (is_not)
        node = check_built(p, expression_build_node(p->refusal->arena, EXPRESSION_NOT, node));
    return node;
}

static struct expression *parse_predicate(struct partiql_parser *p)
{
    struct expression *left = parse_operand(p);
    if (left == NULL)
        return NULL;
    if (p->lexer.current.kind == PARTIQL_COMPARATOR)
        return parse_comparison(p, left);
    if (!is_operand(left))
        return left;
    bool is_not = partiql_parser_accept_keyword(p, "NOT");
    struct expression *node = NULL;
    if (partiql_parser_at_keyword(p, "BETWEEN"))
        node = parse_between(p, left);
    else if (partiql_parser_at_keyword(p, "IN"))
        node = parse_in(p, left);
    else if (!is_not && partiql_parser_at_keyword(p, "IS"))
        node = parse_is(p, left);
    else
        partiql_parser_syntax_error(p, "Expected a comparison");
    if (node != NULL && is_not)
        node = check_built(p, expression_build_node(p->refusal->arena, EXPRESSION_NOT, node));
    return node;
}

/* ---- conditions -------------------------------------------------------------------------------
 */

static struct expression *parse_not(struct partiql_parser *p)
{
    bool is_negated = false;
    while (partiql_parser_accept_keyword(p, "NOT"))
        is_negated = !is_negated;
    struct expression *node = NULL;
    if (!partiql_parser_at_mark(p, '(')) {
        node = parse_predicate(p);
    } else if (partiql_parser_enter(p)) {
        partiql_lexer_advance(&p->lexer);
        node = parse_or(p);
        partiql_parser_leave(p);
        (void)partiql_parser_expect_mark(p, ')');
    }
    if (node != NULL && is_negated)
        node = expression_build_node(p->refusal->arena, EXPRESSION_NOT, node);
    return check_built(p, node);
}

/* `parse` parts with `keyword` between them, as one node when there are several. */
static struct expression *parse_series(struct partiql_parser *p, const char *keyword,
                                       enum expression_kind kind,
                                       struct expression *(*parse)(struct partiql_parser *))
{
    struct expression *first = parse(p);
    struct expression *last = first;
    while (last != NULL && partiql_parser_accept_keyword(p, keyword)) {
        last->next = parse(p);
        last = last->next;
    }
    if (last == NULL || last == first)
        return last;
    return check_built(p, expression_build_node(p->refusal->arena, kind, first));
}

static struct expression *parse_and(struct partiql_parser *p)
{
    return parse_series(p, "AND", EXPRESSION_AND, parse_not);
}

/* Recurses once per pair of parentheses, whose number partiql_parser_enter() bounds. */
static struct expression *parse_or(struct partiql_parser *p)
{
    return parse_series(p, "OR", EXPRESSION_OR, parse_and);
}

struct expression *partiql_condition_parse(struct partiql_parser *p)
{
    return parse_or(p);
}

/* ---- the right side of SET --------------------------------------------------------------------
 */

static struct expression *parse_sum(struct partiql_parser *p);

/* list_append and if_not_exists, which expressions have, too. */
static struct expression *parse_update_function(struct partiql_parser *p)
{
    const struct partiql_token token = p->lexer.current;
    bool is_append = partiql_lexer_is_keyword(&token, "list_append");
    if (!is_append && !partiql_lexer_is_keyword(&token, "if_not_exists")) {
        struct slice name = lower(p, token.text);
        const char *message =
            arena_printf(p->refusal->arena, "Unrecognized function: %.*s", SLICE_ARG(name));
        if (message == NULL)
            p->status = STATUS_NO_MEMORY;
        partiql_parser_refuse_at(p, &token, message);
        return NULL;
    }
    partiql_lexer_advance(&p->lexer);
    partiql_lexer_advance(&p->lexer);
    struct expression *first = parse_sum(p);
    if (first == NULL || !partiql_parser_expect_mark(p, ','))
        return NULL;
    struct expression *second = parse_sum(p);
    if (second == NULL || !partiql_parser_expect_mark(p, ')'))
        return NULL;
    if (!is_append && first->kind != EXPRESSION_PATH) {
        p->status = refuse(p->refusal, "Operator or function requires a document path; operator or "
                                       "function: if_not_exists");
        return NULL;
    }
    return expression_build_function(p->refusal->arena,
                                     is_append ? FUNCTION_LIST_APPEND : FUNCTION_IF_NOT_EXISTS,
                                     expression_build_chain(first, second));
}

static struct expression *parse_nested(struct partiql_parser *p)
{
    struct expression *node = NULL;
    if (!partiql_parser_enter(p))
        return NULL;
    if (partiql_parser_accept_mark(p, '(')) {
        node = parse_sum(p);
        (void)partiql_parser_expect_mark(p, ')');
    } else {
        node = parse_update_function(p);
    }
    partiql_parser_leave(p);
    return check_built(p, node);
}

static struct expression *parse_term(struct partiql_parser *p)
{
    bool is_call =
        p->lexer.current.kind == PARTIQL_WORD && partiql_lexer_is_mark(&p->lexer.next, '(');
    if (partiql_parser_at_mark(p, '(') || is_call)
        return parse_nested(p);
    return parse_operand(p);
}

/* Recurses once per pair of parentheses, as above. */
static struct expression *parse_sum(struct partiql_parser *p)
{
    struct expression *left = parse_term(p);
    if (left == NULL || (!partiql_parser_at_mark(p, '+') && !partiql_parser_at_mark(p, '-')))
        return left;
    bool is_minus = partiql_parser_accept_mark(p, '-');
    if (!is_minus)
        (void)partiql_parser_accept_mark(p, '+');
    struct expression *right = parse_term(p);
    return check_built(p, expression_build_node(p->refusal->arena,
                                                is_minus ? EXPRESSION_SUBTRACT : EXPRESSION_ADD,
                                                expression_build_chain(left, right)));
}

struct expression *partiql_condition_parse_operand(struct partiql_parser *p)
{
    return parse_sum(p);
}
