/*
 * s3_bucket.h -- what operations on buckets have in common.
 */
#ifndef HANDLERS_S3_S3_BUCKET_H
#define HANDLERS_S3_S3_BUCKET_H

#include "emulator/base/slice.h"

struct call;

/* x-amz-bucket-arn */
void s3_add_bucket_arn_header(struct call *call, struct slice name);

#endif
