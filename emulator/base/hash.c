/*
 * The digests use libcrypto's plain contexts and not EVP: they hold no memory, so a digest
 * cannot fail half-way, and no provider or configuration file is loaded at start. They are
 * marked as deprecated in OpenSSL 3; OPENSSL_API_COMPAT says that we know.
 */
#define OPENSSL_API_COMPAT 0x10101000L

#include "emulator/base/hash.h"

#include <string.h>

#include <openssl/md5.h>
#include <openssl/sha.h>

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

void hash_hex(const uint8_t *bytes, size_t len, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0F];
    }
    text[2 * len] = '\0';
}
