#include "handlers/s3/s3_token.h"

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static void a_token_gives_its_name_back(void **state)
{
    (void)state;
    static const struct slice names[] = {SLICE_INIT("a"), SLICE_INIT("a/b+c=\xFF\x00z"),
                                         SLICE_INIT("photos/")};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct slice token;
        struct slice name;
        assert_ok(s3_token_make(names[i], &arena, &token));
        assert_ok(s3_token_read(token, &arena, &name));
        assert_slices_equal(name, names[i]);
    }
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const tokens[] = {"", "1", "161x", "1zz", "261", "16", "1 61"};
    struct slice name;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
        assert_status(s3_token_read(slice_of(tokens[i]), &arena, &name), STATUS_INVALID);
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_gives_its_name_back),
        cmocka_unit_test(anything_else_is_refused),
    };
    arena_init(&arena, (size_t)1024 * 1024);
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
