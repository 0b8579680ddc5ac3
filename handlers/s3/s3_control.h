/*
 * s3_control.h -- the calls of S3 Control that clients make for a plain bucket: its tags, by its
 * ARN
 * (`/v20180820/tags/{arn}` with x-amz-account-id). They reach the service as S3's own do.
 */
#ifndef HANDLERS_S3_S3_CONTROL_H
#define HANDLERS_S3_S3_CONTROL_H

#include <stdbool.h>

struct call;

/* If the path is one of these, name the ARN's bucket in the call, and no key. */
bool s3_control_take(struct call *call);

/* The operation of such a call; NULL: the method is not allowed. */
const char *s3_control_route(const struct call *call);

#endif
