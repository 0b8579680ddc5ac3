#include <endian.h>

#include <zlib.h>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static const struct slice digits = SLICE_INIT("123456789");

static void the_check_values_are_right(void **state)
{
    (void)state;
    assert_int_equal(hash_crc32(0, digits), 0xCBF43926);
    assert_int_equal(hash_crc32c(0, digits), 0xE3069283);
    assert_true(hash_crc64nvme(0, digits) == UINT64_C(0xae8b14860a799888));
}

static void s3_writes_them_in_big_endian_base64(void **state)
{
    (void)state;
    uint64_t crc = htobe64(hash_crc64nvme(0, SLICE("test-checksum")));
    struct text out;
    text_init(&out, 100);
    base64_append(&out, slice_make(&crc, sizeof(crc)));
    assert_slice(text_slice(&out), "1f2xscCCZCU=");
    text_close(&out);
}

static void nothing_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(hash_crc32(0x12345678, slice_of(NULL)), 0x12345678);
    assert_int_equal(hash_crc32c(0x12345678, slice_of(NULL)), 0x12345678);
    assert_true(hash_crc64nvme(UINT64_C(0x123456789abcdef0), slice_of(NULL)) ==
                UINT64_C(0x123456789abcdef0));
}

struct checksums {
    uint64_t of[3];
};

static struct checksums checksums(struct checksums before, struct slice bytes)
{
    return (struct checksums){{
        [HASH_CRC32] = hash_crc32((uint32_t)before.of[HASH_CRC32], bytes),
        [HASH_CRC32C] = hash_crc32c((uint32_t)before.of[HASH_CRC32C], bytes),
        [HASH_CRC64NVME] = hash_crc64nvme(before.of[HASH_CRC64NVME], bytes),
    }};
}

static void parts_give_the_checksum_of_the_whole(void **state)
{
    (void)state;
    char bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 37 + 11);
    struct slice all = slice_make(bytes, sizeof(bytes));
    struct checksums none = {{0}};
    struct checksums whole = checksums(none, all);
    for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
        struct checksums first = checksums(none, slice_first(all, cut));
        struct checksums second = checksums(none, slice_from(all, cut));
        struct checksums in_a_row = checksums(first, slice_from(all, cut));
        for (enum hash_crc kind = HASH_CRC32; kind <= HASH_CRC64NVME; kind++) {
            assert_true(in_a_row.of[kind] == whole.of[kind]);
            assert_true(hash_crc_combine(kind, first.of[kind], second.of[kind],
                                         sizeof(bytes) - cut) == whole.of[kind]);
        }
    }
}

static void large_parts_are_joined_as_zlib_joins_them(void **state)
{
    (void)state;
    uint64_t joined = hash_crc_combine(HASH_CRC32, 0x12345678, 0x9ABCDEF0, 5000000000);
    assert_int_equal(joined, crc32_combine64(0x12345678, 0x9ABCDEF0, 5000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_values_are_right),
        cmocka_unit_test(s3_writes_them_in_big_endian_base64),
        cmocka_unit_test(nothing_changes_nothing),
        cmocka_unit_test(parts_give_the_checksum_of_the_whole),
        cmocka_unit_test(large_parts_are_joined_as_zlib_joins_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
