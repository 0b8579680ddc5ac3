#include "handlers/logs/filter_columns.h"

#include "emulator/base/arena.h"
#include "handlers/logs/filter_condition.h"
#include "handlers/logs/filter_expression.h"
#include "handlers/logs/filter_reader.h"

struct filter_column {
    struct slice name;                          /* empty: none */
    const struct filter_expression *expression; /* NULL: anything */
};

/* ---- reading a pattern ---- */

static size_t name_length(struct slice rest)
{
    size_t len = 0;
    while (len < rest.len && (filter_reader_is_word(rest.ptr[len]) || rest.ptr[len] == '-'))
        len++;
    return len;
}

static struct slice take_name(struct filter_reader *r)
{
    filter_reader_skip_space(r);
    struct slice name = slice_first(r->rest, name_length(r->rest));
    r->rest = slice_from(r->rest, name.len);
    return name;
}

/* `name = value`, with the column's name. */
static enum status take_test(const struct filter_tests *tests, struct filter_reader *r,
                             const void **ret_test)
{
    struct filter_column *column = tests->owner;
    struct filter_condition *condition = arena_alloc(r->arena, sizeof(*condition));
    if (condition == NULL)
        return STATUS_NO_MEMORY;
    struct slice name = take_name(r);
    if (name.len == 0 || (column->name.len > 0 && !slice_equal(name, column->name)))
        return filter_reader_refuse(r);
    column->name = name;
    enum status status = filter_condition_take(r, condition);
    if (status == STATUS_OK)
        *ret_test = condition;
    return status;
}

static bool test_holds(const void *test, const void *field)
{
    return filter_condition_holds(test, *(const struct slice *)field);
}

static bool is_at_end(struct filter_reader *r)
{
    return filter_reader_sees(r, ",") || filter_reader_sees(r, "]");
}

/* A name alone, nothing at all, or an expression. */
static enum status take_column(struct filter_reader *r, struct filter_column *column)
{
    const struct filter_tests tests = {take_test, test_holds, column};
    struct filter_expression *expression = NULL;
    struct slice start;
    filter_reader_skip_space(r);
    start = r->rest;
    column->name = take_name(r);
    if (is_at_end(r))
        return STATUS_OK;
    r->rest = start;
    column->name = slice_make(NULL, 0);
    enum status status = filter_expression_take(r, &tests, &expression);
    column->expression = expression;
    return status;
}

static enum status take_gap(struct filter_reader *r, struct filter_columns *columns)
{
    if (columns->has_gap)
        return filter_reader_refuse(r);
    columns->has_gap = true;
    columns->before = columns->count;
    return is_at_end(r) ? STATUS_OK : filter_reader_refuse(r);
}

enum status filter_columns_take(struct filter_reader *r, struct filter_columns *ret_columns)
{
    struct filter_columns read = {.count = 0};
    struct filter_column *columns = arena_zalloc(r->arena, r->rest.len * sizeof(*columns));
    enum status status = columns != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    r->rest = slice_from(r->rest, 1);
    do {
        if (status == STATUS_OK && filter_reader_take(r, "..."))
            status = take_gap(r, &read);
        else if (status == STATUS_OK)
            status = take_column(r, &columns[read.count++]);
    } while (status == STATUS_OK && filter_reader_take(r, ","));
    if (status == STATUS_OK && !filter_reader_take(r, "]"))
        status = filter_reader_refuse(r);
    filter_reader_skip_space(r);
    if (status == STATUS_OK && r->rest.len > 0)
        status = filter_reader_refuse(r);
    read.columns = columns;
    if (status == STATUS_OK)
        *ret_columns = read;
    return status;
}

/* ---- matching ---- */

/* A message being split. Where a mark is not closed once, it is not closed further on either. */
struct splitter {
    struct slice rest;
    bool has_open_quote;
    bool has_open_bracket;
};

/* Between two marks, when the second one is there. */
static bool cut_marked(struct splitter *s, char close, bool *is_open, struct slice *ret_field)
{
    struct slice inner = slice_from(s->rest, 1);
    size_t len = *is_open ? inner.len : slice_find(inner, close);
    *is_open = len == inner.len;
    if (*is_open)
        return false;
    *ret_field = slice_first(inner, len);
    s->rest = slice_from(inner, len + 1);
    return true;
}

static struct slice cut_plain(struct splitter *s)
{
    size_t len = 0;
    while (len < s->rest.len && !filter_reader_is_space(s->rest.ptr[len]))
        len++;
    struct slice field = slice_first(s->rest, len);
    s->rest = slice_from(s->rest, len);
    return field;
}

/* False: there is no further one. */
static bool cut_field(struct splitter *s, struct slice *ret_field)
{
    size_t at = 0;
    while (at < s->rest.len && filter_reader_is_space(s->rest.ptr[at]))
        at++;
    s->rest = slice_from(s->rest, at);
    if (s->rest.len == 0)
        return false;
    char first = s->rest.ptr[0];
    if (first == '"' && cut_marked(s, '"', &s->has_open_quote, ret_field))
        return true;
    if (first == '[' && cut_marked(s, ']', &s->has_open_bracket, ret_field))
        return true;
    *ret_field = cut_plain(s);
    return true;
}

enum status filter_columns_split(struct slice message, struct arena *scratch,
                                 struct filter_fields *ret_fields)
{
    struct filter_fields split = {.count = 0};
    struct splitter counter = {.rest = message};
    struct splitter s = {.rest = message};
    struct slice field;
    size_t most = 1;
    while (cut_field(&counter, &field))
        most++;
    split.fields = arena_alloc(scratch, most * sizeof(*split.fields));
    if (split.fields == NULL)
        return STATUS_NO_MEMORY;
    while (cut_field(&s, &field))
        split.fields[split.count++] = field;
    *ret_fields = split;
    return STATUS_OK;
}

/* The column of a field; NULL inside the gap. */
static const struct filter_column *column_of(const struct filter_columns *columns,
                                             const struct filter_fields *fields, size_t field)
{
    if (!columns->has_gap || field < columns->before)
        return &columns->columns[field];
    size_t from_end = fields->count - field;
    size_t behind = columns->count - columns->before;
    return from_end <= behind ? &columns->columns[columns->count - from_end] : NULL;
}

bool filter_columns_match(const struct filter_columns *columns, const struct filter_fields *fields)
{
    static const struct filter_tests tests = {take_test, test_holds, NULL};
    if (columns->has_gap ? fields->count < columns->count : fields->count != columns->count)
        return false;
    for (size_t i = 0; i < fields->count; i++) {
        const struct filter_column *column = column_of(columns, fields, i);
        if (column != NULL && column->expression != NULL &&
            !filter_expression_holds(column->expression, &tests, &fields->fields[i]))
            return false;
    }
    return true;
}

struct slice filter_columns_name(const struct filter_columns *columns,
                                 const struct filter_fields *fields, size_t field)
{
    const struct filter_column *column = column_of(columns, fields, field);
    return column != NULL ? column->name : slice_make(NULL, 0);
}
