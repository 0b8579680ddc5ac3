#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/partiql_number.h"
#include "handlers/dynamodb/partiql_parser.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_operand.h"
#include "handlers/dynamodb/value_reader.h"

#define INVALID "One or more parameter values were invalid: "
#define VALUE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* Where in a literal a value stands, for messages; NULL is the root. */
struct place {
    const struct place *parent;
    struct slice name; /* of a map's member; empty for a list's element */
    size_t index;
};

struct literal_item {
    struct literal_item *next;
    struct slice name; /* of a map's member */
    struct value value;
};

struct literal_list {
    struct literal_item *first;
    struct literal_item **tail;
    size_t count;
};

static bool parse_value(struct partiql_parser *p, const struct place *place,
                        struct value *ret_value);

static void describe_place(const struct place *place, struct text *out)
{
    if (place == NULL) {
        text_append_text(out, "root");
        return;
    }
    describe_place(place->parent, out);
    if (place->name.ptr != NULL)
        text_printf(out, ".%.*s", SLICE_ARG(place->name));
    else
        text_printf(out, "[%zu]", place->index);
}

static bool fail_memory(struct partiql_parser *p, enum status status)
{
    if (p->status == STATUS_OK)
        p->status = status;
    return p->status == STATUS_OK;
}

/* ---- scalars -------------------------------------------------------------------------------- */

static bool parse_string(struct partiql_parser *p, struct value *ret_value)
{
    struct slice raw = p->lexer.current.text;
    partiql_lexer_advance(&p->lexer);
    *ret_value = (struct value){VALUE_S, raw};
    if (slice_find(raw, '\'') == raw.len)
        return true;
    struct text text;
    text_init_in(&text, p->refusal->arena, raw.len);
    for (size_t i = 0; i < raw.len; i++) {
        text_append_byte(&text, raw.ptr[i]);
        if (raw.ptr[i] == '\'')
            i++;
    }
    ret_value->payload = text_slice(&text);
    return fail_memory(p, text.status);
}

static void refuse_number(struct partiql_parser *p, enum decimal_problem problem,
                          const struct place *place)
{
    struct text text;
    text_init_in(&text, p->refusal->arena, REFUSAL_PART_MAX_BYTES);
    describe_place(place, &text);
    p->status = text.status;
    if (p->status == STATUS_OK)
        p->status = refuse(p->refusal, "%s under %.*s", decimal_problem_text(problem),
                           SLICE_ARG(text_slice(&text)));
}

static bool parse_number(struct partiql_parser *p, const struct place *place,
                         struct value *ret_value)
{
    struct decimal decimal;
    bool is_negative = partiql_parser_accept_mark(p, '-');
    if (!is_negative)
        (void)partiql_parser_accept_mark(p, '+');
    struct slice raw = p->lexer.current.text;
    if (p->lexer.current.kind != PARTIQL_NUMBER || !partiql_number_is_convertible(raw)) {
        p->lexer.current.kind = PARTIQL_BAD;
        partiql_parser_syntax_error(p, "");
        return false;
    }
    enum decimal_problem problem = decimal_parse(raw, &decimal);
    if (problem != DECIMAL_FINE) {
        refuse_number(p, problem, place);
        return false;
    }
    if (is_negative)
        decimal = decimal_negate(decimal);
    uint8_t *code = arena_alloc(p->refusal->arena, DECIMAL_CODE_BYTES);
    if (code == NULL)
        return fail_memory(p, STATUS_NO_MEMORY);
    *ret_value = (struct value){VALUE_N, slice_make(code, decimal_encode(&decimal, code))};
    partiql_lexer_advance(&p->lexer);
    return true;
}

static bool parse_parameter(struct partiql_parser *p, struct value *ret_value)
{
    struct text text;
    if (p->parameter == NULL) {
        p->status =
            refuse(p->refusal, "Number of parameters in request and statement don't match.");
        return false;
    }
    text_init_in(&text, p->refusal->arena, VALUE_MAX_BYTES);
    p->status = partiql_number_check(p->parameter, p->refusal);
    if (p->status == STATUS_OK)
        p->status = value_reader_read(p->parameter, &text, p->refusal);
    struct slice rest = text_slice(&text);
    if (p->status == STATUS_OK && !value_next(&rest, ret_value))
        p->status = STATUS_CORRUPT;
    p->parameter = json_next(p->parameter);
    partiql_lexer_advance(&p->lexer);
    return p->status == STATUS_OK;
}

static bool parse_word(struct partiql_parser *p, const struct place *place, struct value *ret_value)
{
    static const char yes = 1;
    static const char no = 0;
    if (partiql_parser_accept_keyword(p, "NULL")) {
        *ret_value = (struct value){VALUE_NULL, {NULL, 0}};
        return true;
    }
    if (partiql_parser_accept_keyword(p, "TRUE")) {
        *ret_value = (struct value){VALUE_BOOL, slice_make(&yes, 1)};
        return true;
    }
    if (partiql_parser_accept_keyword(p, "FALSE")) {
        *ret_value = (struct value){VALUE_BOOL, slice_make(&no, 1)};
        return true;
    }
    if (!partiql_lexer_is_mark(&p->lexer.next, '(')) {
        partiql_parser_syntax_error(p, "Unexpected term");
        return false;
    }
    struct text text;
    text_init_in(&text, p->refusal->arena, REFUSAL_PART_MAX_BYTES);
    text_printf(&text, "Unsupported data type: %.*s under key ", SLICE_ARG(p->lexer.current.text));
    describe_place(place, &text);
    if (fail_memory(p, text.status))
        partiql_parser_refuse_at(p, &p->lexer.current, text.ptr);
    return false;
}

/* ---- lists, bags and maps ---------------------------------------------------------------------
 */

static bool add_item(struct partiql_parser *p, struct literal_list *list, struct slice name,
                     const struct value *value)
{
    struct literal_item *item = arena_zalloc(p->refusal->arena, sizeof(*item));
    if (item == NULL)
        return fail_memory(p, STATUS_NO_MEMORY);
    *item = (struct literal_item){NULL, name, *value};
    *list->tail = item;
    list->tail = &item->next;
    list->count++;
    return true;
}

static bool at_end(const struct partiql_parser *p, char end)
{
    return end == '>' ? p->lexer.current.kind == PARTIQL_CLOSE_BAG
                      : partiql_lexer_is_mark(&p->lexer.current, end);
}

/* "'name':" */
static bool parse_name(struct partiql_parser *p, struct slice *ret_name)
{
    struct value name = {VALUE_S, {NULL, 0}};
    if (p->lexer.current.kind != PARTIQL_STRING) {
        partiql_parser_syntax_error(p, "Expected a string as the name of an attribute");
        return false;
    }
    if (!parse_string(p, &name) || !partiql_parser_expect_mark(p, ':'))
        return false;
    *ret_name = name.payload;
    return true;
}

/* Up to `end`, which is passed over; with names for maps. A statement's item is no place. */
static bool parse_items(struct partiql_parser *p, const struct place *parent, char end,
                        bool is_nested, struct literal_list *list)
{
    *list = (struct literal_list){.tail = &list->first};
    partiql_lexer_advance(&p->lexer);
    while (p->status == STATUS_OK && !at_end(p, end)) {
        struct value value = {VALUE_NULL, {NULL, 0}};
        struct place place = {parent, {NULL, 0}, list->count};
        if (end == '}' && !parse_name(p, &place.name))
            return false;
        if (!parse_value(p, is_nested ? &place : NULL, &value) ||
            !add_item(p, list, place.name, &value))
            return false;
        if (!at_end(p, end) && !partiql_parser_expect_mark(p, ','))
            return false;
    }
    partiql_lexer_advance(&p->lexer);
    return p->status == STATUS_OK;
}

static int compare_names(const void *a, const void *b)
{
    const struct literal_item *const *x = a;
    const struct literal_item *const *y = b;
    return slice_compare((*x)->name, (*y)->name);
}

static int compare_payloads(const void *a, const void *b)
{
    const struct literal_item *const *x = a;
    const struct literal_item *const *y = b;
    return slice_compare((*x)->value.payload, (*y)->value.payload);
}

/* The list's items in order; NULL: out of memory. */
static struct literal_item **sort_items(struct partiql_parser *p, const struct literal_list *list,
                                        int (*compare)(const void *, const void *))
{
    struct literal_item **items =
        arena_alloc(p->refusal->arena, (list->count + 1) * sizeof(struct literal_item *));
    size_t n = 0;
    if (items == NULL) {
        (void)fail_memory(p, STATUS_NO_MEMORY);
        return NULL;
    }
    for (struct literal_item *item = list->first; item != NULL; item = item->next)
        items[n++] = item;
    qsort(items, n, sizeof(struct literal_item *), compare);
    return items;
}

static bool take(struct partiql_parser *p, const struct text *text, enum value_type type,
                 struct value *ret_value)
{
    *ret_value = (struct value){type, text_slice(text)};
    return fail_memory(p, text->status);
}

static bool build_map(struct partiql_parser *p, const struct literal_list *list,
                      struct value *ret_value)
{
    struct text text;
    struct literal_item **items = sort_items(p, list, compare_names);
    text_init_in(&text, p->refusal->arena, VALUE_MAX_BYTES);
    for (size_t i = 0; items != NULL && i < list->count; i++) {
        if (i > 0 && slice_equal(items[i]->name, items[i - 1]->name)) {
            p->status = refuse(p->refusal, INVALID "Duplicate attribute name: %.*s",
                               SLICE_ARG(items[i]->name));
            return false;
        }
        value_append_name(&text, items[i]->name);
        value_append(&text, &items[i]->value);
    }
    return items != NULL && take(p, &text, VALUE_M, ret_value);
}

static bool build_list(struct partiql_parser *p, const struct literal_list *list,
                       struct value *ret_value)
{
    struct text text;
    text_init_in(&text, p->refusal->arena, VALUE_MAX_BYTES);
    for (const struct literal_item *item = list->first; item != NULL; item = item->next)
        value_append(&text, &item->value);
    return take(p, &text, VALUE_L, ret_value);
}

static void refuse_duplicates(struct partiql_parser *p, const struct literal_list *list)
{
    struct text text;
    if (list->first->value.type == VALUE_N) {
        p->status = refuse(p->refusal, "Input collection contains duplicates");
        return;
    }
    text_init_in(&text, p->refusal->arena, REFUSAL_PART_MAX_BYTES);
    for (const struct literal_item *item = list->first; item != NULL; item = item->next)
        text_printf(&text, "%.*s%s", SLICE_ARG(item->value.payload),
                    item->next != NULL ? ", " : "");
    if (fail_memory(p, text.status))
        p->status = refuse(p->refusal, INVALID "Input collection [%.*s] contains duplicates.",
                           SLICE_ARG(text_slice(&text)));
}

/* What a bag's members may be, all of one type. */
static bool find_set_type(struct partiql_parser *p, const struct literal_list *list,
                          enum value_type *ret_type)
{
    enum value_type type = list->first->value.type;
    bool is_one = true;
    for (const struct literal_item *item = list->first; item != NULL; item = item->next)
        is_one = is_one && item->value.type == type;
    *ret_type = type == VALUE_S ? VALUE_SS : type == VALUE_N ? VALUE_NS : VALUE_BS;
    if (is_one && (type == VALUE_S || type == VALUE_N || type == VALUE_B))
        return true;
    p->status = refuse(p->refusal, INVALID "A bag must contain values of one type: string, number "
                                           "or binary");
    return false;
}

static bool build_bag(struct partiql_parser *p, const struct literal_list *list,
                      struct value *ret_value)
{
    enum value_type type = VALUE_SS;
    struct text text;
    if (list->count == 0)
        p->status = refuse(p->refusal, "Empty bags are not supported");
    if (p->status != STATUS_OK || !find_set_type(p, list, &type))
        return false;
    struct literal_item **items = sort_items(p, list, compare_payloads);
    text_init_in(&text, p->refusal->arena, VALUE_MAX_BYTES);
    for (size_t i = 0; items != NULL && i < list->count; i++) {
        if (i > 0 && slice_equal(items[i]->value.payload, items[i - 1]->value.payload)) {
            refuse_duplicates(p, list);
            return false;
        }
        value_append_element(&text, items[i]->value.payload);
    }
    return items != NULL && take(p, &text, type, ret_value);
}

/* ---- a value ----------------------------------------------------------------------------------
 */

static bool parse_container(struct partiql_parser *p, const struct place *place, bool is_nested,
                            struct value *ret_value)
{
    struct literal_list list;
    bool is_bag = p->lexer.current.kind == PARTIQL_OPEN_BAG;
    bool is_map = !is_bag && p->lexer.current.text.ptr[0] == '{';
    char end = is_bag ? '>' : is_map ? '}' : ']';
    if (!partiql_parser_enter(p))
        return false;
    bool is_read = parse_items(p, place, end, is_nested, &list);
    partiql_parser_leave(p);
    if (!is_read)
        return false;
    if (is_bag)
        return build_bag(p, &list, ret_value);
    return is_map ? build_map(p, &list, ret_value) : build_list(p, &list, ret_value);
}

static bool is_container(const struct partiql_token *token)
{
    return token->kind == PARTIQL_OPEN_BAG || partiql_lexer_is_mark(token, '{') ||
           partiql_lexer_is_mark(token, '[');
}

static bool parse_scalar(struct partiql_parser *p, const struct place *place,
                         struct value *ret_value)
{
    if (p->lexer.current.kind == PARTIQL_STRING)
        return parse_string(p, ret_value);
    if (p->lexer.current.kind == PARTIQL_PARAMETER)
        return parse_parameter(p, ret_value);
    if (p->lexer.current.kind == PARTIQL_WORD)
        return parse_word(p, place, ret_value);
    return parse_number(p, place, ret_value);
}

/* Recurses once per level, of which there are EXPRESSION_MAX_DEPTH at most. */
static bool parse_value(struct partiql_parser *p, const struct place *place,
                        struct value *ret_value)
{
    if (p->status != STATUS_OK)
        return false;
    if (is_container(&p->lexer.current))
        return parse_container(p, place, true, ret_value);
    return parse_scalar(p, place, ret_value);
}

bool partiql_literal_is_next(const struct partiql_parser *p)
{
    enum partiql_kind kind = p->lexer.current.kind;
    return kind == PARTIQL_STRING || kind == PARTIQL_NUMBER || kind == PARTIQL_PARAMETER ||
           is_container(&p->lexer.current) || partiql_parser_at_mark(p, '-') ||
           partiql_parser_at_mark(p, '+') || partiql_parser_at_keyword(p, "TRUE") ||
           partiql_parser_at_keyword(p, "FALSE") || partiql_parser_at_keyword(p, "NULL");
}

/* A statement's item is a map whose members are attributes: one level more than a value. */
bool partiql_literal_parse(struct partiql_parser *p, struct value *ret_value)
{
    bool is_read = p->status == STATUS_OK && is_container(&p->lexer.current)
                       ? parse_container(p, NULL, !partiql_parser_at_mark(p, '{'), ret_value)
                       : parse_value(p, NULL, ret_value);
    if (is_read && !update_operand_fits(ret_value, VALUE_MAX_DEPTH + 1))
        p->status = refuse(p->refusal, "Nesting Levels have exceeded supported limits: Attributes "
                                       "in the item have nested levels beyond supported limit");
    return p->status == STATUS_OK;
}

bool partiql_literal_finish(struct partiql_parser *p)
{
    if (p->status == STATUS_OK && p->lexer.current.kind != PARTIQL_END)
        partiql_parser_syntax_error(p, "Unexpected token after expression");
    if (p->status == STATUS_OK && p->parameter != NULL)
        p->status =
            refuse(p->refusal, "Number of parameters in request and statement don't match.");
    return p->status == STATUS_OK;
}
