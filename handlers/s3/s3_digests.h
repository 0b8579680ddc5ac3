/*
 * s3_digests.h -- what a client says of its body (Content-MD5, x-amz-content-sha256,
 * x-amz-checksum-*, trailers) and whether it is true.
 */
#ifndef HANDLERS_S3_S3_DIGESTS_H
#define HANDLERS_S3_S3_DIGESTS_H

#include <stdbool.h>

#include "storage/object_store.h"

struct aws_chunked;
struct call;

struct s3_digests {
    bool is_framed; /* aws-chunked */
    bool has_md5;
    bool has_sha256;
    uint8_t md5[MD5_BYTES];
    uint8_t sha256[SHA256_BYTES];
    struct object_checksum checksum; /* as sent; CHECKSUM_NONE: none */
    bool in_trailer;                 /* the checksum's value comes behind the body */
};

/* Is there a digest or checksum of the body in the headers, or will there be one behind it? */
bool s3_digests_are_sent(const struct call *call);

/* From the headers. False: refused. */
bool s3_digests_read(struct call *call, struct s3_digests *digests);

/* The BODY_* digests (blobs.h) needed to check them. */
unsigned s3_digests_wanted(const struct s3_digests *digests);

/* After the body: the trailer it came with, and its end. False: refused. */
bool s3_digests_take_trailer(struct call *call, struct s3_digests *digests,
                             const struct aws_chunked *chunked);

/* False: refused. */
bool s3_digests_verify(struct call *call, const struct s3_digests *digests,
                       const struct body *body);

/*
 * A body held in memory: take its framing off and check it. `has_checksum` false: a checksum
 * header speaks of something else. False: refused.
 */
bool s3_digests_check_bytes(struct call *call, bool has_checksum, struct slice *bytes);

/* One of the five by its AWS name ("CRC32"), without regard to case; CHECKSUM_NONE otherwise. */
enum checksum_algorithm s3_checksum_by_name(struct slice name);
const char *s3_checksum_name(enum checksum_algorithm algorithm);
const char *s3_checksum_lower_name(enum checksum_algorithm algorithm);
/* "x-amz-checksum-crc32"; the XML element "ChecksumCRC32". */
const char *s3_checksum_header(enum checksum_algorithm algorithm);
const char *s3_checksum_element(enum checksum_algorithm algorithm);
unsigned s3_checksum_digest(enum checksum_algorithm algorithm);
size_t s3_checksum_bytes(enum checksum_algorithm algorithm);

/* The checksum of a body, as base64 in the call's arena. */
struct object_checksum s3_checksum_of(struct call *call, enum checksum_algorithm algorithm,
                                      const struct body *body);

/* base64 into the call's arena. */
struct slice s3_base64(struct call *call, struct slice bytes);

bool s3_checksum_is_composite(struct slice value);

/* The checksum headers of an answer: value and type. */
void s3_checksum_add_headers(struct call *call, const struct object_checksum *checksum);

#endif
