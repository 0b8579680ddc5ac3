/*
 * s3_checksum.c -- the algorithms of object checksums: names, sizes, values.
 */
#include <endian.h>
#include <string.h>

#include "emulator/base/base64.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"

static const struct algorithm {
    const char *name;
    const char *lower;
    const char *header;
    const char *element;
    unsigned digest; /* BODY_*; 0: a body has it anyway */
    size_t bytes;
} algorithms[] = {
    [CHECKSUM_NONE] = {"", "null", "", "", 0, 0},
    [CHECKSUM_CRC32] = {"CRC32", "crc32", "x-amz-checksum-crc32", "ChecksumCRC32", BODY_CRC32, 4},
    [CHECKSUM_CRC32C] = {"CRC32C", "crc32c", "x-amz-checksum-crc32c", "ChecksumCRC32C", BODY_CRC32C,
                         4},
    [CHECKSUM_CRC64NVME] = {"CRC64NVME", "crc64nvme", "x-amz-checksum-crc64nvme",
                            "ChecksumCRC64NVME", 0, 8},
    [CHECKSUM_SHA1] = {"SHA1", "sha1", "x-amz-checksum-sha1", "ChecksumSHA1", BODY_SHA1,
                       SHA1_BYTES},
    [CHECKSUM_SHA256] = {"SHA256", "sha256", "x-amz-checksum-sha256", "ChecksumSHA256", BODY_SHA256,
                         SHA256_BYTES},
};

enum checksum_algorithm s3_checksum_by_name(struct slice name)
{
    for (size_t i = 1; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (slice_equal_nocase(name, slice_of(algorithms[i].name)))
            return (enum checksum_algorithm)i;
    }
    return CHECKSUM_NONE;
}

const char *s3_checksum_name(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

const char *s3_checksum_lower_name(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].lower;
}

const char *s3_checksum_header(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].header;
}

const char *s3_checksum_element(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].element;
}

unsigned s3_checksum_digest(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].digest;
}

size_t s3_checksum_bytes(enum checksum_algorithm algorithm)
{
    return algorithms[algorithm].bytes;
}

struct slice s3_base64(struct call *call, struct slice bytes)
{
    struct text text;
    text_init_in(&text, &call->arena, 256);
    base64_append(&text, bytes);
    return text_slice(&text);
}

static size_t raw_value(enum checksum_algorithm algorithm, const struct body *body, uint8_t *out)
{
    uint32_t crc32 = htobe32(algorithm == CHECKSUM_CRC32 ? body->crc32 : body->crc32c);
    uint64_t crc64 = htobe64(body->crc64nvme);
    size_t bytes = algorithms[algorithm].bytes;
    const void *from = &crc32;
    if (algorithm == CHECKSUM_CRC64NVME)
        from = &crc64;
    else if (algorithm == CHECKSUM_SHA1)
        from = body->sha1;
    else if (algorithm == CHECKSUM_SHA256)
        from = body->sha256;
    memcpy(out, from, bytes);
    return bytes;
}

struct object_checksum s3_checksum_of(struct call *call, enum checksum_algorithm algorithm,
                                      const struct body *body)
{
    uint8_t raw[SHA256_BYTES];
    size_t len = raw_value(algorithm, body, raw);
    return (struct object_checksum){algorithm, s3_base64(call, slice_make(raw, len))};
}

bool s3_checksum_is_composite(struct slice value)
{
    return slice_find(value, '-') < value.len;
}

void s3_checksum_add_headers(struct call *call, const struct object_checksum *checksum)
{
    if (checksum->algorithm == CHECKSUM_NONE || checksum->value.len == 0)
        return;
    bool is_composite = s3_checksum_is_composite(checksum->value);
    call_add_header(call, s3_checksum_header(checksum->algorithm), checksum->value);
    call_add_header_text(call, "x-amz-checksum-type", is_composite ? "COMPOSITE" : "FULL_OBJECT");
}
