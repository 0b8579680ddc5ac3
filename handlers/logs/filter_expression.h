/*
 * filter_expression.h -- conditions of a filter pattern put together: (a || b) && c.
 *
 * && binds more strongly than ||. What a single test looks like and what it is true of is its
 * owner's: filter_json.c, filter_columns.c.
 */
#ifndef HANDLERS_LOGS_FILTER_EXPRESSION_H
#define HANDLERS_LOGS_FILTER_EXPRESSION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct filter_reader;

#define FILTER_EXPRESSION_MAX_DEPTH 32 /* of parentheses */

enum filter_expression_kind { FILTER_TEST, FILTER_ALL_OF, FILTER_ANY_OF };

struct filter_expression {
    enum filter_expression_kind kind;
    const void *test;                /* the owner's; else NULL */
    struct filter_expression *first; /* of those put together; else NULL */
    struct filter_expression *next;  /* beside this one */
};

/* How the owner reads one test, and asks it. */
struct filter_tests {
    enum status (*take)(const struct filter_tests *tests, struct filter_reader *r,
                        const void **ret_test);
    bool (*holds)(const void *test, const void *subject);
    void *owner;
};

/* STATUS_INVALID with the reader's problem told. In the reader's arena. */
NODISCARD enum status filter_expression_take(struct filter_reader *r,
                                             const struct filter_tests *tests,
                                             struct filter_expression **ret_expression);

bool filter_expression_holds(const struct filter_expression *expression,
                             const struct filter_tests *tests, const void *subject);

#endif
