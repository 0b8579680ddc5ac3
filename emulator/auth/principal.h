/*
 * principal.h -- who is calling, and in which region: taken from the credentials, step 2 of a
 * record's path. Internal calls (Firehose to Lambda, a function to DynamoDB) carry one too.
 */
#ifndef EMULATOR_AUTH_PRINCIPAL_H
#define EMULATOR_AUTH_PRINCIPAL_H

#include <stdbool.h>

#include "emulator/base/slice.h"

#define ACCOUNT_CHARS 12

struct principal {
    struct slice account;    /* 12 digits */
    struct slice region;     /* "us-east-1" */
    struct slice access_key; /* empty when anonymous or internal */
    struct slice arn;        /* arn:aws:iam::<account>:root, a user, a role or its session */
    struct slice user_id;    /* as GetCallerIdentity tells it: of the root the account */
    bool is_anonymous;
};

#endif
