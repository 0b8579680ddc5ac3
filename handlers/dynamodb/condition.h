/*
 * condition.h -- ConditionExpression, FilterExpression and KeyConditionExpression: read once,
 * then asked of as many items as wanted. Asking allocates nothing and cannot fail.
 */
#ifndef HANDLERS_DYNAMODB_CONDITION_H
#define HANDLERS_DYNAMODB_CONDITION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct expression;
struct placeholders;
struct refusal;

/* `title` names the parameter in messages. */
NODISCARD enum status condition_parse(struct slice source, const char *title,
                                      struct placeholders *placeholders, struct refusal *refusal,
                                      struct expression **ret_condition);

bool condition_holds(const struct expression *condition, struct slice item);

/* An attribute the condition's paths begin with and that is `a` or `b`; empty when there is none.
 */
struct slice condition_mentions(const struct expression *condition, struct slice a, struct slice b);

#endif
