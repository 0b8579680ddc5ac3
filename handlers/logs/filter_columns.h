/*
 * filter_columns.h -- filter patterns for messages made of fields with spaces between them.
 *
 *     [ip, user, ..., request = *html*, status = 4* && status != 403, bytes > 1000]
 *
 * What stands between "..." or [...] is one field, told without its marks. A message matches when
 * it has exactly the pattern's fields and all conditions hold; `...` stands for any number of
 * fields and may be there once. A field without a name is told by its number, from 1.
 */
#ifndef HANDLERS_LOGS_FILTER_COLUMNS_H
#define HANDLERS_LOGS_FILTER_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct filter_column; /* in the arena */
struct filter_reader;

struct filter_columns {
    const struct filter_column *columns;
    size_t count;  /* without `...` */
    size_t before; /* of them, in front of it */
    bool has_gap;  /* there is a `...` */
};

/* The opening bracket comes next. STATUS_INVALID with the reader's problem told. */
NODISCARD enum status filter_columns_take(struct filter_reader *r,
                                          struct filter_columns *ret_columns);

/* A message's fields. */
struct filter_fields {
    struct slice *fields; /* in the scratch; borrowed from the message */
    size_t count;
};

NODISCARD enum status filter_columns_split(struct slice message, struct arena *scratch,
                                           struct filter_fields *ret_fields);

bool filter_columns_match(const struct filter_columns *columns, const struct filter_fields *fields);

/* The name of a field (from 0) of a message that matches; empty: it has none. */
struct slice filter_columns_name(const struct filter_columns *columns,
                                 const struct filter_fields *fields, size_t field);

#endif
