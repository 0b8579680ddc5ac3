#include <stdlib.h>
#include <string.h>

#include "emulator/base/text.h"
#include "emulator/loop/random.h"
#include "handlers/firehose/record_id.h"
#include "tests/lib/asserts.h"

#define IDS 5000

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, RECORD_ID_CHARS);
}

static void ids_have_224_characters_and_are_all_different(void **state)
{
    (void)state;
    struct random random;
    struct text text;
    random_init(&random);
    text_init(&text, (size_t)IDS * RECORD_ID_CHARS);
    for (int request = 0; request < IDS / 500; request++) {
        struct record_id_source source = record_id_source_make(&random);
        for (int i = 0; i < 500; i++)
            record_id_append(&source, &text);
    }
    assert_ok(text.status);
    assert_int_equal(text.len, (size_t)IDS * RECORD_ID_CHARS);
    assert_null(memchr(text.ptr, '=', text.len));
    qsort(text.ptr, IDS, RECORD_ID_CHARS, compare);
    for (size_t i = 1; i < IDS; i++)
        assert_int_not_equal(
            compare(text.ptr + (i - 1) * RECORD_ID_CHARS, text.ptr + i * RECORD_ID_CHARS), 0);
    text_close(&text);
}

static void a_seeded_sandbox_gives_the_same_ids(void **state)
{
    (void)state;
    char ids[2][RECORD_ID_CHARS + 1];
    for (int i = 0; i < 2; i++) {
        struct random random;
        random_init_seeded(&random, 4);
        struct record_id_source source = record_id_source_make(&random);
        struct text text = {
            .ptr = ids[i], .capacity = RECORD_ID_CHARS + 1, .max_bytes = RECORD_ID_CHARS};
        record_id_append(&source, &text);
        assert_ok(text.status);
    }
    assert_string_equal(ids[0], ids[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_224_characters_and_are_all_different),
        cmocka_unit_test(a_seeded_sandbox_gives_the_same_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
