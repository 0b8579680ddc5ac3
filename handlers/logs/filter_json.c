#include "handlers/logs/filter_json.h"

#include <math.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_condition.h"
#include "handlers/logs/filter_expression.h"
#include "handlers/logs/filter_reader.h"

#define NUMBER_MAX_BYTES 400
#define WHOLE_MAX 1e15 /* written without an exponent */

/* ---- reading a pattern -------------------------------------------------------------------- */

struct selector_step {
    struct selector_step *next;
    struct slice name; /* NULL: `index` counts */
    uint64_t index;
};

struct filter_selector {
    struct filter_selector *next;
    struct slice text;
    struct selector_step *steps;
};

enum test_kind { COMPARES, IS_NULL, IS_TRUE, IS_FALSE, EXISTS, NOT_EXISTS };

struct json_test {
    enum test_kind kind;
    const struct filter_selector *selector;
    struct filter_condition condition; /* COMPARES */
};

static size_t name_length(struct slice rest)
{
    size_t len = 0;
    while (len < rest.len && (filter_reader_is_word(rest.ptr[len]) || rest.ptr[len] == '-'))
        len++;
    return len;
}

static enum status take_name(struct filter_reader *r, struct selector_step *step)
{
    size_t len = name_length(r->rest);
    if (len == 0)
        return filter_reader_refuse(r);
    step->name = slice_first(r->rest, len);
    r->rest = slice_from(r->rest, len);
    return STATUS_OK;
}

static enum status take_index(struct filter_reader *r, struct selector_step *step)
{
    size_t len = slice_find(r->rest, ']');
    if (len == r->rest.len || slice_to_u64(slice_first(r->rest, len), &step->index) != STATUS_OK)
        return filter_reader_refuse(r);
    r->rest = slice_from(r->rest, len + 1);
    return STATUS_OK;
}

static enum status take_step(struct filter_reader *r, struct selector_step **ret_step)
{
    struct selector_step *step = arena_zalloc(r->arena, sizeof(*step));
    if (step == NULL)
        return STATUS_NO_MEMORY;
    bool is_name = r->rest.ptr[0] == '.';
    r->rest = slice_from(r->rest, 1);
    enum status status = is_name ? take_name(r, step) : take_index(r, step);
    if (status == STATUS_OK)
        *ret_step = step;
    return status;
}

static enum status take_selector(struct filter_reader *r, struct filter_selector **ret_selector)
{
    if (!filter_reader_sees(r, "$."))
        return filter_reader_refuse(r);
    struct slice start = r->rest;
    struct filter_selector *selector = arena_zalloc(r->arena, sizeof(*selector));
    if (selector == NULL)
        return STATUS_NO_MEMORY;
    struct selector_step **end = &selector->steps;
    enum status status = STATUS_OK;
    r->rest = slice_from(r->rest, 1);
    while (status == STATUS_OK && r->rest.len > 0 &&
           (r->rest.ptr[0] == '.' || r->rest.ptr[0] == '[')) {
        status = take_step(r, end);
        if (status == STATUS_OK)
            end = &(*end)->next;
    }
    selector->text = slice_first(start, start.len - r->rest.len);
    if (status == STATUS_OK)
        *ret_selector = selector;
    return status;
}

enum status filter_selector_take(struct filter_reader *r,
                                 const struct filter_selector **ret_selector)
{
    struct filter_selector *selector = NULL;
    enum status status = take_selector(r, &selector);
    if (status == STATUS_OK)
        *ret_selector = selector;
    return status;
}

static enum status take_predicate(struct filter_reader *r, struct json_test *test)
{
    static const struct {
        const char *first;
        const char *second;
        enum test_kind kind;
    } predicates[] = {
        {"IS", "NULL", IS_NULL},       {"IS", "TRUE", IS_TRUE},  {"IS", "FALSE", IS_FALSE},
        {"NOT", "EXISTS", NOT_EXISTS}, {"EXISTS", NULL, EXISTS},
    };
    struct slice start = r->rest;
    for (size_t i = 0; i < sizeof(predicates) / sizeof(predicates[0]); i++) {
        r->rest = start;
        const char *second = predicates[i].second;
        if (filter_reader_take_word(r, predicates[i].first) &&
            (second == NULL || filter_reader_take_word(r, second))) {
            test->kind = predicates[i].kind;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

/* The selectors of a pattern, collected in its order. */
struct selectors {
    struct filter_selector *first;
    struct filter_selector **end;
};

static enum status take_test(const struct filter_tests *tests, struct filter_reader *r,
                             const void **ret_test)
{
    struct selectors *all = tests->owner;
    struct json_test *test = arena_zalloc(r->arena, sizeof(*test));
    if (test == NULL)
        return STATUS_NO_MEMORY;
    enum status status = take_selector(r, all->end);
    if (status != STATUS_OK)
        return status;
    test->selector = *all->end;
    all->end = &(*all->end)->next;
    filter_reader_skip_space(r);
    struct slice start = r->rest;
    if (take_predicate(r, test) != STATUS_OK) {
        r->rest = start;
        status = filter_condition_take(r, &test->condition);
    }
    if (status == STATUS_OK)
        *ret_test = test;
    return status;
}

static bool test_holds(const void *test, const void *subject);

enum status filter_json_take(struct filter_reader *r, struct filter_json *ret_pattern)
{
    struct selectors all = {.first = NULL, .end = &all.first};
    const struct filter_tests tests = {take_test, test_holds, &all};
    struct filter_expression *expression = NULL;
    r->rest = slice_from(r->rest, 1);
    enum status status = filter_expression_take(r, &tests, &expression);
    if (status == STATUS_OK && !filter_reader_take(r, "}"))
        status = filter_reader_refuse(r);
    filter_reader_skip_space(r);
    if (status == STATUS_OK && r->rest.len > 0)
        status = filter_reader_refuse(r);
    if (status == STATUS_OK)
        *ret_pattern = (struct filter_json){expression, all.first};
    return status;
}

struct slice filter_selector_text(const struct filter_selector *selector)
{
    return selector->text;
}

const struct filter_selector *filter_selector_next(const struct filter_selector *selector)
{
    return selector->next;
}

/* ---- matching ------------------------------------------------------------------------------ */

/* What the tests are asked of. */
struct subject {
    const struct json *document;
    struct arena *scratch;
    enum status *status; /* the first failure */
};

enum status filter_json_read(struct slice message, struct arena *scratch,
                             const struct json **ret_document)
{
    size_t at = 0;
    while (at < message.len && filter_reader_is_space(message.ptr[at]))
        at++;
    *ret_document = NULL;
    if (at == message.len || message.ptr[at] != '{')
        return STATUS_OK;
    enum status status = json_parse(message, scratch, ret_document);
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

/* Also a member that is null. */
static const struct json *named(const struct json *object, struct slice name)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member))
        if (slice_equal(json_name(member), name))
            return member;
    return NULL;
}

static const struct json *numbered(const struct json *array, uint64_t index)
{
    if (json_kind(array) != JSON_ARRAY)
        return NULL;
    const struct json *element = json_first(array);
    for (uint64_t i = 0; i < index && element != NULL; i++)
        element = json_next(element);
    return element;
}

/* NULL: nothing is there. */
static const struct json *find(const struct filter_selector *selector, const struct json *document)
{
    const struct json *at = document;
    for (const struct selector_step *step = selector->steps; step != NULL && at != NULL;
         step = step->next)
        at = step->name.ptr != NULL ? named(at, step->name) : numbered(at, step->index);
    return at;
}

static enum status write_number(double number, struct arena *scratch, struct slice *ret_text)
{
    struct text text;
    text_init_in(&text, scratch, NUMBER_MAX_BYTES);
    if (fabs(number) < WHOLE_MAX && floor(number) >= number)
        text_append_i64(&text, (int64_t)number);
    else
        text_append_double(&text, number);
    *ret_text = text_slice(&text);
    return text.status;
}

/* STATUS_NOT_FOUND: neither string nor number. */
static enum status value_text(const struct json *value, struct arena *scratch,
                              struct slice *ret_text)
{
    if (value == NULL)
        return STATUS_NOT_FOUND;
    if (json_kind(value) == JSON_NUMBER)
        return write_number(json_number(value), scratch, ret_text);
    if (json_kind(value) != JSON_STRING)
        return STATUS_NOT_FOUND;
    *ret_text = json_string(value);
    return STATUS_OK;
}

static bool compares(const struct json_test *test, const struct json *value,
                     const struct subject *subject)
{
    struct slice text;
    enum status status = value_text(value, subject->scratch, &text);
    if (status == STATUS_OK)
        return filter_condition_holds(&test->condition, text);
    if (status != STATUS_NOT_FOUND)
        *subject->status = status;
    return false;
}

static bool test_holds(const void *test_pointer, const void *subject_pointer)
{
    const struct json_test *test = test_pointer;
    const struct subject *subject = subject_pointer;
    const struct json *value = find(test->selector, subject->document);
    bool is_boolean = json_kind(value) == JSON_BOOL;
    switch (test->kind) {
    case COMPARES:
        return compares(test, value, subject);
    case IS_NULL:
        return value != NULL && json_kind(value) == JSON_NULL;
    case IS_TRUE:
        return is_boolean && json_is_true(value);
    case IS_FALSE:
        return is_boolean && !json_is_true(value);
    case EXISTS:
        return value != NULL;
    case NOT_EXISTS:
        return value == NULL;
    }
    return false;
}

enum status filter_json_matches(const struct filter_json *pattern, const struct json *document,
                                struct arena *scratch, bool *ret_matches)
{
    static const struct filter_tests tests = {take_test, test_holds, NULL};
    enum status status = STATUS_OK;
    const struct subject subject = {document, scratch, &status};
    bool matches = filter_expression_holds(pattern->expression, &tests, &subject);
    if (status == STATUS_OK)
        *ret_matches = matches;
    return status;
}

enum status filter_selector_value(const struct filter_selector *selector,
                                  const struct json *document, struct arena *scratch,
                                  struct slice *ret_text)
{
    const struct json *value = find(selector, document);
    if (json_kind(value) == JSON_BOOL) {
        *ret_text = json_is_true(value) ? SLICE("true") : SLICE("false");
        return STATUS_OK;
    }
    return value_text(value, scratch, ret_text);
}
