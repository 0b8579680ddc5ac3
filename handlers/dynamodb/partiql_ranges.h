/*
 * partiql_ranges.h -- where a SELECT reads: one range of sort keys for each partition WHERE names
 * by
 * "=" or IN, in the order ORDER BY asks for.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_RANGES_H
#define HANDLERS_DYNAMODB_PARTIQL_RANGES_H

#include <stddef.h>

#include "storage/item_store.h"

struct partiql_statement;
struct refusal;
struct table;

struct partiql_ranges {
    struct item_range *items; /* in the arena */
    size_t count;             /* 0: WHERE names no partition, all is scanned */
};

/* For `table`, or what looks like one: an index. Checks ORDER BY. */
NODISCARD enum status partiql_ranges_make(const struct table *table,
                                          const struct partiql_statement *statement,
                                          struct refusal *refusal,
                                          struct partiql_ranges *ret_ranges);

/* The range of a partition; `count` when there is none. */
size_t partiql_ranges_find(const struct partiql_ranges *ranges, struct slice p);

#endif
