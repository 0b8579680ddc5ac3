/*
 * filter_condition.h -- one comparison of a filter pattern, of JSON and of columns alike.
 *
 *     = 400   != 500   > 10   >= +1.5e3   < 10e-3   <= 55.5        numbers
 *     = ERROR   != "not found"   = 4*   = *html*   = *             texts, '*' at either end
 *     = %[45]..%   != %^a%                                         regular expressions
 *
 * Text without quotation marks is made of letters, digits and _ . * + - only. A number without
 * them is compared as a number with what is one, and as a text with what is not.
 */
#ifndef HANDLERS_LOGS_FILTER_CONDITION_H
#define HANDLERS_LOGS_FILTER_CONDITION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct filter_reader;
struct filter_regex;

enum filter_operator {
    FILTER_EQUAL,
    FILTER_NOT_EQUAL,
    FILTER_LESS,
    FILTER_LESS_OR_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_OR_EQUAL
};

struct filter_condition {
    enum filter_operator operator;
    bool is_number;
    double number;
    struct slice text; /* without its '*' */
    bool has_any_before;
    bool has_any_after;
    const struct filter_regex *regex; /* NULL: none */
};

/* An operator and its operand. STATUS_INVALID with the reader's problem told. */
NODISCARD enum status filter_condition_take(struct filter_reader *r,
                                            struct filter_condition *ret_condition);

/* A text as it stands in a message; a number in it counts as one. */
bool filter_condition_holds(const struct filter_condition *condition, struct slice text);

/* STATUS_INVALID when the whole text is no number: +-1, 1.5, 1e3. */
NODISCARD enum status filter_condition_number(struct slice text, double *ret_number);

#endif
