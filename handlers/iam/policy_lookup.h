/*
 * policy_lookup.h -- managed policies by their ARNs: an account's own and AWS's. False always means
 * that the call is answered.
 *
 * An ARN of AWS's that managed/ does not have is taken as a policy with an empty document, which
 * the log warns of: what grants nothing here is better than what cannot be deployed.
 */
#ifndef HANDLERS_IAM_POLICY_LOOKUP_H
#define HANDLERS_IAM_POLICY_LOOKUP_H

#include <stdbool.h>

#include "storage/iam_policy_store.h"

#define POLICY_LOOKUP_ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

struct api_error;
struct call;
struct text;

struct policy_found {
    struct slice arn;
    bool is_aws;           /* nobody here may change it */
    struct iam_policy row; /* of AWS's with id 0, without description and tags */
    struct slice document; /* AWS's: of its one version */
};

/* Name and path of any policy's ARN; false when it is none. Nothing is answered. */
struct policy_address {
    struct slice account; /* or "aws" */
    struct slice path;    /* "/", "/service-role/" */
    struct slice name;
};

bool policy_lookup_parse(struct slice arn, struct policy_address *ret_address);

/* STATUS_NOT_FOUND, STATUS_INVALID for what is no policy's ARN. Nothing is answered. */
NODISCARD enum status policy_lookup_find(struct call *call, struct slice arn,
                                         struct policy_found *ret_policy);

/* The request's PolicyArn. `missing` is a literal: "Policy <arn> " and then it. */
bool policy_lookup(struct call *call, const char *missing, struct policy_found *ret_policy);

/* The same of one that this account may change. */
bool policy_lookup_own(struct call *call, const char *missing, struct policy_found *ret_policy);

/* The request's PermissionsBoundary, empty when it has none. */
bool policy_lookup_boundary(struct call *call, struct slice *ret_arn);

/* As all answers tell policies; what only some tell comes behind it. */
bool policy_lookup_write(struct call *call, struct text *xml, const struct policy_found *policy);

struct slice policy_lookup_arn(struct call *call, const struct iam_policy *policy);

#endif
