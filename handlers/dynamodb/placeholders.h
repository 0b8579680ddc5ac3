/*
 * placeholders.h -- ExpressionAttributeNames and ExpressionAttributeValues of a request: what "#n"
 * and ":v" stand for, and which of them its expressions used.
 */
#ifndef HANDLERS_DYNAMODB_PLACEHOLDERS_H
#define HANDLERS_DYNAMODB_PLACEHOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "handlers/dynamodb/attribute_value.h"

struct json;
struct refusal;

struct placeholder {
    struct slice key;       /* "#n" or ":v" */
    struct slice attribute; /* of a name */
    struct value value;     /* of a value */
    bool is_used;
};

struct placeholder_list {
    struct placeholder *items; /* in the arena, by key */
    size_t count;
};

struct placeholders {
    struct placeholder_list names;
    struct placeholder_list values;
};

/*
 * Read both from the input. They are refused when there is no expression to use them:
 * `has_expression` says so for names, and `no_value_expression` is NULL or names the missing
 * expressions for values ("ConditionExpression is null").
 */
NODISCARD enum status placeholders_read(const struct json *input, bool has_expression,
                                        const char *no_value_expression, struct refusal *refusal,
                                        struct placeholders *ret_placeholders);

/* Marked as used; NULL when there is none. */
const struct placeholder *placeholders_name(struct placeholders *p, struct slice key);
const struct placeholder *placeholders_value(struct placeholders *p, struct slice key);

/* After all expressions were read. */
NODISCARD enum status placeholders_check_used(const struct placeholders *p,
                                              struct refusal *refusal);

#endif
