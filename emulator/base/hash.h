/*
 * hash.h -- digests and checksums. OpenSSL does MD5, SHA-1 and SHA-256, zlib CRC-32; CRC-32C
 * and CRC-64/NVME, which no packaged library has, are tables of our own. Only hash_create() can
 * fail. Thread-safe; one `struct hash` belongs to one thread at a time.
 */
#ifndef EMULATOR_BASE_HASH_H
#define EMULATOR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

#define MD5_BYTES 16
#define SHA1_BYTES 20
#define SHA256_BYTES 32

enum hash_algorithm { HASH_MD5, HASH_SHA1, HASH_SHA256 };

struct hash; /* a digest under way */

NODISCARD enum status hash_create(enum hash_algorithm algorithm, struct hash **ret_hash);
void hash_destroy(struct hash *hash);
void hash_update(struct hash *hash, struct slice bytes);

/* `digest` takes 16, 20 or 32 bytes. The hash can be used no further. */
void hash_finish(struct hash *hash, uint8_t *digest);

/* In one go. */
void hash_md5(struct slice bytes, uint8_t digest[MD5_BYTES]);
void hash_sha256(struct slice bytes, uint8_t digest[SHA256_BYTES]);
void hash_hmac_sha256(struct slice key, struct slice message, uint8_t digest[SHA256_BYTES]);

/* Running checksums: begin with 0, pass the last result on. */
uint32_t hash_crc32(uint32_t crc, struct slice bytes);
uint32_t hash_crc32c(uint32_t crc, struct slice bytes);
uint64_t hash_crc64nvme(uint64_t crc, struct slice bytes);

enum hash_crc { HASH_CRC32, HASH_CRC32C, HASH_CRC64NVME };

/* The checksum of two runs of bytes in a row, from the checksum of each. */
uint64_t hash_crc_combine(enum hash_crc kind, uint64_t first, uint64_t second, uint64_t second_len);

/* Lower-case hexadecimal; `text` takes 2 * len + 1 bytes and is NUL-terminated. */
void hash_hex(const uint8_t *bytes, size_t len, char *text);

#endif
