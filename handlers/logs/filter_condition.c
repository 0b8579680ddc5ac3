#include "handlers/logs/filter_condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/text.h"
#include "handlers/logs/filter_reader.h"
#include "handlers/logs/filter_regex.h"

#define NUMBER_MAX_CHARS 63

/* ---- numbers ---- */

static size_t count_digits(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    return end - at;
}

static bool is_sign_at(struct slice text, size_t at)
{
    return at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-');
}

/* strtod() takes more than is a number here: names of infinity, hexadecimal. */
static bool is_number(struct slice text)
{
    size_t at = is_sign_at(text, 0) ? 1 : 0;
    size_t whole = count_digits(text, at);
    size_t fraction = 0;
    at += whole;
    if (at < text.len && text.ptr[at] == '.') {
        fraction = count_digits(text, at + 1);
        at += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (at < text.len && (text.ptr[at] | 0x20) == 'e') {
        at += is_sign_at(text, at + 1) ? 2 : 1;
        size_t exponent = count_digits(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.len;
}

enum status filter_condition_number(struct slice text, double *ret_number)
{
    char copy[NUMBER_MAX_CHARS + 1];
    if (text.len > NUMBER_MAX_CHARS || !is_number(text))
        return STATUS_INVALID;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    double number = strtod(copy, NULL);
    if (!isfinite(number))
        return STATUS_INVALID;
    *ret_number = number;
    return STATUS_OK;
}

/* ---- reading ---- */

static enum status take_operator(struct filter_reader *r, enum filter_operator *ret_operator)
{
    static const struct {
        const char *symbol;
        enum filter_operator operator;
    } operators[] = {{"!=", FILTER_NOT_EQUAL},     {"=!", FILTER_NOT_EQUAL},
                     {"<=", FILTER_LESS_OR_EQUAL}, {">=", FILTER_GREATER_OR_EQUAL},
                     {"<", FILTER_LESS},           {">", FILTER_GREATER},
                     {"=", FILTER_EQUAL}};

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (filter_reader_take(r, operators[i].symbol)) {
            *ret_operator = operators[i].operator;
            return STATUS_OK;
        }
    }
    return filter_reader_refuse(r);
}

static bool is_bare(char c)
{
    return filter_reader_is_word(c) || (c != '\0' && strchr(".*+-", c) != NULL);
}

static bool ends_bare(char c)
{
    return filter_reader_is_space(c) || (c != '\0' && strchr(")}],&|", c) != NULL);
}

static enum status take_bare(struct filter_reader *r, struct slice *ret_text)
{
    size_t len = 0;
    while (len < r->rest.len && is_bare(r->rest.ptr[len]))
        len++;
    if (len < r->rest.len && !ends_bare(r->rest.ptr[len]))
        return filter_reader_refuse_character(r, r->rest.ptr[len]);
    if (len == 0)
        return filter_reader_refuse(r);
    *ret_text = slice_first(r->rest, len);
    r->rest = slice_from(r->rest, len);
    return STATUS_OK;
}

/* A '*' in the middle stands for itself. */
static void cut_wildcards(struct filter_condition *condition)
{
    struct slice *text = &condition->text;
    condition->has_any_before = slice_starts_with(*text, SLICE("*"));
    if (condition->has_any_before)
        *text = slice_from(*text, 1);
    condition->has_any_after = slice_ends_with(*text, SLICE("*"));
    if (condition->has_any_after)
        *text = slice_first(*text, text->len - 1);
}

static bool is_ordering(enum filter_operator operator)
{
    return operator!= FILTER_EQUAL && operator!= FILTER_NOT_EQUAL;
}

static enum status take_operand(struct filter_reader *r, struct filter_condition *condition)
{
    enum status status;
    if (filter_reader_sees(r, "%"))
        return filter_regex_take(r, &condition->regex);
    bool is_quoted = filter_reader_sees(r, "\"");
    status =
        is_quoted ? filter_reader_take_quoted(r, &condition->text) : take_bare(r, &condition->text);
    if (status != STATUS_OK)
        return status;
    condition->is_number =
        !is_quoted && filter_condition_number(condition->text, &condition->number) == STATUS_OK;
    if (!condition->is_number)
        cut_wildcards(condition);
    return STATUS_OK;
}

enum status filter_condition_take(struct filter_reader *r, struct filter_condition *ret_condition)
{
    struct filter_condition condition = {.regex = NULL};
    enum status status = take_operator(r, &condition.operator);
    if (status == STATUS_OK)
        status = take_operand(r, &condition);
    if (status == STATUS_OK && is_ordering(condition.operator) && !condition.is_number)
        status = filter_reader_refuse(r);
    if (status == STATUS_OK)
        *ret_condition = condition;
    return status;
}

/* ---- matching ---- */

static bool compare(enum filter_operator operator, double left, double right)
{
    switch (operator) {
    case FILTER_EQUAL:
        return !(left < right) && !(left > right);
    case FILTER_NOT_EQUAL:
        return left < right || left > right;
    case FILTER_LESS:
        return left < right;
    case FILTER_LESS_OR_EQUAL:
        return left <= right;
    case FILTER_GREATER:
        return left > right;
    case FILTER_GREATER_OR_EQUAL:
        return left >= right;
    }
    return false;
}

static bool is_alike(const struct filter_condition *condition, struct slice text)
{
    if (condition->regex != NULL)
        return filter_regex_matches(condition->regex, text);
    struct slice wanted = condition->text;
    if (condition->has_any_before && condition->has_any_after)
        return wanted.len == 0 || slice_search(text, wanted) < text.len;
    if (condition->has_any_before)
        return slice_ends_with(text, wanted);
    if (condition->has_any_after)
        return slice_starts_with(text, wanted);
    return slice_equal(text, wanted);
}

bool filter_condition_holds(const struct filter_condition *condition, struct slice text)
{
    double number = 0;
    if (condition->is_number && filter_condition_number(text, &number) == STATUS_OK)
        return compare(condition->operator, number, condition->number);
    if (is_ordering(condition->operator))
        return false;
    return is_alike(condition, text) == (condition->operator== FILTER_EQUAL);
}
