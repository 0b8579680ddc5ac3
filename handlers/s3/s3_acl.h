/*
 * s3_acl.h -- access control lists as they are asked for (a canned name, grant headers, XML),
 * stored (an AccessControlList element; empty: the owner's alone) and told. Each check returns
 * false when it refused.
 */
#ifndef HANDLERS_S3_S3_ACL_H
#define HANDLERS_S3_S3_ACL_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* x-amz-acl or x-amz-grant-* of a write of an object. */
bool s3_acl_read_headers(struct call *call, struct slice *ret_acl);

/* The same of CreateBucket; its owner is the caller, and nothing is set on it yet. */
bool s3_acl_read_for_new_bucket(struct call *call, struct slice *ret_acl);

#endif
