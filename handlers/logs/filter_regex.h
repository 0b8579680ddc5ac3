/*
 * filter_regex.h -- the regular expressions of filter patterns, between '%' and '%'.
 *
 *     a.b      any byte          [a-z_] [^"]  classes        \d \D \s \S \w \W \x2e \.
 *     a? a* a+ a{2} a{2,} a{2,5}               a|b  either; there are no parentheses
 *     ^a a$    the beginning and the end of the text
 *
 * Letters, digits, spaces and _ # = @ / ; , - : stand for themselves, everything else is written
 * with a backslash; bytes beyond ASCII are refused, as on AWS.
 *
 * An expression is a row of positions, each a class of bytes that may be left out, repeated, or
 * both. Matching follows all ways through them at once, as bits: its time is that of the text's
 * length, whatever the expression.
 */
#ifndef HANDLERS_LOGS_FILTER_REGEX_H
#define HANDLERS_LOGS_FILTER_REGEX_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct filter_reader;
struct filter_regex; /* in the arena */

/* `a{100}` takes 100 of these. */
#define FILTER_REGEX_MAX_POSITIONS 256

/*
 * The opening '%' comes next; the closing one is taken. STATUS_INVALID with the reader's problem
 * told, STATUS_NO_MEMORY.
 */
NODISCARD enum status filter_regex_take(struct filter_reader *r,
                                        const struct filter_regex **ret_regex);

/* Is it found anywhere in the text? */
bool filter_regex_matches(const struct filter_regex *regex, struct slice text);

#endif
