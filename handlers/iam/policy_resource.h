/*
 * policy_resource.h -- one Resource of a policy: "*", or an ARN with wildcards.
 */
#ifndef HANDLERS_IAM_POLICY_RESOURCE_H
#define HANDLERS_IAM_POLICY_RESOURCE_H

#include "emulator/base/slice.h"

struct arena;

#define POLICY_RESOURCE_LEGACY "The policy failed legacy parsing"

/*
 * NULL, or AWS's words for what is wrong with it, in the arena or static. POLICY_RESOURCE_LEGACY
 * (that very pointer is not promised) comes before all else that is wrong with a policy.
 */
const char *policy_resource_problem(struct slice resource, struct arena *arena);

#endif
