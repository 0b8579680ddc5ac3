/*
 * s3_encryption.h -- server-side encryption as it is asked for and told. Nothing is encrypted:
 * bodies lie in files of the person who runs this.
 *
 * As stored (object_traits.h): empty for AES256, else words with a space between them:
 *
 *     aws:kms <key ARN> true|false       the key, and whether there is a bucket key
 *     aws:kms:dsse <key ARN> true|false
 */
#ifndef HANDLERS_S3_S3_ENCRYPTION_H
#define HANDLERS_S3_S3_ENCRYPTION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* From the headers, else as the bucket says. False: refused. */
bool s3_encryption_read(struct call *call, struct slice *ret_encryption);

/* The x-amz-server-side-encryption headers of an answer. */
void s3_encryption_add_headers(struct call *call, struct slice encryption);

#endif
