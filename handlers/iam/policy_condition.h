/*
 * policy_condition.h -- a statement's Condition: its operators, and the dates in it.
 */
#ifndef HANDLERS_IAM_POLICY_CONDITION_H
#define HANDLERS_IAM_POLICY_CONDITION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct json;

/* {operator: {key: value or list}}; an operator nobody knows may only stand with nothing in it. */
bool policy_condition_is_right(const struct json *condition);

/* Are the values of Date operators dates? For a condition that is right. */
bool policy_condition_has_dates(const struct json *condition);

/* "2026-11-25T01:00:00Z" and less of it, or seconds since the epoch. */
bool policy_condition_is_date(struct slice text);

#endif
