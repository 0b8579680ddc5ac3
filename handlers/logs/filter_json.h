/*
 * filter_json.h -- filter patterns for messages that are JSON objects.
 *
 *     { $.eventType = "UpdateTrail" && ($.n >= 5 || $.list[0].id != 4*) }
 *     { $.a IS NULL }  { $.a IS TRUE }  { $.a IS FALSE }  { $.a EXISTS }  { $.a NOT EXISTS }
 *
 * A comparison is true of strings and numbers only: of an object, an array, a boolean or nothing
 * at all neither `= 1` nor `!= 1` holds, as on AWS. A message that is no JSON object matches
 * nothing.
 */
#ifndef HANDLERS_LOGS_FILTER_JSON_H
#define HANDLERS_LOGS_FILTER_JSON_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct arena;
struct filter_expression;
struct filter_reader;
struct filter_selector; /* what a "$.a[0].b" names; in the arena */
struct json;

struct filter_json {
    const struct filter_expression *expression;
    const struct filter_selector *selectors; /* all of the pattern, in its order */
};

/* The opening brace comes next. STATUS_INVALID with the reader's problem told. */
NODISCARD enum status filter_json_take(struct filter_reader *r, struct filter_json *ret_pattern);

/* *ret_document is NULL for a message that is no JSON object. In `scratch`. */
NODISCARD enum status filter_json_read(struct slice message, struct arena *scratch,
                                       const struct json **ret_document);

/* `document` is not NULL. STATUS_NO_MEMORY in `scratch`. */
NODISCARD enum status filter_json_matches(const struct filter_json *pattern,
                                          const struct json *document, struct arena *scratch,
                                          bool *ret_matches);

/* ---- selectors ---- */

NODISCARD enum status filter_selector_take(struct filter_reader *r,
                                           const struct filter_selector **ret_selector);

/* As it was written; the one behind it in its pattern, NULL at the end. */
struct slice filter_selector_text(const struct filter_selector *selector);
const struct filter_selector *filter_selector_next(const struct filter_selector *selector);

/*
 * The text of the string, number or boolean it names. STATUS_NOT_FOUND: there is none.
 */
NODISCARD enum status filter_selector_value(const struct filter_selector *selector,
                                            const struct json *document, struct arena *scratch,
                                            struct slice *ret_text);

#endif
