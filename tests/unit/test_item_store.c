#include "storage/item_store.h"
#include "storage/table_store.h"
#include "tests/lib/temporary_db.h"

struct fixture {
    struct temporary_db disk;
    struct table table;
};

static struct table make_table(struct db *db, const char *name)
{
    struct table table = {
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .name = slice_of(name),
        .uuid = SLICE("u"),
        .hash_name = SLICE("id"),
        .hash_type = 'S',
        .range_type = 'S',
    };
    db_unit_begin(db);
    assert_ok(table_store_create(db, &table));
    assert_ok(db_unit_end(db, true));
    return table;
}

static int set_up(void **state)
{
    static struct fixture f;
    temporary_db_open(&f.disk);
    f.table = make_table(f.disk.db, "likes");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    temporary_db_close(&f->disk);
    return 0;
}

static struct item_key key(const char *p, const char *s)
{
    return (struct item_key){slice_of(p), slice_of(s)};
}

static void put(struct fixture *f, const char *p, const char *s, const char *document)
{
    struct item_key k = key(p, s);
    struct item_place place;
    struct item_place item = {0, (int64_t)slice_of(document).len, slice_of(document)};
    assert_ok(item_store_find(f->disk.db, f->table.id, &k, &place));
    assert_ok(item_store_put(f->disk.db, f->table.id, &k, &place, &item));
}

static void assert_counts(struct fixture *f, int64_t items, int64_t bytes)
{
    struct table_counts counts;
    assert_ok(table_store_count(f->disk.db, f->table.id, &counts));
    assert_int_equal(counts.items, items);
    assert_int_equal(counts.bytes, bytes);
}

static void assert_document(struct fixture *f, const char *p, const char *s, const char *expected)
{
    struct item_key k = key(p, s);
    struct item_place place;
    assert_ok(item_store_get(f->disk.db, f->table.id, &k, &f->disk.arena, &place));
    if (expected == NULL) {
        assert_int_equal(place.row, 0);
        return;
    }
    assert_slice(place.document, expected);
    assert_int_equal(place.size, slice_of(expected).len);
}

static void a_put_replaces_what_was_there(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->disk.db);
    put(f, "p", "s", "first");
    put(f, "p", "t", "other");
    put(f, "p", "s", "longer one");
    assert_ok(db_unit_end(f->disk.db, true));

    assert_document(f, "p", "s", "longer one");
    assert_document(f, "p", "t", "other");
    assert_document(f, "q", "s", NULL);
    assert_counts(f, 2, 15);
}

static void a_removed_item_is_gone_and_not_counted(void **state)
{
    struct fixture *f = *state;
    struct item_key k = key("p", "s");
    struct item_place place;
    db_unit_begin(f->disk.db);
    put(f, "p", "s", "first");
    put(f, "p", "t", "other!");
    assert_ok(item_store_find(f->disk.db, f->table.id, &k, &place));
    assert_ok(item_store_remove(f->disk.db, f->table.id, &place));
    assert_ok(db_unit_end(f->disk.db, true));

    assert_document(f, "p", "s", NULL);
    assert_counts(f, 1, 6);
}

static void an_undone_unit_leaves_items_and_counters(void **state)
{
    struct fixture *f = *state;
    db_unit_begin(f->disk.db);
    put(f, "p", "s", "kept");
    assert_ok(db_unit_end(f->disk.db, true));
    db_unit_begin(f->disk.db);
    put(f, "p", "s", "undone");
    put(f, "p", "t", "undone");
    assert_ok(db_unit_end(f->disk.db, false));
    assert_ok(db_commit(f->disk.db));

    assert_document(f, "p", "s", "kept");
    assert_document(f, "p", "t", NULL);
    assert_counts(f, 1, 4);
}

static void assert_walk(struct item_walk *walk, const char *const *expected)
{
    for (; *expected != NULL; expected++) {
        assert_true(item_walk_next(walk));
        assert_slice(walk->document, *expected);
    }
    assert_false(item_walk_next(walk));
    assert_ok(item_walk_end(walk));
}

static void a_partition_is_walked_both_ways_within_its_range(void **state)
{
    static const char *const up[] = {"2", "3", NULL};
    static const char *const down[] = {"3", "2", NULL};
    struct fixture *f = *state;
    struct item_range range = {SLICE("p"), SLICE("b"), SLICE("d"), false};
    struct item_walk walk;
    db_unit_begin(f->disk.db);
    put(f, "p", "a", "1");
    put(f, "p", "c", "3");
    put(f, "p", "b", "2");
    put(f, "p", "d", "4");
    put(f, "q", "b", "5");
    assert_ok(db_unit_end(f->disk.db, true));

    item_walk_partition(&walk, f->disk.db, f->table.id, &range);
    assert_walk(&walk, up);
    range.is_backward = true;
    item_walk_partition(&walk, f->disk.db, f->table.id, &range);
    assert_walk(&walk, down);
}

static void a_table_is_walked_from_behind_a_key(void **state)
{
    static const char *const all[] = {"1", "2", "3", NULL};
    static const char *const rest[] = {"3", NULL};
    static const char *const part[] = {"1", "2", NULL};
    struct fixture *f = *state;
    struct table other = make_table(f->disk.db, "other");
    struct item_key start = key("", "");
    struct item_walk walk;
    db_unit_begin(f->disk.db);
    put(f, "p", "b", "2");
    put(f, "q", "a", "3");
    put(f, "p", "a", "1");
    assert_ok(db_unit_end(f->disk.db, true));

    item_walk_table(&walk, f->disk.db, f->table.id, &start, SLICE("\xFF"));
    assert_walk(&walk, all);
    start = key("p", "b");
    item_walk_table(&walk, f->disk.db, f->table.id, &start, SLICE("\xFF"));
    assert_walk(&walk, rest);
    start = key("", "");
    item_walk_table(&walk, f->disk.db, f->table.id, &start, SLICE("q"));
    assert_walk(&walk, part);
    item_walk_table(&walk, f->disk.db, other.id, &start, SLICE("\xFF"));
    assert_walk(&walk, &part[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_put_replaces_what_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_item_is_gone_and_not_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_undone_unit_leaves_items_and_counters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_partition_is_walked_both_ways_within_its_range, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_table_is_walked_from_behind_a_key, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
