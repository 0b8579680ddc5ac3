#include "handlers/dynamodb/partiql_ranges.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"

/* ---- partitions --------------------------------------------------------------------------- */

/* Behind the hash, p is the key itself. */
static int compare_keys(const void *a, const void *b)
{
    const struct item_range *x = a;
    const struct item_range *y = b;
    return slice_compare(slice_from(x->p, KEY_HASH_BYTES), slice_from(y->p, KEY_HASH_BYTES));
}

static int compare_keys_backward(const void *a, const void *b)
{
    return compare_keys(b, a);
}

size_t partiql_ranges_find(const struct partiql_ranges *ranges, struct slice p)
{
    size_t at = 0;
    while (at < ranges->count && !slice_equal(ranges->items[at].p, p))
        at++;
    return at;
}

/* One that is named twice is read once. */
static enum status add_range(struct partiql_ranges *ranges, struct key_condition *condition,
                             const struct value *hash, const struct table *table,
                             struct refusal *refusal)
{
    struct item_range range;
    condition->clauses[0].low = *hash;
    condition->clauses[0].high = *hash;
    enum status status = key_condition_range(condition, table, refusal, &range);
    if (status == STATUS_OK && partiql_ranges_find(ranges, range.p) == ranges->count)
        ranges->items[ranges->count++] = range;
    return status;
}

static enum status add_ranges(struct partiql_ranges *ranges, const struct table *table,
                              const struct partiql_statement *statement, struct refusal *refusal)
{
    struct key_condition condition;
    size_t count = 0;
    const struct expression *first =
        partiql_plan_range(table, statement->where, &condition, &count);
    ranges->items = arena_alloc(refusal->arena, (count + 1) * sizeof(*ranges->items));
    if (ranges->items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    for (const struct expression *e = first; count > 0 && status == STATUS_OK; e = e->next, count--)
        status = add_range(ranges, &condition, &e->value, table, refusal);
    return status;
}

/* ---- ORDER BY ----------------------------------------------------------------------------- */

static enum status check_order(const struct table *table, const struct partiql_order *order,
                               struct refusal *refusal)
{
    if (slice_equal(order->name, table->hash_name) || slice_equal(order->name, table->range_name))
        return STATUS_OK;
    return refuse(refusal,
                  "Variable reference %.*s in ORDER BY clause must be part of the primary key",
                  SLICE_ARG(order->name));
}

static void order_by(struct partiql_ranges *ranges, const struct table *table,
                     const struct partiql_order *order)
{
    if (slice_equal(order->name, table->hash_name)) {
        qsort(ranges->items, ranges->count, sizeof(*ranges->items),
              order->is_descending ? compare_keys_backward : compare_keys);
        return;
    }
    for (size_t i = 0; i < ranges->count; i++)
        ranges->items[i].is_backward = order->is_descending;
}

enum status partiql_ranges_make(const struct table *table,
                                const struct partiql_statement *statement, struct refusal *refusal,
                                struct partiql_ranges *ret_ranges)
{
    struct partiql_ranges ranges = {NULL, 0};
    enum status status = add_ranges(&ranges, table, statement, refusal);
    if (status == STATUS_OK && statement->order_count > 0 && ranges.count == 0)
        status = refuse(refusal, "Must have at least one non-optional hash key condition in WHERE "
                                 "clause when using ORDER BY clause.");
    for (size_t i = 0; i < statement->order_count && status == STATUS_OK; i++) {
        status = check_order(table, &statement->orders[i], refusal);
        if (status == STATUS_OK)
            order_by(&ranges, table, &statement->orders[i]);
    }
    if (status == STATUS_OK)
        *ret_ranges = ranges;
    return status;
}
