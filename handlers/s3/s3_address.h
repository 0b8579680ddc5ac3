/*
 * s3_address.h -- which bucket and key a request means: by its path, or by its host.
 *
 *     http://127.0.0.1:4566/bucket/key            path style
 *     http://bucket.s3.us-east-1.amazonaws.com/key, http://bucket.localhost:4566/key
 *                                                 virtual-host style
 */
#ifndef HANDLERS_S3_S3_ADDRESS_H
#define HANDLERS_S3_S3_ADDRESS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct arena;

struct s3_address {
    struct slice bucket; /* empty: the service itself */
    struct slice key;    /* decoded once; empty: the bucket itself */
    bool is_virtual_host;
};

/*
 * `host` is the Host header, `path` the raw path. STATUS_INVALID: a path that is not "/..." or a
 * key that is not UTF-8 or holds a NUL. The bucket is what stands there, valid or not.
 */
NODISCARD enum status s3_address_parse(struct slice host, struct slice path, struct arena *arena,
                                       struct s3_address *ret_address);

/* The bucket named by a host; empty for a host that names none. */
struct slice s3_address_host_bucket(struct slice host);

/* AWS's rules for names of general purpose buckets. */
bool s3_address_is_bucket_name(struct slice name);

#endif
