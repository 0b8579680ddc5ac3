#include "storage/item_store.h"
#include "storage/table_store.h"
#include "tests/lib/temporary_db.h"

struct fixture {
    struct temporary_db disk;
    struct table_cache *cache;
};

static const struct table_scope home = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};

static int set_up(void **state)
{
    static struct fixture f;
    temporary_db_open(&f.disk);
    assert_ok(table_cache_create(f.disk.db, &f.cache));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    table_cache_close(f->cache);
    temporary_db_close(&f->disk);
    return 0;
}

static enum status create(struct fixture *f, const char *name, struct table *ret_table)
{
    struct table table = {
        .account = home.account,
        .region = home.region,
        .name = slice_of(name),
        .uuid = SLICE("1b4e28ba"),
        .created_ms = 1795000000084,
        .hash_name = SLICE("pk"),
        .hash_type = 'S',
        .range_name = SLICE("sk"),
        .range_type = 'N',
        .is_on_demand = true,
        .is_protected = true,
        .table_class = SLICE("STANDARD"),
        .stream_view = STREAM_VIEW_NEW_IMAGE,
        .stream_label = SLICE("2026-11-23T08:47:13.485"),
    };
    db_unit_begin(f->disk.db);
    enum status status = table_store_create(f->disk.db, &table);
    assert_ok(db_unit_end(f->disk.db, status == STATUS_OK));
    *ret_table = table;
    return status;
}

static enum status find(struct fixture *f, const char *name, const struct table **ret_table)
{
    return table_cache_find(f->cache, &home, slice_of(name), &f->disk.arena, ret_table);
}

static void a_table_is_found_as_it_was_made(void **state)
{
    struct fixture *f = *state;
    const struct table *found = NULL;
    struct table made;
    assert_ok(create(f, "likes", &made));

    assert_ok(find(f, "likes", &found));

    assert_int_equal(found->id, made.id);
    assert_slice(found->account, "000000000000");
    assert_slice(found->region, "us-east-1");
    assert_slice(found->name, "likes");
    assert_slice(found->uuid, "1b4e28ba");
    assert_int_equal(found->created_ms, 1795000000084);
    assert_slice(found->hash_name, "pk");
    assert_int_equal(found->hash_type, 'S');
    assert_slice(found->range_name, "sk");
    assert_int_equal(found->range_type, 'N');
    assert_true(found->is_on_demand);
    assert_true(found->is_protected);
    assert_slice(found->table_class, "STANDARD");
    assert_int_equal(found->stream_view, STREAM_VIEW_NEW_IMAGE);
    assert_int_equal(found->stream_id, made.stream_id);
    assert_slice(found->stream_label, "2026-11-23T08:47:13.485");
}

static void names_are_unique_within_account_and_region(void **state)
{
    struct fixture *f = *state;
    const struct table *found = NULL;
    struct table_scope away = {home.account, SLICE("eu-west-1")};
    struct table made;
    assert_ok(create(f, "likes", &made));
    assert_status(create(f, "likes", &made), STATUS_EXISTS);
    assert_status(table_cache_find(f->cache, &away, SLICE("likes"), &f->disk.arena, &found),
                  STATUS_NOT_FOUND);
}

static void a_dropped_table_is_gone_but_who_holds_it_may_read_it(void **state)
{
    struct fixture *f = *state;
    const struct table *held = NULL;
    const struct table *found = NULL;
    struct table made;
    assert_ok(create(f, "likes", &made));
    assert_ok(find(f, "likes", &held));
    db_unit_begin(f->disk.db);
    assert_ok(table_store_drop(f->disk.db, held, 1));
    table_cache_forget(f->cache, held);
    assert_ok(db_unit_end(f->disk.db, true));

    assert_status(find(f, "likes", &found), STATUS_NOT_FOUND);
    assert_slice(held->name, "likes");
    assert_ok(create(f, "likes", &made));
    assert_ok(find(f, "likes", &found));
    assert_int_equal(found->id, made.id);
    assert_int_not_equal(found->id, held->id);
}

static void what_a_wiped_database_had_is_forgotten(void **state)
{
    struct fixture *f = *state;
    const struct table *found = NULL;
    struct table made;
    assert_ok(create(f, "likes", &made));
    assert_ok(find(f, "likes", &found));
    assert_ok(db_commit(f->disk.db));

    assert_ok(db_wipe(f->disk.db));

    assert_status(find(f, "likes", &found), STATUS_NOT_FOUND);
}

static void more_tables_than_the_cache_holds_are_all_found(void **state)
{
    struct fixture *f = *state;
    char name[16];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3 * TABLE_CACHE_SLOTS; i++) {
            const struct table *found = NULL;
            struct table made;
            (void)snprintf(name, sizeof(name), "table-%d", i);
            if (round == 0)
                assert_ok(create(f, name, &made));
            assert_ok(find(f, name, &found));
            assert_slice(found->name, name);
        }
}

static void tables_are_listed_by_name(void **state)
{
    struct fixture *f = *state;
    struct table_page page = {SLICE("a"), 3};
    struct slice names[3];
    size_t count = 0;
    struct table made;
    assert_ok(create(f, "b", &made));
    assert_ok(create(f, "c", &made));
    assert_ok(create(f, "a", &made));
    assert_ok(table_store_list(f->disk.db, &home, &page, &f->disk.arena, names, &count));
    assert_int_equal(count, 2);
    assert_slice(names[0], "b");
    assert_slice(names[1], "c");
}

static void put_items(struct fixture *f, int64_t table_id, int count)
{
    db_unit_begin(f->disk.db);
    for (int i = 0; i < count; i++) {
        char p[16];
        (void)snprintf(p, sizeof(p), "%d", i);
        struct item_key key = {slice_of(p), {NULL, 0}};
        struct item_place place = {0, 0, {NULL, 0}};
        struct item_place item = {0, 1, SLICE("x")};
        assert_ok(item_store_put(f->disk.db, table_id, &key, &place, &item));
    }
    assert_ok(db_unit_end(f->disk.db, true));
}

static void items_of_dropped_tables_are_swept_in_pieces(void **state)
{
    struct fixture *f = *state;
    struct table gone;
    struct table kept;
    struct item_place place;
    struct item_key key = {SLICE("3"), {NULL, 0}};
    bool has_more = false;
    assert_ok(create(f, "gone", &gone));
    assert_ok(create(f, "kept", &kept));
    put_items(f, gone.id, 10);
    put_items(f, kept.id, 5);
    db_unit_begin(f->disk.db);
    assert_ok(table_store_drop(f->disk.db, &gone, 1));
    for (int portion = 0; portion < 2; portion++) {
        assert_ok(table_store_sweep(f->disk.db, 7, &has_more));
        assert_true(has_more);
    }
    assert_ok(table_store_sweep(f->disk.db, 7, &has_more));
    assert_false(has_more);
    assert_ok(table_store_has_dropped(f->disk.db, &has_more));
    assert_false(has_more);
    assert_ok(db_unit_end(f->disk.db, true));

    assert_ok(item_store_find(f->disk.db, gone.id, &key, &place));
    assert_int_equal(place.row, 0);
    assert_ok(item_store_find(f->disk.db, kept.id, &key, &place));
    assert_int_not_equal(place.row, 0);
}

static void a_tag_is_replaced_and_removed_by_its_name(void **state)
{
    static const struct table_tag tags[] = {
        {SLICE_INIT("b"), SLICE_INIT("1")},
        {SLICE_INIT("a"), SLICE_INIT("2")},
        {SLICE_INIT("b"), SLICE_INIT("3")},
    };
    struct fixture *f = *state;
    struct table_tag found[3];
    size_t count = 0;
    db_unit_begin(f->disk.db);
    for (size_t i = 0; i < 3; i++)
        assert_ok(table_store_tag(f->disk.db, 1, &tags[i]));
    assert_ok(table_store_untag(f->disk.db, 1, SLICE("a")));
    assert_ok(db_unit_end(f->disk.db, true));
    assert_ok(table_store_tags(f->disk.db, 1, 3, &f->disk.arena, found, &count));
    assert_int_equal(count, 1);
    assert_slice(found[0].name, "b");
    assert_slice(found[0].value, "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_table_is_found_as_it_was_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_unique_within_account_and_region, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_table_is_gone_but_who_holds_it_may_read_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_wiped_database_had_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_tables_than_the_cache_holds_are_all_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tables_are_listed_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(items_of_dropped_tables_are_swept_in_pieces, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_tag_is_replaced_and_removed_by_its_name, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
