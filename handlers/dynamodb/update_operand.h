/*
 * update_operand.h -- what the actions of an update expression come to, for one item.
 */
#ifndef HANDLERS_DYNAMODB_UPDATE_OPERAND_H
#define HANDLERS_DYNAMODB_UPDATE_OPERAND_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct refusal;
struct update_action;
struct value;

/* Fill in action->outcome and action->result, in the refusal's arena or borrowed from the item. */
NODISCARD enum status update_operand_compute(struct update_action *action, struct slice item,
                                             struct refusal *refusal);

/* Refuse for what the item would become. */
enum status update_operand_refuse_size(struct refusal *refusal);

/* Is the value nested in no more levels than these? */
bool update_operand_fits(const struct value *value, int levels);

#endif
