/*
 * legacy_condition.h -- conditions from before there were expressions: Expected, QueryFilter,
 * ScanFilter and KeyConditions, read into what expressions are read into.
 *
 *     {"a": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "1"}, {"N": "2"}]}}
 *     {"a": {"Exists": false}}    {"a": {"Value": {"S": "x"}}}           Expected only
 */
#ifndef HANDLERS_DYNAMODB_LEGACY_CONDITION_H
#define HANDLERS_DYNAMODB_LEGACY_CONDITION_H

#include "emulator/base/status.h"

struct expression;
struct json;
struct key_condition;
struct refusal;

/*
 * input.`member` (Expected, QueryFilter or ScanFilter) and input.ConditionalOperator. Without any,
 * *ret_condition is left alone.
 */
NODISCARD enum status legacy_condition_read(const struct json *input, const char *member,
                                            struct refusal *refusal,
                                            struct expression **ret_condition);

/* input.KeyConditions, which is there. */
NODISCARD enum status legacy_condition_read_keys(const struct json *input, struct refusal *refusal,
                                                 struct key_condition *ret_condition);

/*
 * Of these lists of parameters (NULL behind the last) only one may be used. Messages have them in
 * the order of the lists.
 */
NODISCARD enum status legacy_condition_check_mixing(const struct json *input,
                                                    const char *const *legacy,
                                                    const char *const *expressions,
                                                    struct refusal *refusal);

#endif
