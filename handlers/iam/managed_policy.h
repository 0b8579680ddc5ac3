/*
 * managed_policy.h -- the managed policies of AWS itself, arn:aws:iam::aws:policy/...: the ones in
 * managed/, as AWS publishes them. Constant.
 */
#ifndef HANDLERS_IAM_MANAGED_POLICY_H
#define HANDLERS_IAM_MANAGED_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

#define MANAGED_POLICY_ACCOUNT "aws"

/* Letters and digits of a unique id behind its first four. */
#define MANAGED_POLICY_ID_CHARS 17

struct managed_policy {
    const char *path; /* "/", "/service-role/" */
    const char *name;
    int64_t version; /* the default one, the only one kept */
    int64_t created_ms;
    int64_t updated_ms;
    const char *document;
};

/* Sorted by ARN. NULL behind the last. */
const struct managed_policy *managed_policy_at(size_t index);

/* NULL: AWS may have it, it is not here. */
const struct managed_policy *managed_policy_find(struct slice path, struct slice name);

/* What stands for an id of AWS's: always the same for the same ARN. MANAGED_POLICY_ID_CHARS + 1. */
void managed_policy_id(struct slice arn, char *text);

#endif
