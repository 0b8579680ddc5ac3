/*
 * s3_headers.h -- request headers of writes: what Hydrant does not do, and what is stored.
 */
#ifndef HANDLERS_S3_S3_HEADERS_H
#define HANDLERS_S3_S3_HEADERS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* Every header that asks for something not implemented is refused by name. False: refused. */
bool s3_headers_check(struct call *call);

/* System and user metadata as stored (object_store.h). */
struct s3_metadata {
    struct slice content_type;
    struct slice content_encoding; /* without aws-chunked */
    struct slice json;             /* the others; empty when there are none */
};

/* False: refused. */
bool s3_metadata_read(struct call *call, struct s3_metadata *metadata);

/* The headers of stored metadata, but for Content-Type. A name in `but` is left out (NULL: none).
 */
void s3_metadata_add_headers(struct call *call, struct slice content_encoding, struct slice json,
                             bool (*but)(struct call *call, struct slice name));

#endif
