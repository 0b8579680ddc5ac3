/*
 * filter_pattern.h -- the text part of CloudWatch's filter patterns, compiled and matched.
 *
 *     (empty)          every message
 *     ERROR timeout    messages that contain both, upper and lower case as written
 *     "not found"      the exact phrase; \" and \\ inside it
 *     ?WARN ?ERROR     either; beside terms without a '?' these count for nothing, as on AWS
 *     ERROR -debug     not those that contain "debug"
 *
 * A term without quotes is made of letters, digits and underscores. Patterns for JSON ({...}),
 * columns ([...]) and regular expressions (%...%) are told apart and refused as unsupported.
 */
#ifndef HANDLERS_LOGS_FILTER_PATTERN_H
#define HANDLERS_LOGS_FILTER_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct text;

enum filter_term_kind { FILTER_TERM_WANTED, FILTER_TERM_OPTIONAL, FILTER_TERM_EXCLUDED };

struct filter_term {
    enum filter_term_kind kind;
    struct slice text;
};

struct filter_pattern {
    struct filter_term *terms; /* in the arena */
    size_t term_count;
    bool has_wanted; /* a term of that kind is there */
    bool has_optional;
};

/*
 * STATUS_INVALID: not a pattern; STATUS_UNSUPPORTED: one of a kind not done yet. `problem`
 * (initialised by the caller) then says which. The terms live in the arena.
 */
NODISCARD enum status filter_pattern_parse(struct slice pattern, struct arena *arena,
                                           struct filter_pattern *ret_pattern,
                                           struct text *problem);

bool filter_pattern_matches(const struct filter_pattern *pattern, struct slice message);

#endif
