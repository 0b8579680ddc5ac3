#include "storage/object_list.h"
#include "tests/unit/s3_fixture.h"

/* Rows as "key key group| ", '|' for a group and '+' at the end for a truncated list. */
static const char *listed(struct s3_fixture *f, struct object_list list)
{
    char *text = arena_printf(&f->arena, "%s", "");
    list.bucket_id = f->bucket_id;
    assert_ok(object_list_run(f->db, &f->arena, &list));
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&f->arena, "%s%.*s%s ", text, SLICE_ARG(list.rows[i].name),
                            list.rows[i].is_group ? "|" : "");
    return arena_printf(&f->arena, "%s%s", text, list.is_truncated ? "+" : "");
}

static void put_all(struct s3_fixture *f, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s3_fixture_put(f, keys[i], SLICE("v"));
}

static int set_up_tree(void **state)
{
    static const char *const keys[] = {"b/2", "a", "b/c/3", "b/1", "d", "b", "\xC3\xA9", "z/"};
    int result = s3_fixture_set_up(state);
    if (result == 0)
        put_all(*state, keys, sizeof(keys) / sizeof(keys[0]));
    return result;
}

static void keys_come_in_the_order_of_their_bytes(void **state)
{
    struct object_list list = {.max = 1000};
    assert_string_equal(listed(*state, list), "a b b/1 b/2 b/c/3 d z/ \xC3\xA9 ");
}

static void a_delimiter_makes_groups(void **state)
{
    struct object_list list = {.max = 1000, .delimiter = SLICE("/")};
    assert_string_equal(listed(*state, list), "a b b/| d z/| \xC3\xA9 ");
    list.prefix = SLICE("b/");
    assert_string_equal(listed(*state, list), "b/1 b/2 b/c/| ");
    list.prefix = SLICE("b");
    assert_string_equal(listed(*state, list), "b b/| ");
    list.prefix = SLICE("z/");
    assert_string_equal(listed(*state, list), "z/ ");
}

static void a_delimiter_can_be_any_text(void **state)
{
    struct object_list list = {.max = 1000, .delimiter = SLICE("/c/")};
    assert_string_equal(listed(*state, list), "a b b/1 b/2 b/c/| d z/ \xC3\xA9 ");
}

static void a_list_goes_on_behind_a_key_and_behind_a_whole_group(void **state)
{
    struct object_list list = {.max = 2, .delimiter = SLICE("/")};
    assert_string_equal(listed(*state, list), "a b +");
    list.after = SLICE("b");
    assert_string_equal(listed(*state, list), "b/| d +");
    list.after = SLICE("b/");
    assert_string_equal(listed(*state, list), "d z/| +");
    list.after = SLICE("z/");
    assert_string_equal(listed(*state, list), "\xC3\xA9 ");
    list.after = SLICE("b/1");
    assert_string_equal(listed(*state, list), "b/| d +");
}

static void a_start_before_the_prefix_changes_nothing(void **state)
{
    struct object_list list = {.max = 9, .prefix = SLICE("b/"), .after = SLICE("a")};
    assert_string_equal(listed(*state, list), "b/1 b/2 b/c/3 ");
    list.after = SLICE("c");
    assert_string_equal(listed(*state, list), "");
}

static void no_room_gives_nothing_and_the_last_page_is_not_truncated(void **state)
{
    struct object_list list = {.max = 0};
    assert_string_equal(listed(*state, list), "");
    list.max = 8;
    assert_string_equal(listed(*state, list), "a b b/1 b/2 b/c/3 d z/ \xC3\xA9 ");
}

static void rows_say_what_the_objects_are(void **state)
{
    struct s3_fixture *f = *state;
    struct object_list list = {.bucket_id = f->bucket_id, .prefix = SLICE("a"), .max = 1};
    assert_ok(object_list_run(f->db, &f->arena, &list));
    assert_int_equal(list.rows[0].size, 1);
    assert_int_equal(list.rows[0].modified_ms, 5000);
    assert_slice(list.rows[0].etag, "9e3669d19b675bd57058fd4664205d2a");
    assert_int_equal(list.rows[0].checksum_algorithm, CHECKSUM_CRC64NVME);
    assert_false(list.rows[0].is_composite);
}

static void another_buckets_keys_are_not_seen(void **state)
{
    struct s3_fixture *f = *state;
    const struct bucket other = {.name = SLICE("other"), .account = SLICE("000000000000")};
    assert_ok(bucket_store_create(f->db, &other));
    assert_ok(s3_fixture_try_put(f, "other", "c", SLICE("v")));
    struct object_list list = {.max = 9, .prefix = SLICE("c")};
    assert_string_equal(listed(f, list), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_tree, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keys_come_in_the_order_of_their_bytes),
        TEST(a_delimiter_makes_groups),
        TEST(a_delimiter_can_be_any_text),
        TEST(a_list_goes_on_behind_a_key_and_behind_a_whole_group),
        TEST(a_start_before_the_prefix_changes_nothing),
        TEST(no_room_gives_nothing_and_the_last_page_is_not_truncated),
        TEST(rows_say_what_the_objects_are),
        TEST(another_buckets_keys_are_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
