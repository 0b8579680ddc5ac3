#include "emulator/base/ids.h"

#include <string.h>

#include "tests/lib/asserts.h"

static void a_uuid_carries_version_and_variant(void **state)
{
    (void)state;
    char text[UUID_CHARS + 1];
    uint8_t random[16];
    memset(random, 0x00, sizeof(random));
    ids_uuid(random, text);
    assert_string_equal(text, "00000000-0000-4000-8000-000000000000");
    memset(random, 0xFF, sizeof(random));
    ids_uuid(random, text);
    assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

static void a_uuid_shows_every_byte_in_order(void **state)
{
    (void)state;
    char text[UUID_CHARS + 1];
    uint8_t random[16];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (uint8_t)(0x11 * i);
    ids_uuid(random, text);
    assert_string_equal(text, "00112233-4455-4677-8899-aabbccddeeff");
}

static void letters_come_from_the_alphabet(void **state)
{
    (void)state;
    char text[5];
    ids_from_alphabet((const uint8_t[]){0, 1, 2, 3}, 4, "abc", text);
    assert_string_equal(text, "abca");
    ids_from_alphabet((const uint8_t[]){255}, 0, "abc", text);
    assert_string_equal(text, "");
    ids_from_alphabet((const uint8_t[]){7, 200}, 2, "x", text);
    assert_string_equal(text, "xx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_carries_version_and_variant),
        cmocka_unit_test(a_uuid_shows_every_byte_in_order),
        cmocka_unit_test(letters_come_from_the_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
