#include <string.h>

#include "emulator/base/arena.h"
#include "storage/delivery_partition_store.h"
#include "storage/delivery_stream_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static int64_t insert(struct db *db, const char *account, const char *region, const char *name)
{
    struct delivery_stream_row row = {.account = slice_of(account),
                                      .region = slice_of(region),
                                      .name = slice_of(name),
                                      .version = 1,
                                      .created_ms = 5,
                                      .active_ms = 6,
                                      .configuration = SLICE("{}")};
    assert_ok(delivery_stream_store_insert(db, &row));
    return row.id;
}

static void a_stream_is_found_as_it_was_stored_and_updated(void **state)
{
    struct store_fixture *f = *state;
    struct arena arena;
    struct delivery_stream_row row;
    arena_init(&arena, 65536);
    int64_t id = insert(f->db, "1", "r", "s");
    assert_ok(delivery_stream_store_find(f->db, id, &arena, &row));
    assert_slice(row.account, "1");
    assert_slice(row.region, "r");
    assert_slice(row.name, "s");
    assert_slice(row.configuration, "{}");
    assert_int_equal(row.version, 1);
    assert_int_equal(row.created_ms, 5);
    assert_int_equal(row.active_ms, 6);
    assert_int_equal(row.updated_ms, 0);

    row.version = 2;
    row.updated_ms = 77;
    row.configuration = SLICE("{\"a\":1}");
    assert_ok(delivery_stream_store_update(f->db, &row));
    assert_ok(delivery_stream_store_find(f->db, id, &arena, &row));

    assert_int_equal(row.version, 2);
    assert_int_equal(row.updated_ms, 77);
    assert_slice(row.configuration, "{\"a\":1}");
    arena_clear(&arena);
}

static void a_name_is_taken_once_per_account_and_region(void **state)
{
    struct store_fixture *f = *state;
    insert(f->db, "1", "r", "s");
    insert(f->db, "1", "q", "s");
    insert(f->db, "2", "r", "s");
    struct delivery_stream_row row = {.account = SLICE("1"),
                                      .region = SLICE("r"),
                                      .name = SLICE("s"),
                                      .configuration = SLICE("{}")};
    assert_status(delivery_stream_store_insert(f->db, &row), STATUS_EXISTS);
    size_t count = 0;
    assert_ok(delivery_stream_store_count(f->db, SLICE("1"), SLICE("r"), &count));
    assert_int_equal(count, 1);
}

static void a_deleted_stream_takes_its_tags_and_never_gives_its_id_again(void **state)
{
    struct store_fixture *f = *state;
    struct arena arena;
    struct delivery_stream_row row;
    const struct delivery_stream_tag tag = {SLICE("k"), SLICE("v")};
    size_t count = 1;
    arena_init(&arena, 65536);
    int64_t id = insert(f->db, "1", "r", "s");
    assert_ok(delivery_stream_store_put_tag(f->db, id, &tag));
    assert_ok(delivery_stream_store_delete(f->db, id));
    assert_status(delivery_stream_store_find(f->db, id, &arena, &row), STATUS_NOT_FOUND);
    assert_ok(delivery_stream_store_count_tags(f->db, id, &count));
    assert_int_equal(count, 0);
    assert_true(insert(f->db, "1", "r", "s") > id);
    arena_clear(&arena);
}

static void names_come_sorted_and_in_pages(void **state)
{
    struct store_fixture *f = *state;
    struct arena arena;
    struct delivery_stream_page page = {.account = SLICE("1"),
                                        .region = SLICE("r"),
                                        .limit = 2,
                                        .wants_put = true,
                                        .wants_sourced = true};
    arena_init(&arena, 65536);
    insert(f->db, "1", "r", "c");
    insert(f->db, "1", "r", "a");
    insert(f->db, "1", "r", "b");
    insert(f->db, "1", "x", "d");

    assert_ok(delivery_stream_store_names(f->db, &arena, &page));
    assert_int_equal(page.count, 2);
    assert_slice(page.names[0], "a");
    assert_slice(page.names[1], "b");
    assert_true(page.has_more);
    page.after = SLICE("bb");
    assert_ok(delivery_stream_store_names(f->db, &arena, &page));
    assert_int_equal(page.count, 1);
    assert_slice(page.names[0], "c");
    assert_false(page.has_more);
    arena_clear(&arena);
}

static void tags_replace_each_other_by_key(void **state)
{
    struct store_fixture *f = *state;
    struct arena arena;
    struct delivery_stream_tags tags;
    arena_init(&arena, 65536);
    int64_t id = insert(f->db, "1", "r", "s");
    const struct delivery_stream_tag given[] = {{SLICE("b"), SLICE("1")},
                                                {SLICE("a"), {NULL, 0}},
                                                {SLICE("b"), SLICE("2")},
                                                {SLICE("c"), SLICE("")}};
    for (size_t i = 0; i < 4; i++)
        assert_ok(delivery_stream_store_put_tag(f->db, id, &given[i]));

    assert_ok(delivery_stream_store_tags(f->db, id, SLICE(""), 10, &arena, &tags));
    assert_int_equal(tags.count, 3);
    assert_slice(tags.tags[0].key, "a");
    assert_null(tags.tags[0].value.ptr);
    assert_slice(tags.tags[1].value, "2");
    assert_slice(tags.tags[2].key, "c");
    assert_false(tags.has_more);
    assert_ok(delivery_stream_store_delete_tag(f->db, id, SLICE("b")));
    assert_ok(delivery_stream_store_delete_tag(f->db, id, SLICE("nothing")));
    assert_ok(delivery_stream_store_tags(f->db, id, SLICE("a"), 10, &arena, &tags));
    assert_int_equal(tags.count, 1);
    assert_slice(tags.tags[0].key, "c");
    arena_clear(&arena);
}

static enum status note_name(void *arg, const struct delivery_stream_row *row)
{
    char *names = arg;
    memcpy(names + strlen(names), row->name.ptr, row->name.len);
    return slice_equal_text(row->name, "stop") ? STATUS_END : STATUS_OK;
}

static void every_stream_is_visited_until_one_fails(void **state)
{
    struct store_fixture *f = *state;
    char names[64] = "";
    insert(f->db, "1", "r", "b");
    insert(f->db, "1", "r", "a");
    assert_ok(delivery_stream_store_each(f->db, note_name, names));
    assert_string_equal(names, "ba");
    insert(f->db, "1", "r", "stop");
    insert(f->db, "1", "r", "z");
    memset(names, 0, sizeof(names));
    assert_status(delivery_stream_store_each(f->db, note_name, names), STATUS_END);
    assert_string_equal(names, "bastop");
}

static void encryption_and_the_end_are_kept(void **state)
{
    struct store_fixture *f = *state;
    struct arena arena;
    struct delivery_stream_row row;
    arena_init(&arena, 65536);
    int64_t id = insert(f->db, "1", "r", "s");
    const struct delivery_encryption on = {true, 99, SLICE_INIT("CUSTOMER_MANAGED_CMK"),
                                           SLICE_INIT("arn")};
    assert_ok(delivery_stream_store_find(f->db, id, &arena, &row));
    assert_false(row.encryption.is_on);
    assert_int_equal(row.gone_ms, 0);

    assert_ok(delivery_stream_store_set_encryption(f->db, id, &on));
    assert_ok(delivery_stream_store_set_gone(f->db, id, 123));
    assert_ok(delivery_stream_store_find(f->db, id, &arena, &row));

    assert_true(row.encryption.is_on);
    assert_int_equal(row.encryption.since_ms, 99);
    assert_slice(row.encryption.key_type, "CUSTOMER_MANAGED_CMK");
    assert_slice(row.encryption.key_arn, "arn");
    assert_int_equal(row.gone_ms, 123);
    arena_clear(&arena);
}

static void calls_are_counted_per_stream_and_from_a_moment_on(void **state)
{
    struct store_fixture *f = *state;
    size_t count = 0;
    int64_t id = insert(f->db, "1", "r", "s");
    int64_t other = insert(f->db, "1", "r", "t");
    assert_ok(delivery_stream_store_note_encryption_call(f->db, id, 10));
    assert_ok(delivery_stream_store_note_encryption_call(f->db, id, 20));
    assert_ok(delivery_stream_store_note_encryption_call(f->db, other, 20));
    assert_ok(delivery_stream_store_count_encryption_calls(f->db, id, 9, &count));
    assert_int_equal(count, 2);
    assert_ok(delivery_stream_store_count_encryption_calls(f->db, id, 10, &count));
    assert_int_equal(count, 1);
    assert_ok(delivery_stream_store_delete(f->db, id));
    assert_ok(delivery_stream_store_count_encryption_calls(f->db, id, 0, &count));
    assert_int_equal(count, 0);
}

static enum status note_partition(void *arg, const struct delivery_partition_row *row)
{
    char *seen = arg;
    size_t len = strlen(seen);
    (void)snprintf(seen + len, 256 - len, "%lld/%u %.*s %.*s;", (long long)row->stream, row->lane,
                   SLICE_ARG(row->prefix), SLICE_ARG(row->keys));
    return STATUS_OK;
}

static void partitions_go_one_by_one_or_with_their_stream(void **state)
{
    struct store_fixture *f = *state;
    char seen[256] = "";
    int64_t id = insert(f->db, "1", "r", "s");
    struct delivery_partition_row row = {id, 16, SLICE("p"), SLICE("a")};
    assert_ok(delivery_partition_store_put(f->db, &row));
    assert_ok(delivery_partition_store_put(f->db, &row)); /* what is there stays */
    row.lane = 17;
    row.keys = SLICE("b");
    assert_ok(delivery_partition_store_put(f->db, &row));
    assert_ok(delivery_partition_store_each(f->db, note_partition, seen));
    assert_string_equal(seen, "1/16 p a;1/17 p b;");

    assert_ok(delivery_partition_store_delete(f->db, id, 16));
    seen[0] = '\0';
    assert_ok(delivery_partition_store_each(f->db, note_partition, seen));
    assert_string_equal(seen, "1/17 p b;");
    assert_ok(delivery_stream_store_delete(f->db, id));
    seen[0] = '\0';
    assert_ok(delivery_partition_store_each(f->db, note_partition, seen));
    assert_string_equal(seen, "");
}

int main(void)
{
#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, store_fixture_set_up, store_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_stream_is_found_as_it_was_stored_and_updated),
        TEST(a_name_is_taken_once_per_account_and_region),
        TEST(a_deleted_stream_takes_its_tags_and_never_gives_its_id_again),
        TEST(names_come_sorted_and_in_pages),
        TEST(tags_replace_each_other_by_key),
        TEST(every_stream_is_visited_until_one_fails),
        TEST(encryption_and_the_end_are_kept),
        TEST(calls_are_counted_per_stream_and_from_a_moment_on),
        TEST(partitions_go_one_by_one_or_with_their_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
