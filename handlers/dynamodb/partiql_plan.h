/*
 * partiql_plan.h -- which keys a WHERE clause names: equalities (and for a sort key, ranges) that
 * are joined by AND with all the rest.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_PLAN_H
#define HANDLERS_DYNAMODB_PARTIQL_PLAN_H

#include <stddef.h>

#include "handlers/dynamodb/key_condition.h"

struct arena;
struct expression;
struct table;

/* The table's key, as far as `where` has it. */
struct partiql_key {
    struct slice document; /* the attributes that are given, as an item */
    size_t missing;        /* attributes of the key that are not */
    size_t others;         /* conditions besides */
};

NODISCARD enum status partiql_plan_key(const struct table *table, const struct expression *where,
                                       struct arena *arena, struct partiql_key *ret_key);

/* From now on the equalities partiql_plan_key() found are always true. */
void partiql_plan_drop_key(const struct table *table, struct expression *where);

/*
 * The conditions on the key of `table` (or of what looks like one: an index), as Query has them.
 * The partition key's value is filled in by the caller: it is each of *ret_count values, the first
 * of which is returned. Without "=" or IN on the partition key there are none.
 */
const struct expression *partiql_plan_range(const struct table *table,
                                            const struct expression *where,
                                            struct key_condition *ret_condition, size_t *ret_count);

#endif
