/*
 * s3_multipart.h -- what the multipart operations share.
 */
#ifndef HANDLERS_S3_S3_MULTIPART_H
#define HANDLERS_S3_S3_MULTIPART_H

#include <stdbool.h>

#include "storage/upload_store.h"

struct call;

/* The upload of ?uploadId, if it is one of this key. STATUS_NOT_FOUND without a refusal. */
NODISCARD enum status s3_multipart_find(struct call *call, struct upload *ret_upload);

/* The same; false: refused. */
bool s3_multipart_require(struct call *call, struct upload *ret_upload);

/* NoSuchUpload. Always false. */
bool s3_refuse_upload(struct call *call);

/* ?partNumber. False: refused. */
bool s3_multipart_read_number(struct call *call, uint32_t *ret_number);

/* "COMPOSITE", "FULL_OBJECT", or "null". */
const char *s3_multipart_mode(const struct upload *upload);

#endif
