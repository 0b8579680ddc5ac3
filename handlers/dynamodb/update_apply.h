/*
 * update_apply.h -- an update expression applied to an item.
 *
 * First every right side is computed from the item as it was, then the document is written anew in
 * one walk beside the tree of paths: so the order of actions does not matter, and indices
 * of lists are the old ones.
 */
#ifndef HANDLERS_DYNAMODB_UPDATE_APPLY_H
#define HANDLERS_DYNAMODB_UPDATE_APPLY_H

#include "emulator/base/slice.h"

struct refusal;
struct text;
struct update_expression;

/* Append the new document to `out`. STATUS_INVALID: refused. */
NODISCARD enum status update_apply(struct update_expression *update, struct slice item,
                                   struct refusal *refusal, struct text *out);

#endif
