#include "handlers/logs/filter_expression.h"

#include "emulator/base/arena.h"
#include "handlers/logs/filter_reader.h"

struct parser {
    struct filter_reader *r;
    const struct filter_tests *tests;
    unsigned depth;
};

static enum status take_any(struct parser *p, struct filter_expression **ret_expression);

static enum status make(struct parser *p, enum filter_expression_kind kind,
                        struct filter_expression **ret_expression)
{
    struct filter_expression *made = arena_zalloc(p->r->arena, sizeof(*made));
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->kind = kind;
    *ret_expression = made;
    return STATUS_OK;
}

static enum status take_parenthesised(struct parser *p, struct filter_expression **ret_expression)
{
    if (p->depth == FILTER_EXPRESSION_MAX_DEPTH)
        return filter_reader_refuse(p->r);
    p->depth++;
    enum status status = take_any(p, ret_expression);
    p->depth--;
    if (status == STATUS_OK && !filter_reader_take(p->r, ")"))
        status = filter_reader_refuse(p->r);
    return status;
}

static enum status take_one(struct parser *p, struct filter_expression **ret_expression)
{
    if (filter_reader_take(p->r, "("))
        return take_parenthesised(p, ret_expression);
    struct filter_expression *made = NULL;
    enum status status = make(p, FILTER_TEST, &made);
    if (status == STATUS_OK)
        status = p->tests->take(p->tests, p->r, &made->test);
    if (status == STATUS_OK)
        *ret_expression = made;
    return status;
}

typedef enum status take_fn(struct parser *p, struct filter_expression **ret_expression);

/* One or more of what `take` reads, with `symbol` between them. */
static enum status take_row(struct parser *p, const char *symbol, enum filter_expression_kind kind,
                            take_fn *take, struct filter_expression **ret_expression)
{
    struct filter_expression *first = NULL;
    struct filter_expression *row = NULL;
    enum status status = take(p, &first);
    if (status != STATUS_OK || !filter_reader_sees(p->r, symbol)) {
        *ret_expression = first;
        return status;
    }
    status = make(p, kind, &row);
    if (status != STATUS_OK)
        return status;
    row->first = first;
    struct filter_expression **end = &first->next;
    while (status == STATUS_OK && filter_reader_take(p->r, symbol)) {
        status = take(p, end);
        if (status == STATUS_OK)
            end = &(*end)->next;
    }
    *ret_expression = row;
    return status;
}

static enum status take_all(struct parser *p, struct filter_expression **ret_expression)
{
    return take_row(p, "&&", FILTER_ALL_OF, take_one, ret_expression);
}

static enum status take_any(struct parser *p, struct filter_expression **ret_expression)
{
    return take_row(p, "||", FILTER_ANY_OF, take_all, ret_expression);
}

enum status filter_expression_take(struct filter_reader *r, const struct filter_tests *tests,
                                   struct filter_expression **ret_expression)
{
    struct parser p = {.r = r, .tests = tests};
    struct filter_expression *made = NULL;
    enum status status = take_any(&p, &made);
    if (status == STATUS_OK)
        *ret_expression = made;
    return status;
}

bool filter_expression_holds(const struct filter_expression *expression,
                             const struct filter_tests *tests, const void *subject)
{
    if (expression->kind == FILTER_TEST)
        return tests->holds(expression->test, subject);
    bool decides = expression->kind == FILTER_ANY_OF;
    for (const struct filter_expression *e = expression->first; e != NULL; e = e->next)
        if (filter_expression_holds(e, tests, subject) == decides)
            return decides;
    return !decides;
}
