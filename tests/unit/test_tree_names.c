#include "emulator/base/arena.h"
#include "storage/tree_names.h"
#include "tests/lib/asserts.h"

#include <string.h>

static struct arena arena;

/* The names of `key`, joined by '/'. */
static const char *path_of(struct slice key)
{
    struct tree_path path;
    assert_ok(tree_names_make(key, &arena, &path));
    char *joined = path.names[0];
    for (size_t i = 1; i < path.count; i++)
        joined = arena_printf(&arena, "%s/%s", joined, path.names[i]);
    return joined;
}

static void plain_keys_are_their_own_paths(void **state)
{
    (void)state;
    assert_string_equal(path_of(SLICE("a/b c/d+e.txt")), "a/b c/d+e.txt");
    assert_string_equal(path_of(SLICE("\xF0\x9F\x98\x80/.hidden")), "\xF0\x9F\x98\x80/.hidden");
}

static void nothing_leads_out(void **state)
{
    (void)state;
    assert_string_equal(path_of(SLICE("../../x")), "%2E%2E/%2E%2E/x");
    assert_string_equal(path_of(SLICE("./x")), "%2E/x");
    assert_string_equal(path_of(SLICE("/etc/passwd")), "%/etc/passwd");
    assert_string_equal(path_of(SLICE("a//b/")), "a/%/b/%");
    assert_string_equal(path_of(SLICE("...")), "...");
}

static void bytes_that_hurt_are_escaped(void **state)
{
    (void)state;
    assert_string_equal(path_of(SLICE("a\nb\x7F%\\")), "a%0Ab%7F%25%5C");
}

static void long_names_are_cut_and_stay_different(void **state)
{
    (void)state;
    char key[301];
    memset(key, 'k', sizeof(key) - 1);
    key[300] = '\0';
    const char *one = path_of(slice_of(key));
    key[299] = 'x';
    const char *two = path_of(slice_of(key));
    assert_int_equal(strlen(one), 150 + 2 + 16);
    assert_string_not_equal(one, two);
    assert_memory_equal(one + 150, "%~", 2);
    assert_string_equal(path_of(slice_make(key, 200)),
                        slice_of(arena_text(&arena, slice_make(key, 200))).ptr);
}

static void a_cut_leaves_characters_whole(void **state)
{
    (void)state;
    char key[303];
    for (size_t i = 0; i < 302; i += 2)
        memcpy(key + i, "\xC3\xA9", 2);
    key[0] = 'a';
    key[1] = 'b';
    key[2] = 'c'; /* an odd start: the cut falls into a character */
    memcpy(key + 3, "\xC3\xA9\xC3", 3);
    for (size_t i = 3; i + 1 < 302; i += 2)
        memcpy(key + i, "\xC3\xA9", 2);
    const char *name = path_of(slice_make(key, 301));
    assert_memory_equal(name + 149, "%~", 2);
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
        cmocka_unit_test(plain_keys_are_their_own_paths),
        cmocka_unit_test(nothing_leads_out),
        cmocka_unit_test(bytes_that_hurt_are_escaped),
        cmocka_unit_test(long_names_are_cut_and_stay_different),
        cmocka_unit_test(a_cut_leaves_characters_whole),
    };
    arena_init(&arena, (size_t)1024 * 1024);
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
