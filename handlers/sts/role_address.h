/*
 * role_address.h -- the ARN of a role, arn:aws:iam::<account>:role/<path>/<name>, in its parts.
 */
#ifndef HANDLERS_STS_ROLE_ADDRESS_H
#define HANDLERS_STS_ROLE_ADDRESS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct role_address {
    struct slice account;
    struct slice path; /* "/", or "/a/b/" */
    struct slice name;
};

/* Has it the parts every ARN has? */
bool role_address_is_arn(struct slice arn);

/* False: it is another thing's. */
bool role_address_parse(struct slice arn, struct role_address *ret_address);

#endif
