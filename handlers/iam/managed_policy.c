#include "handlers/iam/managed_policy.h"

#include "emulator/base/hash.h"
#include "emulator/base/ids.h"

static const struct managed_policy policies[] = {
#include "managed_policy_rows.h" /* generated from managed/ */
};

const struct managed_policy *managed_policy_at(size_t index)
{
    return index < sizeof(policies) / sizeof(policies[0]) ? &policies[index] : NULL;
}

const struct managed_policy *managed_policy_find(struct slice path, struct slice name)
{
    const struct managed_policy *policy = NULL;
    for (size_t i = 0; (policy = managed_policy_at(i)) != NULL; i++)
        if (slice_equal_text(path, policy->path) && slice_equal_text(name, policy->name))
            return policy;
    return NULL;
}

void managed_policy_id(struct slice arn, char *text)
{
    uint8_t digest[SHA256_BYTES];
    hash_sha256(arn, digest);
    ids_from_alphabet(digest, MANAGED_POLICY_ID_CHARS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", text);
}
