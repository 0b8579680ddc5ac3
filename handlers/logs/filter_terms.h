/*
 * filter_terms.h -- filter patterns for messages of any form: words, phrases, expressions.
 *
 *     ERROR timeout    messages that contain both, upper and lower case as written
 *     "not found"      the exact phrase; \" and \\ inside it
 *     ?WARN ?ERROR     either; beside terms without a '?' these count for nothing, as on AWS
 *     ERROR -debug     not those that contain "debug"
 *     %a[0-9]+%        what the regular expression finds (filter_regex.h)
 *
 * A term without quotes is made of letters, digits and underscores.
 */
#ifndef HANDLERS_LOGS_FILTER_TERMS_H
#define HANDLERS_LOGS_FILTER_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct filter_reader;
struct filter_regex;

enum filter_term_kind { FILTER_TERM_WANTED, FILTER_TERM_OPTIONAL, FILTER_TERM_EXCLUDED };

struct filter_term {
    enum filter_term_kind kind;
    struct slice text;
    const struct filter_regex *regex; /* NULL: `text` counts */
};

struct filter_terms {
    struct filter_term *terms; /* in the arena */
    size_t count;
    bool has_wanted; /* a term of that kind is there */
    bool has_optional;
};

/* All that is left. STATUS_INVALID with the reader's problem told. */
NODISCARD enum status filter_terms_take(struct filter_reader *r, struct filter_terms *ret_terms);

bool filter_terms_match(const struct filter_terms *terms, struct slice message);

#endif
