#include <fcntl.h>
#include <sys/stat.h>

#include "storage/tree.h"
#include "storage/upload_store.h"
#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)40 * 1000)

static struct tree *open_tree(struct s3_fixture *f)
{
    struct tree *tree = NULL;
    s3_fixture_commit(f);
    assert_ok(db_unit_end(f->db, true));
    assert_ok(tree_open(f->db, f->blobs, s3_fixture_path(f, "s3"), &tree));
    db_unit_begin(f->db);
    return tree;
}

/* COMMIT and everything that follows from it. */
static void settle(struct s3_fixture *f, struct tree *tree)
{
    s3_fixture_commit(f);
    assert_ok(db_unit_end(f->db, true));
    while (tree_take(tree))
        tree_work(tree);
    assert_int_equal(tree_failures(tree), 0);
    db_unit_begin(f->db);
}

static void assert_file(struct s3_fixture *f, const char *path, struct slice bytes)
{
    int file = open(s3_fixture_path(f, path), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_slices_equal(s3_fixture_read(f, file), bytes);
}

static bool exists(struct s3_fixture *f, const char *path)
{
    return access(s3_fixture_path(f, path), F_OK) == 0;
}

static void objects_appear_change_and_go(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    struct slice large = s3_fixture_bytes(f, LARGE_BYTES, 1);
    s3_fixture_put(f, "a/b/small", SLICE("v1"));
    s3_fixture_put(f, "a/large", large);
    settle(f, tree);
    assert_file(f, "s3/photos/a/b/small", SLICE("v1"));
    assert_file(f, "s3/photos/a/large", large);
    s3_fixture_put(f, "a/b/small", large);
    s3_fixture_put(f, "a/large", SLICE("v2"));
    settle(f, tree);
    assert_file(f, "s3/photos/a/b/small", large);
    assert_file(f, "s3/photos/a/large", SLICE("v2"));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("a/b/small"), 6000));
    settle(f, tree);
    assert_false(exists(f, "s3/photos/a/b"));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("a/large"), 6000));
    settle(f, tree);
    assert_false(exists(f, "s3/photos/a"));
    assert_true(exists(f, "s3/photos"));
    assert_ok(bucket_store_delete(f->db, f->bucket_id));
    settle(f, tree);
    assert_false(exists(f, "s3/photos"));
    tree_close(tree);
}

static void a_large_body_is_linked_not_copied(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    struct stat stat_of_file;
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    settle(f, tree);
    assert_int_equal(stat(s3_fixture_path(f, "s3/photos/k"), &stat_of_file), 0);
    assert_int_equal(stat_of_file.st_nlink, 2);
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    settle(f, tree);
    assert_int_equal(stat(s3_fixture_path(f, "s3/photos/k"), &stat_of_file), 0);
    assert_int_equal(stat_of_file.st_nlink, 2);
    assert_false(exists(f, "s3/photos/%tmp"));
    tree_close(tree);
}

static void a_body_of_parts_is_one_file(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    struct slice large = s3_fixture_bytes(f, LARGE_BYTES, 1);
    const struct upload upload = {.id = SLICE("u"), .bucket_id = f->bucket_id, .key = SLICE("k")};
    assert_ok(upload_store_create(f->db, &upload));
    struct upload_part parts[2] = {{.number = 1, .size = LARGE_BYTES}, {.number = 2, .size = 4}};
    const struct slice bytes[2] = {large, SLICE("tail")};
    for (size_t i = 0; i < 2; i++) {
        struct body_writer *writer = NULL;
        struct body body;
        assert_ok(body_writer_create(f->blobs, &writer));
        assert_ok(body_writer_append(writer, bytes[i]));
        assert_ok(body_writer_finish(writer, &body));
        assert_ok(upload_store_put_part(f->db, SLICE("u"), &parts[i], &body));
        body_writer_keep(writer);
        body_writer_destroy(writer);
    }
    int64_t body_id = 0;
    const struct object_put put = {
        .bucket = SLICE("photos"), .key = SLICE("k"), .etag = SLICE("e")};
    assert_ok(upload_store_compose(f->db, SLICE("u"), parts, 2, &body_id));
    assert_ok(object_store_put_composed(f->db, &put, LARGE_BYTES + 4, body_id));
    settle(f, tree);
    char *whole = arena_alloc(&f->arena, LARGE_BYTES + 4);
    memcpy(whole, large.ptr, LARGE_BYTES);
    memcpy(whole + LARGE_BYTES, "tail", 4);
    assert_file(f, "s3/photos/k", slice_make(whole, LARGE_BYTES + 4));
    tree_close(tree);
}

static void a_file_and_a_folder_of_one_name_live_side_by_side(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    s3_fixture_put(f, "a", SLICE("file"));
    settle(f, tree);
    s3_fixture_put(f, "a/b", SLICE("inside"));
    s3_fixture_put(f, "c/d", SLICE("inside"));
    settle(f, tree);
    s3_fixture_put(f, "c", SLICE("file"));
    settle(f, tree);
    assert_file(f, "s3/photos/a%", SLICE("file"));
    assert_file(f, "s3/photos/a/b", SLICE("inside"));
    assert_file(f, "s3/photos/c%", SLICE("file"));
    assert_file(f, "s3/photos/c/d", SLICE("inside"));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("c/d"), 6000));
    settle(f, tree);
    s3_fixture_put(f, "c", SLICE("again"));
    settle(f, tree);
    assert_file(f, "s3/photos/c", SLICE("again"));
    assert_false(exists(f, "s3/photos/c%"));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("a"), 6000));
    settle(f, tree);
    assert_false(exists(f, "s3/photos/a%"));
    assert_file(f, "s3/photos/a/b", SLICE("inside"));
    tree_close(tree);
}

static void no_key_and_no_link_leads_out(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    s3_fixture_put(f, "../../../escaped", SLICE("v"));
    s3_fixture_put(f, "/etc/x", SLICE("v"));
    settle(f, tree);
    assert_false(exists(f, "escaped"));
    assert_file(f, "s3/photos/%2E%2E/%2E%2E/%2E%2E/escaped", SLICE("v"));
    assert_int_equal(mkdir(s3_fixture_path(f, "outside"), 0755), 0);
    assert_int_equal(symlink("../../outside", s3_fixture_path(f, "s3/photos/link")), 0);
    s3_fixture_put(f, "link/x", SLICE("v"));
    settle(f, tree);
    assert_false(exists(f, "outside/x"));
    tree_close(tree);
}

static void a_key_written_many_times_shows_what_was_last(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    for (unsigned i = 0; i < 5; i++)
        s3_fixture_put(f, "k", s3_fixture_bytes(f, 100 + i, i));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("k"), 6000));
    s3_fixture_put(f, "k", SLICE("last"));
    settle(f, tree);
    assert_file(f, "s3/photos/k", SLICE("last"));
    tree_close(tree);
}

static void an_undone_unit_changes_no_file(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    s3_fixture_put(f, "k", SLICE("old"));
    settle(f, tree);
    s3_fixture_put(f, "k", SLICE("new"));
    s3_fixture_put(f, "other", SLICE("new"));
    assert_ok(db_unit_end(f->db, false));
    assert_ok(db_commit(f->db));
    db_unit_begin(f->db);
    settle(f, tree);
    assert_file(f, "s3/photos/k", SLICE("old"));
    assert_false(exists(f, "s3/photos/other"));
    tree_close(tree);
}

static void a_tree_is_made_anew_unless_it_was_closed_complete(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    for (unsigned i = 0; i < 600; i++)
        s3_fixture_put(f, arena_printf(&f->arena, "k%u", i), SLICE("v"));
    settle(f, tree);
    tree_close(tree);

    tree = open_tree(f); /* complete: nothing to do */
    assert_false(tree_take(tree));
    s3_fixture_put(f, "later", SLICE("v"));
    assert_ok(db_unit_end(f->db, true));
    assert_ok(db_commit(f->db));
    tree_close(tree); /* as in a crash: "later" is not there yet */
    assert_int_equal(unlink(s3_fixture_path(f, "s3/photos/k5")), 0);
    db_unit_begin(f->db);

    tree = open_tree(f);
    int file = open(s3_fixture_path(f, "s3/stray"), O_CREAT | O_WRONLY, 0644);
    (void)close(file);
    settle(f, tree);
    assert_false(exists(f, "s3/stray"));
    assert_file(f, "s3/photos/later", SLICE("v"));
    for (unsigned i = 0; i < 600; i++)
        assert_file(f, arena_printf(&f->arena, "s3/photos/k%u", i), SLICE("v"));
    tree_close(tree);
}

static void a_wiped_database_empties_the_tree(void **state)
{
    struct s3_fixture *f = *state;
    struct tree *tree = open_tree(f);
    s3_fixture_put(f, "k", SLICE("v"));
    settle(f, tree);
    assert_ok(db_unit_end(f->db, true));
    assert_ok(db_wipe(f->db));
    db_unit_begin(f->db);
    settle(f, tree);
    assert_false(exists(f, "s3/photos"));
    tree_close(tree);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(objects_appear_change_and_go),
        TEST(a_large_body_is_linked_not_copied),
        TEST(a_body_of_parts_is_one_file),
        TEST(a_file_and_a_folder_of_one_name_live_side_by_side),
        TEST(no_key_and_no_link_leads_out),
        TEST(a_key_written_many_times_shows_what_was_last),
        TEST(an_undone_unit_changes_no_file),
        TEST(a_tree_is_made_anew_unless_it_was_closed_complete),
        TEST(a_wiped_database_empties_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
