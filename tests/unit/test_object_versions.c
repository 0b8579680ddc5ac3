#include "storage/object_versions.h"

#include "storage/object_list.h"
#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)40 * 1000)

static void set_versioning(struct s3_fixture *f, enum bucket_versioning versioning)
{
    struct bucket bucket;
    assert_ok(bucket_store_find(f->db, SLICE("photos"), &f->arena, &bucket));
    bucket.versioning = versioning;
    assert_ok(bucket_store_update(f->db, &bucket));
}

static void put(struct s3_fixture *f, const char *bytes)
{
    s3_fixture_put(f, "k", slice_of(bytes));
}

static struct object_deletion drop(struct s3_fixture *f)
{
    struct object_deletion deletion;
    assert_ok(object_versions_delete(f->db, f->bucket_id, SLICE("k"), 7000, &deletion));
    return deletion;
}

/* The versions as text: "current" and past ones, the latest first; a marker is "-", null is "n". */
static const char *history(struct s3_fixture *f)
{
    struct object_list list = {.bucket_id = f->bucket_id, .kind = OBJECT_LIST_VERSIONS, .max = 20};
    char *text = arena_printf(&f->arena, "%s", "");
    assert_ok(object_list_run(f->db, &f->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct object_list_row *row = &list.rows[i];
        struct object which = {.bucket_id = f->bucket_id, .key = row->name, .version = row->id};
        struct object found;
        assert_ok(object_versions_find(f->db, &which, true, &f->arena, &found));
        assert_int_equal(row->is_latest, i == 0);
        assert_int_equal(found.is_marker, row->is_marker);
        assert_int_equal(object_versions_sequence(row->id), row->id.len > 0 ? row->number : 0);
        text = arena_printf(&f->arena, "%s%.*s%s%s ", text, SLICE_ARG(found.bytes),
                            row->is_marker ? "-" : "", row->id.len == 0 ? "n" : "");
    }
    return text;
}

static void remove_latest(struct s3_fixture *f)
{
    struct object_list list = {.bucket_id = f->bucket_id, .kind = OBJECT_LIST_VERSIONS, .max = 1};
    assert_ok(object_list_run(f->db, &f->arena, &list));
    struct object which = {
        .bucket_id = f->bucket_id, .key = SLICE("k"), .version = list.rows[0].id};
    struct object found;
    assert_ok(object_versions_find(f->db, &which, false, &f->arena, &found));
    assert_ok(object_versions_remove(f->db, &found));
}

static bool has_current(struct s3_fixture *f)
{
    struct object object;
    enum status status = object_store_find(f->db, f->bucket_id, SLICE("k"), &f->arena, &object);
    return status == STATUS_OK;
}

static void a_versioned_bucket_keeps_every_version(void **state)
{
    struct s3_fixture *f = *state;
    put(f, "a");
    set_versioning(f, BUCKET_VERSIONED);
    put(f, "b");
    put(f, "c");
    assert_string_equal(history(f), "c b an ");

    struct object_deletion deletion = drop(f);

    assert_true(deletion.has_marker);
    assert_int_equal(strlen(deletion.marker.text), VERSION_ID_CHARS);
    assert_false(has_current(f));
    assert_string_equal(history(f), "- c b an ");
}

static void removing_the_latest_brings_the_one_before_back(void **state)
{
    struct s3_fixture *f = *state;
    set_versioning(f, BUCKET_VERSIONED);
    put(f, "a");
    put(f, "b");
    (void)drop(f);
    (void)drop(f);
    remove_latest(f);
    assert_string_equal(history(f), "- b a ");
    assert_false(has_current(f));
    remove_latest(f);
    assert_string_equal(history(f), "b a ");
    assert_true(has_current(f));
    remove_latest(f);
    remove_latest(f);
    assert_string_equal(history(f), "");
}

static void a_suspended_bucket_replaces_the_null_version_only(void **state)
{
    struct s3_fixture *f = *state;
    put(f, "a");
    set_versioning(f, BUCKET_VERSIONED);
    put(f, "b");
    set_versioning(f, BUCKET_SUSPENDED);
    put(f, "c");
    assert_string_equal(history(f), "cn b ");
    put(f, "d");
    assert_string_equal(history(f), "dn b ");
    struct object_deletion deletion = drop(f);
    assert_true(deletion.has_marker);
    assert_string_equal(deletion.marker.text, "");
    assert_string_equal(history(f), "-n b ");
    put(f, "e");
    assert_string_equal(history(f), "en b ");
}

static void a_body_stays_while_a_version_refers_to_it(void **state)
{
    struct s3_fixture *f = *state;
    struct garbage garbage;
    set_versioning(f, BUCKET_VERSIONED);
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 2));
    (void)drop(f);
    s3_fixture_commit(f);
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_int_equal(garbage.count, 0);
    remove_latest(f); /* the marker */
    remove_latest(f);
    s3_fixture_commit(f);
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_int_equal(garbage.count, 1);
    struct object object;
    assert_ok(object_store_find(f->db, f->bucket_id, SLICE("k"), &f->arena, &object));
    struct extent *extents = NULL;
    size_t count = 0;
    assert_ok(object_store_extents(f->db, object.body_id, &f->arena, &extents, &count));
    assert_int_equal(count, 1);
    assert_string_not_equal(extents[0].blob_id, garbage.blob_ids[0]);
}

static void traits_are_changed_in_place(void **state)
{
    struct s3_fixture *f = *state;
    set_versioning(f, BUCKET_VERSIONED);
    put(f, "a");
    struct object object;
    assert_ok(object_store_find(f->db, f->bucket_id, SLICE("k"), &f->arena, &object));
    put(f, "b");
    assert_ok(object_versions_find(f->db, &object, false, &f->arena, &object));
    assert_true(object.is_past);
    object.traits.tags = SLICE("x=1");
    object.traits.has_hold = true;
    assert_ok(object_versions_update(f->db, &object));
    struct object again;
    assert_ok(object_versions_find(f->db, &object, true, &f->arena, &again));
    assert_slice(again.traits.tags, "x=1");
    assert_true(again.traits.has_hold);
    assert_slice(again.bytes, "a");
}

static void pages_of_versions_go_on_within_a_key(void **state)
{
    struct s3_fixture *f = *state;
    set_versioning(f, BUCKET_VERSIONED);
    for (int i = 0; i < 5; i++)
        put(f, "x");
    s3_fixture_put(f, "l", SLICE("y"));
    struct object_list list = {.bucket_id = f->bucket_id, .kind = OBJECT_LIST_VERSIONS, .max = 2};
    int64_t last = INT64_MAX;
    size_t seen = 0;
    do {
        assert_ok(object_list_run(f->db, &f->arena, &list));
        for (size_t i = 0; i < list.count; i++, seen++) {
            bool is_k = slice_equal(list.rows[i].name, SLICE("k"));
            assert_true(is_k ? list.rows[i].number < last : seen == 5);
            last = list.rows[i].number;
        }
        list.after = list.rows[list.count - 1].name;
        list.after_number = list.rows[list.count - 1].number;
    } while (list.is_truncated);
    assert_int_equal(seen, 6);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_versioned_bucket_keeps_every_version),
        TEST(removing_the_latest_brings_the_one_before_back),
        TEST(a_suspended_bucket_replaces_the_null_version_only),
        TEST(a_body_stays_while_a_version_refers_to_it),
        TEST(traits_are_changed_in_place),
        TEST(pages_of_versions_go_on_within_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
