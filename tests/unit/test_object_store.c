#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)40 * 1000)

static struct object read_object(struct s3_fixture *f, const char *key)
{
    struct object object;
    assert_ok(object_store_read(f->db, f->bucket_id, slice_of(key), &f->arena, &object));
    return object;
}

static struct slice read_bytes(struct s3_fixture *f, const struct object *object)
{
    if (object->body_id == 0)
        return object->bytes;
    struct extent *extents = NULL;
    size_t count = 0;
    int file = -1;
    assert_ok(object_store_extents(f->db, object->body_id, &f->arena, &extents, &count));
    assert_int_equal(count, 1);
    assert_ok(blob_open(f->blobs, extents[0].blob_id, &file));
    return s3_fixture_read(f, file);
}

/* What the background does after a COMMIT, without its thread. */
static size_t collect(struct s3_fixture *f)
{
    struct garbage garbage;
    s3_fixture_commit(f);
    assert_ok(object_store_garbage(f->db, &garbage));
    for (size_t i = 0; i < garbage.count; i++)
        blob_unlink(f->blobs, garbage.blob_ids[i]);
    assert_ok(object_store_garbage_gone(f->db, &garbage));
    s3_fixture_commit(f);
    return garbage.count;
}

static void what_goes_in_comes_out(void **state)
{
    struct s3_fixture *f = *state;
    const size_t sizes[] = {0, 5, BLOB_INLINE_MAX_BYTES, BLOB_INLINE_MAX_BYTES + 1, LARGE_BYTES};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct slice bytes = s3_fixture_bytes(f, sizes[i], (unsigned)i);
        s3_fixture_put(f, "k", bytes);
        struct object object = read_object(f, "k");
        assert_int_equal(object.size, sizes[i]);
        assert_slices_equal(read_bytes(f, &object), bytes);
    }
}

static void what_the_caller_leaves_out_is_filled_in_as_on_aws(void **state)
{
    struct s3_fixture *f = *state;
    s3_fixture_put(f, "k", slice_make(NULL, 0));
    struct object object = read_object(f, "k");
    assert_slice(object.etag, "d41d8cd98f00b204e9800998ecf8427e");
    assert_slice(object.content_type, "binary/octet-stream");
    assert_int_equal(object.checksum.algorithm, CHECKSUM_CRC64NVME);
    assert_slice(object.checksum.value, "AAAAAAAAAAA=");
    s3_fixture_put(f, "k", SLICE("123456789"));
    assert_slice(read_object(f, "k").checksum.value, "rosUhgp5mIg=");
}

static void a_put_needs_its_bucket_and_a_key_that_fits(void **state)
{
    struct s3_fixture *f = *state;
    char key[OBJECT_KEY_MAX_BYTES + 2];
    memset(key, 'k', sizeof(key));
    key[OBJECT_KEY_MAX_BYTES + 1] = '\0';
    assert_status(s3_fixture_try_put(f, "nowhere", "k", SLICE("v")), STATUS_NOT_FOUND);
    assert_status(s3_fixture_try_put(f, "photos", "", SLICE("v")), STATUS_INVALID);
    assert_status(s3_fixture_try_put(f, "photos", key, SLICE("v")), STATUS_INVALID);
    key[OBJECT_KEY_MAX_BYTES] = '\0';
    assert_ok(s3_fixture_try_put(f, "photos", key, SLICE("v")));
}

static void an_undone_unit_leaves_the_old_object(void **state)
{
    struct s3_fixture *f = *state;
    s3_fixture_put(f, "k", SLICE("old"));
    s3_fixture_commit(f);
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    assert_ok(db_unit_end(f->db, false));
    assert_ok(db_commit(f->db));
    db_unit_begin(f->db);
    struct object object = read_object(f, "k");
    assert_slice(read_bytes(f, &object), "old");
    assert_ok(db_unit_end(f->db, true));
    assert_int_equal(s3_fixture_blobs(f), 1);
    assert_ok(object_store_sweep(f->db, f->blobs));
    assert_int_equal(s3_fixture_blobs(f), 0);
    db_unit_begin(f->db);
}

static void a_replaced_or_deleted_body_is_collected_after_the_commit(void **state)
{
    struct s3_fixture *f = *state;
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    assert_int_equal(collect(f), 0);
    s3_fixture_put(f, "k", s3_fixture_bytes(f, LARGE_BYTES, 2));
    assert_int_equal(collect(f), 1);
    assert_int_equal(s3_fixture_blobs(f), 1);
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("k"), 6000));
    assert_int_equal(collect(f), 1);
    assert_int_equal(s3_fixture_blobs(f), 0);
    assert_int_equal(collect(f), 0);
    assert_status(object_store_delete(f->db, f->bucket_id, SLICE("k"), 6000), STATUS_NOT_FOUND);
}

static void a_shared_body_lives_until_its_last_object_is_gone(void **state)
{
    struct s3_fixture *f = *state;
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 1);
    s3_fixture_put(f, "a", bytes);
    struct object source = read_object(f, "a");
    const struct object_put copy = {.bucket = SLICE("photos"),
                                    .key = SLICE("b"),
                                    .etag = source.etag,
                                    .checksum = source.checksum};
    assert_ok(object_store_share(f->db, &copy, &source));
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("a"), 6000));
    assert_int_equal(collect(f), 0);
    struct object object = read_object(f, "b");
    assert_slices_equal(read_bytes(f, &object), bytes);
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("b"), 6000));
    assert_int_equal(collect(f), 1);
}

static void a_sweep_takes_only_what_no_row_refers_to(void **state)
{
    struct s3_fixture *f = *state;
    struct body_writer *writer = NULL;
    struct body body;
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 1);
    s3_fixture_put(f, "k", bytes);
    assert_ok(body_writer_create(f->blobs, &writer));
    assert_ok(body_writer_append(writer, bytes));
    assert_ok(body_writer_finish(writer, &body));
    body_writer_keep(writer);
    body_writer_destroy(writer);
    assert_int_equal(s3_fixture_blobs(f), 2);
    assert_ok(db_unit_end(f->db, true));
    assert_ok(object_store_sweep(f->db, f->blobs));
    db_unit_begin(f->db);
    assert_int_equal(s3_fixture_blobs(f), 1);
    struct object object = read_object(f, "k");
    assert_slices_equal(read_bytes(f, &object), bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_goes_in_comes_out),
        TEST(what_the_caller_leaves_out_is_filled_in_as_on_aws),
        TEST(a_put_needs_its_bucket_and_a_key_that_fits),
        TEST(an_undone_unit_leaves_the_old_object),
        TEST(a_replaced_or_deleted_body_is_collected_after_the_commit),
        TEST(a_shared_body_lives_until_its_last_object_is_gone),
        TEST(a_sweep_takes_only_what_no_row_refers_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
