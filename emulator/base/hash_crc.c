/*
 * The CRC part of hash.h. zlib has CRC-32; CRC-32C and CRC-64/NVME are the same algorithm with
 * another polynomial: bits reflected, all ones to begin with, complemented at the end.
 */
#include <endian.h>
#include <pthread.h>
#include <string.h>

#include <zlib.h>

#include "emulator/base/hash.h"

#define STRIDE 8

/* rows[k][b] is what byte b does to the checksum when k more bytes follow it. */
struct table {
    uint64_t rows[STRIDE][256];
};

static const uint64_t polynomials[] = {
    [HASH_CRC32] = UINT64_C(0xedb88320),
    [HASH_CRC32C] = UINT64_C(0x82f63b78),
    [HASH_CRC64NVME] = UINT64_C(0x9a6c9329ac4bc9b5),
};

static struct table crc32c_table;
static struct table crc64nvme_table;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void fill(struct table *table, uint64_t polynomial)
{
    for (uint64_t byte = 0; byte < 256; byte++) {
        uint64_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        table->rows[0][byte] = crc;
    }
    for (size_t k = 1; k < STRIDE; k++) {
        for (size_t byte = 0; byte < 256; byte++) {
            uint64_t before = table->rows[k - 1][byte];
            table->rows[k][byte] = (before >> 8) ^ table->rows[0][before & 0xFF];
        }
    }
}

static void fill_tables(void)
{
    fill(&crc32c_table, polynomials[HASH_CRC32C]);
    fill(&crc64nvme_table, polynomials[HASH_CRC64NVME]);
}

static uint64_t take_stride(const struct table *table, uint64_t crc, const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    crc ^= le64toh(word);
    uint64_t result = 0;
    for (size_t k = 0; k < STRIDE; k++)
        result ^= table->rows[STRIDE - 1 - k][(crc >> (8 * k)) & 0xFF];
    return result;
}

static uint64_t run(const struct table *table, uint64_t crc, struct slice bytes)
{
    (void)pthread_once(&tables_once, fill_tables);
    for (; bytes.len >= STRIDE; bytes = slice_make(bytes.ptr + STRIDE, bytes.len - STRIDE))
        crc = take_stride(table, crc, bytes.ptr);
    for (size_t i = 0; i < bytes.len; i++)
        crc = (crc >> 8) ^ table->rows[0][(crc ^ (unsigned char)bytes.ptr[i]) & 0xFF];
    return crc;
}

uint32_t hash_crc32(uint32_t crc, struct slice bytes)
{
    if (bytes.len == 0) /* zlib takes a NULL pointer as "begin again" */
        return crc;
    return (uint32_t)crc32_z(crc, (const Bytef *)bytes.ptr, bytes.len);
}

uint32_t hash_crc32c(uint32_t crc, struct slice bytes)
{
    return ~(uint32_t)run(&crc32c_table, (uint32_t)~crc, bytes);
}

uint64_t hash_crc64nvme(uint64_t crc, struct slice bytes)
{
    return ~run(&crc64nvme_table, ~crc, bytes);
}

/*
 * Reflected polynomials modulo `polynomial`: x^0 is the highest of the checksum's bits.
 * Putting n bytes behind a message multiplies its checksum by x^(8n).
 */
static uint64_t multiply(uint64_t polynomial, uint64_t one, uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (uint64_t bit = one; bit != 0; bit >>= 1) {
        if ((a & bit) != 0)
            product ^= b;
        b = (b >> 1) ^ ((b & 1) != 0 ? polynomial : 0);
    }
    return product;
}

uint64_t hash_crc_combine(enum hash_crc kind, uint64_t first, uint64_t second, uint64_t second_len)
{
    uint64_t one = kind == HASH_CRC64NVME ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
    uint64_t polynomial = polynomials[kind];
    uint64_t square = one >> 8; /* x^8, x^16, x^32, ... */
    for (; second_len != 0; second_len >>= 1) {
        if ((second_len & 1) != 0)
            first = multiply(polynomial, one, square, first);
        square = multiply(polynomial, one, square, square);
    }
    return first ^ second;
}
