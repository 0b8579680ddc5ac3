/*
 * policy_document.h -- is this text a policy IAM takes? The rules of the grammar and AWS's words
 * for what breaks them, in the order AWS looks.
 *
 * Pure: what a policy allows is not judged here.
 */
#ifndef HANDLERS_IAM_POLICY_DOCUMENT_H
#define HANDLERS_IAM_POLICY_DOCUMENT_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;

enum policy_kind {
    POLICY_MANAGED, /* of version 2012-10-17 only */
    POLICY_INLINE,
    POLICY_TRUST /* who may assume a role */
};

/* STATUS_INVALID: *ret_problem says why, in the arena or static. STATUS_NO_MEMORY. */
NODISCARD enum status policy_document_check(struct slice text, enum policy_kind kind,
                                            struct arena *arena, const char **ret_problem);

/* What counts for quotas: characters that are no white space. */
size_t policy_document_size(struct slice text);

#endif
