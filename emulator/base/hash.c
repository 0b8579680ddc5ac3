/*
 * The digests use libcrypto's plain contexts and not EVP: they hold no memory, so a digest
 * cannot fail half-way, and no provider or configuration file is loaded at start. They are
 * marked as deprecated in OpenSSL 3; OPENSSL_API_COMPAT says that we know.
 */
#define OPENSSL_API_COMPAT 0x10101000L

#include "emulator/base/hash.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <zlib.h>

#include "emulator/base/mem.h"

#define SHA256_BLOCK_BYTES 64

struct hash {
    enum hash_algorithm algorithm;

    union {
        MD5_CTX md5;
        SHA_CTX sha1;
        SHA256_CTX sha256;
    } state;
};

static void start(struct hash *hash, enum hash_algorithm algorithm)
{
    hash->algorithm = algorithm;
    switch (algorithm) {
    case HASH_MD5:
        (void)MD5_Init(&hash->state.md5);
        break;
    case HASH_SHA1:
        (void)SHA1_Init(&hash->state.sha1);
        break;
    case HASH_SHA256:
        (void)SHA256_Init(&hash->state.sha256);
        break;
    }
}

enum status hash_create(enum hash_algorithm algorithm, struct hash **ret_hash)
{
    struct hash *hash = mem_alloc(sizeof(*hash));
    if (hash == NULL)
        return STATUS_NO_MEMORY;
    start(hash, algorithm);
    *ret_hash = hash;
    return STATUS_OK;
}

void hash_destroy(struct hash *hash)
{
    mem_free(hash);
}

void hash_update(struct hash *hash, struct slice bytes)
{
    if (bytes.len == 0)
        return;
    switch (hash->algorithm) {
    case HASH_MD5:
        (void)MD5_Update(&hash->state.md5, bytes.ptr, bytes.len);
        break;
    case HASH_SHA1:
        (void)SHA1_Update(&hash->state.sha1, bytes.ptr, bytes.len);
        break;
    case HASH_SHA256:
        (void)SHA256_Update(&hash->state.sha256, bytes.ptr, bytes.len);
        break;
    }
}

void hash_finish(struct hash *hash, uint8_t *digest)
{
    switch (hash->algorithm) {
    case HASH_MD5:
        (void)MD5_Final(digest, &hash->state.md5);
        break;
    case HASH_SHA1:
        (void)SHA1_Final(digest, &hash->state.sha1);
        break;
    case HASH_SHA256:
        (void)SHA256_Final(digest, &hash->state.sha256);
        break;
    }
}

void hash_md5(struct slice bytes, uint8_t digest[MD5_BYTES])
{
    struct hash hash;
    start(&hash, HASH_MD5);
    hash_update(&hash, bytes);
    hash_finish(&hash, digest);
}

void hash_sha256(struct slice bytes, uint8_t digest[SHA256_BYTES])
{
    struct hash hash;
    start(&hash, HASH_SHA256);
    hash_update(&hash, bytes);
    hash_finish(&hash, digest);
}

/* One of HMAC's two passes (RFC 2104): the key mixed with `pad`, then the message. */
static void hmac_pass(const uint8_t key[SHA256_BLOCK_BYTES], uint8_t pad, struct slice message,
                      uint8_t digest[SHA256_BYTES])
{
    uint8_t block[SHA256_BLOCK_BYTES];
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = key[i] ^ pad;
    struct hash hash;
    start(&hash, HASH_SHA256);
    hash_update(&hash, slice_make(block, sizeof(block)));
    hash_update(&hash, message);
    hash_finish(&hash, digest);
}

void hash_hmac_sha256(struct slice key, struct slice message, uint8_t digest[SHA256_BYTES])
{
    uint8_t block[SHA256_BLOCK_BYTES] = {0};
    if (key.len > sizeof(block))
        hash_sha256(key, block);
    else if (key.len > 0)
        memcpy(block, key.ptr, key.len);
    uint8_t inner[SHA256_BYTES];
    hmac_pass(block, 0x36, message, inner);
    hmac_pass(block, 0x5C, slice_make(inner, sizeof(inner)), digest);
}

uint32_t hash_crc32(uint32_t crc, struct slice bytes)
{
    if (bytes.len == 0)
        return crc;
    return (uint32_t)crc32_z(crc, (const Bytef *)bytes.ptr, bytes.len);
}

/*
 * CRC-64/NVME, eight bytes at a time: crc64_table[k][b] is what byte b does to the checksum
 * when k more bytes follow it.
 */
#define CRC64_POLYNOMIAL UINT64_C(0x9a6c9329ac4bc9b5)
#define CRC64_STRIDE 8

static uint64_t crc64_table[CRC64_STRIDE][256];
static pthread_once_t crc64_once = PTHREAD_ONCE_INIT;

static void fill_crc64_table(void)
{
    for (uint64_t byte = 0; byte < 256; byte++) {
        uint64_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC64_POLYNOMIAL : 0);
        crc64_table[0][byte] = crc;
    }
    for (size_t k = 1; k < CRC64_STRIDE; k++) {
        for (size_t byte = 0; byte < 256; byte++) {
            uint64_t before = crc64_table[k - 1][byte];
            crc64_table[k][byte] = (before >> 8) ^ crc64_table[0][before & 0xFF];
        }
    }
}

static uint64_t crc64_stride(uint64_t crc, const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    crc ^= le64toh(word);
    uint64_t result = 0;
    for (size_t k = 0; k < CRC64_STRIDE; k++)
        result ^= crc64_table[CRC64_STRIDE - 1 - k][(crc >> (8 * k)) & 0xFF];
    return result;
}

uint64_t hash_crc64nvme(uint64_t crc, struct slice bytes)
{
    (void)pthread_once(&crc64_once, fill_crc64_table);
    crc = ~crc;
    for (; bytes.len >= CRC64_STRIDE; bytes = slice_from(bytes, CRC64_STRIDE))
        crc = crc64_stride(crc, bytes.ptr);
    for (size_t i = 0; i < bytes.len; i++)
        crc = (crc >> 8) ^ crc64_table[0][(crc ^ (unsigned char)bytes.ptr[i]) & 0xFF];
    return ~crc;
}

void hash_hex(const uint8_t *bytes, size_t len, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0F];
    }
    text[2 * len] = '\0';
}
