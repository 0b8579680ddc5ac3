/*
 * projection.h -- ProjectionExpression: which parts of an item are answered.
 */
#ifndef HANDLERS_DYNAMODB_PROJECTION_H
#define HANDLERS_DYNAMODB_PROJECTION_H

#include "emulator/base/slice.h"

struct arena;
struct path_tree;
struct placeholders;
struct refusal;

NODISCARD enum status projection_parse(struct slice source, struct placeholders *placeholders,
                                       struct refusal *refusal, struct path_tree **ret_tree);

/* The picked parts, as an item in the arena. */
NODISCARD enum status projection_apply(const struct path_tree *tree, struct slice item,
                                       struct arena *arena, struct slice *ret_item);

#endif
