#include "handlers/s3/s3_digests.h"

#include <string.h>

#include "emulator/base/base64.h"
#include "handlers/s3/aws_chunked.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"

#define CHECKSUM_PREFIX "x-amz-checksum-"

/* ---- Content-MD5 ---- */

static bool read_md5(struct call *call, struct s3_digests *digests)
{
    struct slice header = request_header(&call->request, "Content-MD5");
    struct slice raw = {NULL, 0};
    if (header.ptr == NULL)
        return true;
    if (base64_decode(header, &call->arena, &raw) != STATUS_OK || raw.len != MD5_BYTES) {
        s3_detail(call, "Content-MD5", header);
        return s3_refuse(call, S3_INVALID_DIGEST, NULL);
    }
    memcpy(digests->md5, raw.ptr, MD5_BYTES);
    digests->has_md5 = true;
    return true;
}

/* ---- x-amz-content-sha256 ---- */

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool decode_sha256(struct slice hex, uint8_t *out)
{
    if (hex.len != (size_t)2 * SHA256_BYTES)
        return false;
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        int high = hex_value(hex.ptr[2 * i]);
        int low = hex_value(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

static bool is_framed(struct slice value)
{
    return slice_equal(value, SLICE("STREAMING-UNSIGNED-PAYLOAD-TRAILER")) ||
           slice_equal(value, SLICE("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) ||
           slice_equal(value, SLICE("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"));
}

static bool read_content_sha256(struct call *call, struct s3_digests *digests)
{
    struct slice value = request_header(&call->request, "x-amz-content-sha256");
    if (value.ptr == NULL || slice_equal(value, SLICE("UNSIGNED-PAYLOAD")))
        return true;
    digests->is_framed = is_framed(value);
    if (digests->is_framed)
        return true;
    if (slice_starts_with(value, SLICE("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")))
        return s3_refuse_header(call, SLICE("x-amz-content-sha256"), NULL);
    digests->has_sha256 = decode_sha256(value, digests->sha256);
    return digests->has_sha256 || s3_refuse(call, S3_INVALID_REQUEST,
                                            "The value of x-amz-content-sha256 header is invalid.");
}

/* ---- x-amz-checksum-* ---- */

/* "x-amz-checksum-crc32" and so on; not -type, -mode, -algorithm. */
static enum checksum_algorithm checksum_of_header(struct slice name)
{
    struct slice prefix = SLICE(CHECKSUM_PREFIX);
    if (name.len <= prefix.len || !slice_equal_nocase(slice_first(name, prefix.len), prefix))
        return CHECKSUM_NONE;
    return s3_checksum_by_name(slice_from(name, prefix.len));
}

static bool is_unsupported_checksum(struct slice name)
{
    static const char *const newer[] = {"x-amz-checksum-sha512", "x-amz-checksum-md5",
                                        "x-amz-checksum-xxhash64", "x-amz-checksum-xxhash3",
                                        "x-amz-checksum-xxhash128"};
    for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++) {
        if (slice_equal_nocase(name, slice_of(newer[i])))
            return true;
    }
    return false;
}

static bool is_value(struct call *call, enum checksum_algorithm algorithm, struct slice value)
{
    struct slice raw = {NULL, 0};
    return base64_decode(value, &call->arena, &raw) == STATUS_OK &&
           raw.len == s3_checksum_bytes(algorithm);
}

static bool read_checksum(struct call *call, struct s3_digests *digests)
{
    for (size_t i = 0; i < call->request.header_count; i++) {
        const struct http_header *header = &call->request.headers[i];
        enum checksum_algorithm algorithm = checksum_of_header(header->name);
        if (is_unsupported_checksum(header->name))
            return s3_refuse_header(call, header->name, NULL);
        if (algorithm == CHECKSUM_NONE)
            continue;
        if (digests->checksum.algorithm != CHECKSUM_NONE)
            return s3_refuse(call, S3_INVALID_REQUEST,
                             "Expecting a single x-amz-checksum- header. Multiple checksum Types "
                             "are not allowed.");
        if (!is_value(call, algorithm, header->value))
            return s3_refuse(call, S3_INVALID_REQUEST, "Value for %s header is invalid.",
                             s3_checksum_header(algorithm));
        digests->checksum = (struct object_checksum){algorithm, header->value};
    }
    return true;
}

static bool read_trailer_name(struct call *call, struct s3_digests *digests)
{
    struct slice name = request_header(&call->request, "x-amz-trailer");
    if (name.ptr == NULL)
        return true;
    enum checksum_algorithm algorithm = checksum_of_header(slice_trim(name));
    if (algorithm == CHECKSUM_NONE || !digests->is_framed)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The value specified in the x-amz-trailer header is not supported");
    if (digests->checksum.algorithm != CHECKSUM_NONE)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Expecting a single x-amz-checksum- header. Multiple checksum Types are "
                         "not allowed.");
    digests->checksum.algorithm = algorithm;
    digests->in_trailer = true;
    return true;
}

static bool check_announced(struct call *call, const struct s3_digests *digests)
{
    if (!request_has_header(&call->request, "x-amz-sdk-checksum-algorithm") ||
        digests->checksum.algorithm != CHECKSUM_NONE)
        return true;
    return s3_refuse(call, S3_INVALID_REQUEST,
                     "x-amz-sdk-checksum-algorithm specified, but no corresponding "
                     "x-amz-checksum-* or x-amz-trailer headers were found.");
}

bool s3_digests_read(struct call *call, struct s3_digests *digests)
{
    *digests = (struct s3_digests){0};
    return read_md5(call, digests) && read_content_sha256(call, digests) &&
           read_checksum(call, digests) && read_trailer_name(call, digests) &&
           check_announced(call, digests);
}

unsigned s3_digests_wanted(const struct s3_digests *digests)
{
    unsigned wanted = s3_checksum_digest(digests->checksum.algorithm);
    return digests->has_sha256 ? wanted | BODY_SHA256 : wanted;
}

/* ---- after the body ---- */

static bool refuse_framing(struct call *call, enum aws_chunked_problem problem)
{
    if (problem == AWS_CHUNKED_SMALL_CHUNK)
        return s3_refuse(call, S3_INVALID_CHUNK_SIZE, NULL);
    if (problem == AWS_CHUNKED_BAD_TRAILER)
        return s3_refuse(call, S3_MALFORMED_TRAILER, NULL);
    return s3_refuse(call, S3_INCOMPLETE_BODY, NULL);
}

bool s3_digests_take_trailer(struct call *call, struct s3_digests *digests,
                             const struct aws_chunked *chunked)
{
    if (!digests->is_framed)
        return true;
    if (!aws_chunked_is_complete(chunked))
        return refuse_framing(call, chunked->problem);
    struct slice name = slice_of(chunked->trailer_name);
    if (!digests->in_trailer)
        return name.len == 0 || s3_refuse(call, S3_MALFORMED_TRAILER, NULL);
    enum checksum_algorithm algorithm = digests->checksum.algorithm;
    const char *header = s3_checksum_header(algorithm);
    if (!slice_equal_nocase(name, slice_of(header)))
        return s3_refuse(call, S3_MALFORMED_TRAILER, NULL);
    if (!is_value(call, algorithm, slice_of(chunked->trailer_value)))
        return s3_refuse(call, S3_INVALID_REQUEST, "Value for %s trailing header is invalid.",
                         header);
    digests->checksum.value = slice_of(chunked->trailer_value);
    return true;
}

static bool verify_md5(struct call *call, const struct s3_digests *digests, const struct body *body)
{
    if (!digests->has_md5 || memcmp(digests->md5, body->md5, MD5_BYTES) == 0)
        return true;
    char hex[2 * MD5_BYTES + 1];
    struct slice expected = {NULL, 0};
    hash_hex(digests->md5, MD5_BYTES, hex);
    if (call->operation->run == s3_upload_part) /* AWS repeats it as sent there */
        s3_detail(call, "ExpectedDigest", request_header(&call->request, "Content-MD5"));
    else if (arena_copy(&call->arena, slice_of(hex), &expected) == STATUS_OK)
        s3_detail(call, "ExpectedDigest", expected);
    s3_detail(call, "CalculatedDigest", s3_base64(call, slice_make(body->md5, MD5_BYTES)));
    return s3_refuse(call, S3_BAD_DIGEST, NULL);
}

static bool verify_sha256(struct call *call, const struct s3_digests *digests,
                          const struct body *body)
{
    if (!digests->has_sha256 || memcmp(digests->sha256, body->sha256, SHA256_BYTES) == 0)
        return true;
    char hex[2 * SHA256_BYTES + 1];
    struct slice computed = {NULL, 0};
    hash_hex(body->sha256, SHA256_BYTES, hex);
    s3_detail(call, "ClientComputedContentSHA256",
              request_header(&call->request, "x-amz-content-sha256"));
    if (arena_copy(&call->arena, slice_of(hex), &computed) == STATUS_OK)
        s3_detail(call, "S3ComputedContentSHA256", computed);
    return s3_refuse(call, S3_XAMZ_SHA256_MISMATCH, NULL);
}

static bool verify_checksum(struct call *call, const struct s3_digests *digests,
                            const struct body *body)
{
    enum checksum_algorithm algorithm = digests->checksum.algorithm;
    if (algorithm == CHECKSUM_NONE)
        return true;
    struct object_checksum computed = s3_checksum_of(call, algorithm, body);
    if (slice_equal(computed.value, digests->checksum.value))
        return true;
    return s3_refuse(call, S3_BAD_DIGEST,
                     "The %s you specified did not match the calculated checksum.",
                     s3_checksum_name(algorithm));
}

bool s3_digests_verify(struct call *call, const struct s3_digests *digests, const struct body *body)
{
    return verify_md5(call, digests, body) && verify_sha256(call, digests, body) &&
           verify_checksum(call, digests, body);
}

/* ---- bodies in memory ---- */

static bool take_framing_off(struct call *call, struct s3_digests *digests, struct slice *bytes)
{
    struct aws_chunked *chunked = arena_alloc(&call->arena, sizeof(*chunked));
    if (chunked == NULL)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "reading the body");
    aws_chunked_init(chunked);
    struct text out;
    text_init_in(&out, &call->arena, bytes->len);
    for (struct slice rest = *bytes; rest.len > 0;) {
        struct slice data;
        rest = slice_from(rest, aws_chunked_take(chunked, rest, rest.len, &data));
        text_append(&out, data);
    }
    if (out.status != STATUS_OK)
        return s3_refuse_internal(call, out.status, "reading the body");
    *bytes = text_slice(&out);
    return s3_digests_take_trailer(call, digests, chunked);
}

/* The digests of bytes in memory, made as a body's. */
static bool hash_bytes(struct call *call, unsigned wanted, struct slice bytes, struct body *body)
{
    hash_md5(bytes, body->md5);
    body->crc64nvme = hash_crc64nvme(0, bytes);
    body->crc32 = hash_crc32(0, bytes);
    body->crc32c = hash_crc32c(0, bytes);
    hash_sha256(bytes, body->sha256);
    if ((wanted & BODY_SHA1) == 0)
        return true;
    struct hash *hash = NULL;
    if (hash_create(HASH_SHA1, &hash) != STATUS_OK)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "checking the body");
    hash_update(hash, bytes);
    hash_finish(hash, body->sha1);
    hash_destroy(hash);
    return true;
}

bool s3_digests_check_bytes(struct call *call, bool has_checksum, struct slice *bytes)
{
    struct s3_digests digests;
    struct body body = {0};
    if (!s3_digests_read(call, &digests))
        return false;
    if (digests.is_framed && !take_framing_off(call, &digests, bytes))
        return false;
    if (!has_checksum)
        digests.checksum.algorithm = CHECKSUM_NONE;
    return hash_bytes(call, s3_digests_wanted(&digests), *bytes, &body) &&
           s3_digests_verify(call, &digests, &body);
}

bool s3_digests_are_sent(const struct call *call)
{
    for (size_t i = 0; i < call->request.header_count; i++) {
        struct slice name = call->request.headers[i].name;
        struct slice prefix = SLICE("x-amz-checksum-");
        if (slice_equal_nocase(name, SLICE("Content-MD5")) ||
            slice_equal_nocase(name, SLICE("x-amz-trailer")) ||
            slice_equal_nocase(slice_first(name, prefix.len), prefix))
            return true;
    }
    return false;
}
