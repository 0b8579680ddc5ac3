/* "host\npath": a key that is accepted is UTF-8 without NUL; a bucket comes from host or path. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/utf8.h"
#include "handlers/s3/s3_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct s3_address address;
    struct slice path = slice_make(data, size);
    struct slice host = slice_cut(&path, '\n');
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    if (s3_address_parse(host, path, &arena, &address) == STATUS_OK) {
        FUZZ_CHECK(utf8_is_valid(address.key));
        FUZZ_CHECK(slice_find(address.key, '\0') == address.key.len);
        FUZZ_CHECK(address.bucket.len > 0 || address.key.len == 0);
        FUZZ_CHECK(!address.is_virtual_host ||
                   slice_equal(address.bucket, s3_address_host_bucket(host)));
        if (s3_address_is_bucket_name(address.bucket))
            FUZZ_CHECK(slice_find(address.bucket, '/') == address.bucket.len);
    }
    arena_clear(&arena);
    return 0;
}
