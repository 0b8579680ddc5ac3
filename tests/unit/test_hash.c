#include "emulator/base/hash.h"

#include <string.h>

#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define LONG_LEN 1000000U

static char long_text[LONG_LEN];

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
    char text[2 * SHA256_BYTES + 1];
    hash_hex(bytes, len, text);
    assert_string_equal(text, expected);
}

static void md5_gives_the_published_digests(void **state)
{
    (void)state;
    uint8_t digest[MD5_BYTES];
    hash_md5(slice_of(NULL), digest);
    assert_hex(digest, sizeof(digest), "d41d8cd98f00b204e9800998ecf8427e");
    hash_md5(SLICE("abc"), digest);
    assert_hex(digest, sizeof(digest), "900150983cd24fb0d6963f7d28e17f72");
}

static void sha256_gives_the_published_digests(void **state)
{
    (void)state;
    uint8_t digest[SHA256_BYTES];
    hash_sha256(SLICE(""), digest);
    assert_hex(digest, sizeof(digest),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sha256(SLICE("abc"), digest);
    assert_hex(digest, sizeof(digest),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void digest_in_pieces(enum hash_algorithm algorithm, size_t piece, uint8_t *digest)
{
    struct hash *hash = NULL;
    assert_ok(hash_create(algorithm, &hash));
    struct slice rest = slice_make(long_text, LONG_LEN);
    for (; rest.len > 0; rest = slice_from(rest, piece))
        hash_update(hash, slice_first(rest, piece));
    hash_update(hash, slice_of(NULL));
    hash_finish(hash, digest);
    hash_destroy(hash);
}

/* A million times "a", from the standards. */
static void pieces_give_the_digest_of_the_whole(void **state)
{
    (void)state;
    memset(long_text, 'a', LONG_LEN);
    uint8_t digest[SHA256_BYTES];
    digest_in_pieces(HASH_MD5, 997, digest);
    assert_hex(digest, MD5_BYTES, "7707d6ae4e027c70eea2a935c2296f21");
    digest_in_pieces(HASH_SHA1, 64, digest);
    assert_hex(digest, SHA1_BYTES, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    digest_in_pieces(HASH_SHA256, 1001, digest);
    assert_hex(digest, SHA256_BYTES,
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hash_destroy(NULL);
}

/* RFC 4231, cases 1, 2 and 6. */
static void hmac_gives_the_published_codes(void **state)
{
    (void)state;
    uint8_t code[SHA256_BYTES];
    char key[131];
    memset(key, 0x0B, 20);
    hash_hmac_sha256(slice_make(key, 20), SLICE("Hi There"), code);
    assert_hex(code, sizeof(code),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hash_hmac_sha256(SLICE("Jefe"), SLICE("what do ya want for nothing?"), code);
    assert_hex(code, sizeof(code),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xAA, sizeof(key));
    hash_hmac_sha256(slice_make(key, sizeof(key)),
                     SLICE("Test Using Larger Than Block-Size Key - Hash Key First"), code);
    assert_hex(code, sizeof(code),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hmac_takes_an_empty_key(void **state)
{
    (void)state;
    uint8_t code[SHA256_BYTES];
    hash_hmac_sha256(slice_of(NULL), slice_of(NULL), code);
    assert_hex(code, sizeof(code),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void no_memory_gives_no_hash(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        struct hash *hash = NULL;
        enum status status = hash_create(HASH_SHA256, &hash);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_true((hash != NULL) == !mem_fault->fired);
        hash_destroy(hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(md5_gives_the_published_digests, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(sha256_gives_the_published_digests, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(pieces_give_the_digest_of_the_whole, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(hmac_gives_the_published_codes, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(hmac_takes_an_empty_key, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(no_memory_gives_no_hash, mem_fault_set_up,
                                        mem_fault_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
