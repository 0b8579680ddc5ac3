/*
 * policy_resource.h -- one Resource of a policy: "*", or an ARN with wildcards.
 */
#ifndef HANDLERS_IAM_POLICY_RESOURCE_H
#define HANDLERS_IAM_POLICY_RESOURCE_H

#include "emulator/base/slice.h"

struct arena;

/* Comes before all else that is wrong with a policy. */
extern const char policy_resource_legacy[];

/* Stands for words that the arena has no room for. */
extern const char policy_resource_no_memory[];

/* NULL, or AWS's words for what is wrong with it, in the arena or one of those above. */
const char *policy_resource_problem(struct slice resource, struct arena *arena);

#endif
