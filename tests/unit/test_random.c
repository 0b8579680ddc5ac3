#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/base/ids.h"
#include "emulator/loop/random.h"

static uint64_t little_endian(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--)
        word = word << 8 | bytes[i];
    return word;
}

/* The published first outputs of xoshiro256** seeded by splitmix64(0). */
static void a_seed_gives_the_published_sequence(void **state)
{
    (void)state;
    struct random r;
    uint8_t bytes[16];
    random_init_seeded(&r, 0);

    random_bytes(&r, bytes, sizeof(bytes));

    assert_true(little_endian(bytes) == 0x99ec5f36cb75f2b4U);
    assert_true(little_endian(bytes + 8) == 0xbf6e1f784956452aU);
}

static void the_same_seed_gives_the_same_and_another_seed_other_bytes(void **state)
{
    (void)state;
    struct random a, b, c;
    uint8_t from_a[100], from_b[100], from_c[100];
    random_init_seeded(&a, 42);
    random_init_seeded(&b, 42);
    random_init_seeded(&c, 43);

    random_bytes(&a, from_a, sizeof(from_a));
    random_bytes(&b, from_b, sizeof(from_b));
    random_bytes(&c, from_c, sizeof(from_c));

    assert_memory_equal(from_a, from_b, sizeof(from_a));
    assert_memory_not_equal(from_a, from_c, sizeof(from_a));
    assert_true(random_below(&a, 1000000) == random_below(&b, 1000000));
}

static void unseeded_bytes_fill_any_length_and_nothing_beyond(void **state)
{
    (void)state;
    struct random r;
    uint8_t bytes[1024];
    random_init(&r);

    for (size_t len = 0; len <= 700; len += 7) {
        memset(bytes, 0, sizeof(bytes));
        random_bytes(&r, bytes, len);
        size_t zeros = 0;
        for (size_t i = 0; i < len; i++)
            zeros += bytes[i] == 0;
        assert_true(zeros <= len / 20 + 4);
        for (size_t i = len; i < sizeof(bytes); i++)
            assert_int_equal(bytes[i], 0);
    }
}

static void unseeded_sources_differ_and_forget_what_they_gave(void **state)
{
    (void)state;
    struct random a, b;
    uint8_t from_a[32], from_b[32];
    random_init(&a);
    random_init(&b);

    random_bytes(&a, from_a, sizeof(from_a));
    random_bytes(&b, from_b, sizeof(from_b));

    assert_memory_not_equal(from_a, from_b, sizeof(from_a));
    assert_int_equal(a.pool_left, sizeof(a.pool) - sizeof(from_a));
    for (size_t i = a.pool_left; i < sizeof(a.pool); i++)
        assert_int_equal(a.pool[i], 0);
}

static void check_even(struct random *r, uint64_t below)
{
    enum { DRAWS = 20000 };

    unsigned counts[16] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint64_t drawn = random_below(r, below);
        assert_true(drawn < below);
        counts[drawn]++;
    }
    for (uint64_t i = 0; i < below; i++)
        assert_in_range(counts[i], DRAWS / below * 8 / 10, DRAWS / below * 12 / 10);
}

static void below_draws_every_number_about_as_often(void **state)
{
    (void)state;
    struct random seeded, system;
    random_init_seeded(&seeded, 7);
    random_init(&system);

    for (uint64_t below = 1; below <= 16; below++)
        check_even(&seeded, below);
    check_even(&system, 3);
}

/* Without drawing again, the lower half would come twice as often. */
static void below_a_large_number_is_even_too(void **state)
{
    (void)state;
    struct random r;
    random_init_seeded(&r, 1);
    const uint64_t below = UINT64_C(3) << 62;
    unsigned lowest_third = 0;

    for (int i = 0; i < 9000; i++) {
        uint64_t drawn = random_below(&r, below);
        assert_true(drawn < below);
        lowest_third += drawn < UINT64_C(1) << 62;
    }

    assert_in_range(lowest_third, 2700, 3300);
}

static void a_uuid_is_of_version_4_and_repeats_with_the_seed(void **state)
{
    (void)state;
    struct random a, b;
    char first[UUID_CHARS + 1], again[UUID_CHARS + 1], next[UUID_CHARS + 1];
    random_init_seeded(&a, 5);
    random_init_seeded(&b, 5);

    random_uuid(&a, first);
    random_uuid(&b, again);
    random_uuid(&a, next);

    assert_string_equal(first, again);
    assert_string_not_equal(first, next);
    assert_int_equal(strlen(first), UUID_CHARS);
    assert_int_equal(strspn(first, "0123456789abcdef-"), UUID_CHARS);
    assert_int_equal(first[14], '4');
    assert_non_null(strchr("89ab", first[19]));
}

static void a_text_has_its_length_and_only_its_alphabet(void **state)
{
    (void)state;
    struct random r;
    char text[258];
    random_init_seeded(&r, 9);

    for (size_t len = 0; len <= 256; len += 64) {
        memset(text, '!', sizeof(text));
        random_text(&r, len, "xyz", text);
        assert_int_equal(strlen(text), len);
        assert_int_equal(strspn(text, "xyz"), len);
        assert_int_equal(text[len + 1], '!');
    }
    assert_non_null(strchr(text, 'x'));
    assert_non_null(strchr(text, 'y'));
    assert_non_null(strchr(text, 'z'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_the_published_sequence),
        cmocka_unit_test(the_same_seed_gives_the_same_and_another_seed_other_bytes),
        cmocka_unit_test(unseeded_bytes_fill_any_length_and_nothing_beyond),
        cmocka_unit_test(unseeded_sources_differ_and_forget_what_they_gave),
        cmocka_unit_test(below_draws_every_number_about_as_often),
        cmocka_unit_test(below_a_large_number_is_even_too),
        cmocka_unit_test(a_uuid_is_of_version_4_and_repeats_with_the_seed),
        cmocka_unit_test(a_text_has_its_length_and_only_its_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
