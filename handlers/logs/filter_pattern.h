/*
 * filter_pattern.h -- CloudWatch's filter patterns: the one engine of FilterLogEvents, metric
 * filters and subscription filters.
 *
 *     (empty)                        every message
 *     ERROR -"not found"             terms                     filter_terms.h
 *     { $.status = 4* }              JSON                      filter_json.h
 *     [ip, ..., status = 4*]         fields between spaces     filter_columns.h
 *
 * A pattern is compiled once into an arena and asked of any number of messages. Each message takes
 * time in the order of its length times the pattern's, which has a maximum.
 */
#ifndef HANDLERS_LOGS_FILTER_PATTERN_H
#define HANDLERS_LOGS_FILTER_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "handlers/logs/filter_columns.h"
#include "handlers/logs/filter_json.h"
#include "handlers/logs/filter_terms.h"

struct arena;
struct json;
struct text;

/* Beside terms, which may have any number. */
#define FILTER_PATTERN_MAX_REGEXES 2

enum filter_pattern_kind {
    FILTER_PATTERN_ALL,
    FILTER_PATTERN_TERMS,
    FILTER_PATTERN_JSON,
    FILTER_PATTERN_COLUMNS
};

struct filter_pattern {
    enum filter_pattern_kind kind;
    unsigned regexes;
    struct filter_terms terms;
    struct filter_json json;
    struct filter_columns columns;
};

/* STATUS_INVALID: not a pattern; `problem` (initialised by the caller) says why, as AWS does. */
NODISCARD enum status filter_pattern_parse(struct slice pattern, struct arena *arena,
                                           struct filter_pattern *ret_pattern,
                                           struct text *problem);

/* What was found in a message. Borrowed from it and from the scratch. */
struct filter_match {
    bool is_match;
    const struct json *document; /* of a JSON pattern */
    struct filter_fields fields; /* of columns */
};

/* STATUS_NO_MEMORY in `scratch`, which the caller clears between messages. */
NODISCARD enum status filter_pattern_match(const struct filter_pattern *pattern,
                                           struct slice message, struct arena *scratch,
                                           struct filter_match *ret_match);

/*
 * What "$.a.b", "$name" or "$3" means in a message that matched. STATUS_NOT_FOUND: nothing.
 */
NODISCARD enum status filter_pattern_value(const struct filter_pattern *pattern,
                                           const struct filter_match *match, struct slice selector,
                                           struct arena *scratch, struct slice *ret_text);

/* For every value the pattern names: its selector and text, until fn fails. */
typedef enum status filter_value_fn(void *ctx, struct slice selector, struct slice text);
NODISCARD enum status filter_pattern_values(const struct filter_pattern *pattern,
                                            const struct filter_match *match, struct arena *scratch,
                                            filter_value_fn *fn, void *ctx);

#endif
