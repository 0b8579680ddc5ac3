/*
 * key_condition.h -- KeyConditionExpression: which partition, and which range of its sort keys.
 *
 *     = on the partition key, AND at most one of = < <= > >= BETWEEN begins_with on the sort key
 */
#ifndef HANDLERS_DYNAMODB_KEY_CONDITION_H
#define HANDLERS_DYNAMODB_KEY_CONDITION_H

#include "handlers/dynamodb/attribute_value.h"
#include "storage/item_store.h"

struct placeholders;
struct refusal;
struct table;

enum key_operator {
    KEY_EQUAL,
    KEY_LESS,
    KEY_LESS_EQUAL,
    KEY_GREATER,
    KEY_GREATER_EQUAL,
    KEY_BETWEEN,
    KEY_BEGINS_WITH,
};

struct key_clause {
    struct slice name;
    enum key_operator operation;
    struct value low; /* the operand; the lower one of BETWEEN */
    struct value high;
};

struct key_condition {
    struct key_clause clauses[2];
    size_t count; /* may be more than there is room for */
};

/* Needs no table: what is wrong with the expression itself. */
NODISCARD enum status key_condition_parse(struct slice source, struct placeholders *placeholders,
                                          struct refusal *refusal,
                                          struct key_condition *ret_condition);

/* For a table: the partition and the range (is_backward is left false). */
NODISCARD enum status key_condition_range(const struct key_condition *condition,
                                          const struct table *table, struct refusal *refusal,
                                          struct item_range *ret_range);

/* The first key behind all that begin with or equal `s`: s and a zero byte. In the arena. */
NODISCARD enum status key_condition_after(struct slice s, struct refusal *refusal,
                                          struct slice *ret_after);

#endif
