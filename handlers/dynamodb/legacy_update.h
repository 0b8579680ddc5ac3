/*
 * legacy_update.h -- AttributeUpdates and AttributesToGet, the parameters that update expressions
 * and projections replaced, read into the same structures.
 *
 *     {"a": {"Action": "ADD", "Value": {"N": "1"}}, "b": {"Action": "DELETE"}}
 */
#ifndef HANDLERS_DYNAMODB_LEGACY_UPDATE_H
#define HANDLERS_DYNAMODB_LEGACY_UPDATE_H

#include "emulator/base/status.h"

struct json;
struct path_tree;
struct refusal;
struct update_expression;

/* An empty map leaves *ret_update alone. */
NODISCARD enum status legacy_update_read(const struct json *updates, struct refusal *refusal,
                                         struct update_expression **ret_update);

NODISCARD enum status legacy_update_read_attributes(const struct json *names,
                                                    struct refusal *refusal,
                                                    struct path_tree **ret_tree);

#endif
