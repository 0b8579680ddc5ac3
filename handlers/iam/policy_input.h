/*
 * policy_input.h -- policy documents in requests: checked, and no longer than their quotas. False
 * always means that the call is answered.
 */
#ifndef HANDLERS_IAM_POLICY_INPUT_H
#define HANDLERS_IAM_POLICY_INPUT_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* PolicyDocument of CreatePolicy and CreatePolicyVersion. */
bool policy_input_managed(struct call *call, struct slice *ret_document);

/* The document in `member`, which says who may assume a role. */
bool policy_input_trust(struct call *call, const char *member, struct slice *ret_document);

/* PolicyDocument of PutRolePolicy and PutUserPolicy; their quota is one for all of a role's. */
bool policy_input_inline(struct call *call, struct slice *ret_document);

#endif
