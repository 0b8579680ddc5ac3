#include "storage/upload_store.h"
#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)20 * 1000)

static void create(struct s3_fixture *f, const char *id)
{
    const struct upload upload = {.id = slice_of(id),
                                  .bucket_id = f->bucket_id,
                                  .key = SLICE("k"),
                                  .initiated_ms = 9,
                                  .checksum_algorithm = CHECKSUM_SHA1,
                                  .is_composite = true,
                                  .content_type = SLICE("t/p"),
                                  .metadata = SLICE("{}")};
    assert_ok(upload_store_create(f->db, &upload));
}

static enum status put_part(struct s3_fixture *f, const char *id, uint32_t number,
                            struct slice bytes)
{
    struct body_writer *writer = NULL;
    struct body body;
    assert_ok(body_writer_create(f->blobs, &writer));
    assert_ok(body_writer_append(writer, bytes));
    assert_ok(body_writer_finish(writer, &body));
    struct upload_part part = {.number = number,
                               .size = body.size,
                               .crc64nvme = body.crc64nvme,
                               .checksum = {CHECKSUM_SHA1, SLICE("abc=")}};
    memcpy(part.md5, body.md5, MD5_BYTES);
    enum status status = upload_store_put_part(f->db, slice_of(id), &part, &body);
    if (status == STATUS_OK)
        body_writer_keep(writer);
    body_writer_destroy(writer);
    return status;
}

static struct upload_part_list list_parts(struct s3_fixture *f, const char *id, uint32_t after,
                                          size_t max)
{
    struct upload_part_list list = {.upload_id = slice_of(id), .after = after, .max = max};
    assert_ok(upload_store_list_parts(f->db, &f->arena, &list));
    return list;
}

static void an_upload_is_found_as_it_was_made(void **state)
{
    struct s3_fixture *f = *state;
    struct upload found;
    create(f, "u1");
    assert_ok(upload_store_find(f->db, SLICE("u1"), &f->arena, &found));
    assert_slice(found.key, "k");
    assert_int_equal(found.initiated_ms, 9);
    assert_int_equal(found.checksum_algorithm, CHECKSUM_SHA1);
    assert_true(found.is_composite);
    assert_slice(found.content_type, "t/p");
    assert_slice(found.metadata, "{}");
    assert_status(upload_store_find(f->db, SLICE("u2"), &f->arena, &found), STATUS_NOT_FOUND);
}

static void parts_are_listed_by_number_and_the_last_one_wins(void **state)
{
    struct s3_fixture *f = *state;
    uint8_t md5[MD5_BYTES];
    create(f, "u1");
    assert_ok(put_part(f, "u1", 3, SLICE("three")));
    assert_ok(put_part(f, "u1", 1, SLICE("one")));
    assert_ok(put_part(f, "u1", 1, SLICE("again")));
    assert_status(put_part(f, "u2", 1, SLICE("no upload")), STATUS_NOT_FOUND);
    struct upload_part_list list = list_parts(f, "u1", 0, 9);
    hash_md5(SLICE("again"), md5);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.parts[0].number, 1);
    assert_memory_equal(list.parts[0].md5, md5, MD5_BYTES);
    assert_true(list.parts[0].crc64nvme == hash_crc64nvme(0, SLICE("again")));
    assert_slice(list.parts[0].checksum.value, "abc=");
    assert_int_equal(list.parts[1].number, 3);
    assert_true(list_parts(f, "u1", 0, 1).is_truncated);
    assert_int_equal(list_parts(f, "u1", 1, 9).parts[0].number, 3);
}

static void parts_become_the_extents_of_one_body(void **state)
{
    struct s3_fixture *f = *state;
    struct slice large = s3_fixture_bytes(f, LARGE_BYTES, 1);
    create(f, "u1");
    assert_ok(put_part(f, "u1", 2, large));
    assert_ok(put_part(f, "u1", 5, SLICE("tail")));
    assert_ok(put_part(f, "u1", 7, SLICE("not taken")));
    struct upload_part_list list = list_parts(f, "u1", 0, 9);
    int64_t body_id = 0;
    assert_ok(upload_store_compose(f->db, SLICE("u1"), list.parts, 2, &body_id));
    const struct object_put put = {
        .bucket = SLICE("photos"), .key = SLICE("k"), .etag = SLICE("e-2")};
    assert_ok(object_store_put_composed(f->db, &put, LARGE_BYTES + 4, body_id));
    assert_ok(upload_store_delete(f->db, SLICE("u1")));
    s3_fixture_commit(f);

    struct extent *extents = NULL;
    size_t count = 0;
    int file = -1;
    assert_ok(object_store_extents(f->db, body_id, &f->arena, &extents, &count));
    assert_int_equal(count, 2);
    assert_ok(blob_open(f->blobs, extents[0].blob_id, &file));
    assert_slices_equal(s3_fixture_read(f, file), large);
    assert_slice(extents[1].bytes, "tail");
    struct garbage garbage;
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_int_equal(garbage.count, 0); /* the part's blob has an extent now */
    assert_true(garbage.has_more);
    assert_ok(object_store_garbage_gone(f->db, &garbage));
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_false(garbage.has_more);
}

static void a_merged_body_keeps_its_parts(void **state)
{
    struct s3_fixture *f = *state;
    struct slice large = s3_fixture_bytes(f, LARGE_BYTES, 1);
    uint8_t md5[MD5_BYTES];
    create(f, "u1");
    assert_ok(put_part(f, "u1", 1, large));
    assert_ok(put_part(f, "u1", 2, SLICE("tail")));
    struct upload_part_list list = list_parts(f, "u1", 0, 9);
    int64_t body_id = 0;
    assert_ok(upload_store_compose(f->db, SLICE("u1"), list.parts, 2, &body_id));
    assert_status(object_store_body_md5(f->db, body_id, md5), STATUS_NOT_FOUND);

    const struct body merged = {
        .size = LARGE_BYTES + 4, .md5 = {1, 2, 3}, .blob_id = "00000000000000010000000000000077"};
    assert_ok(object_store_merged(f->db, body_id, &merged));

    struct extent *extents = NULL;
    size_t count = 0;
    assert_ok(object_store_extents(f->db, body_id, &f->arena, &extents, &count));
    assert_int_equal(count, 2);
    assert_string_equal(extents[0].blob_id, merged.blob_id);
    assert_string_equal(extents[1].blob_id, merged.blob_id);
    assert_int_equal(extents[0].start, 0);
    assert_int_equal(extents[1].start, LARGE_BYTES);
    assert_int_equal(extents[1].length, 4);
    assert_ok(object_store_body_md5(f->db, body_id, md5));
    assert_int_equal(md5[2], 3);
    assert_status(object_store_merged(f->db, body_id + 1, &merged), STATUS_NOT_FOUND);
}

static void a_merged_object_can_be_overwritten(void **state)
{
    struct s3_fixture *f = *state;
    create(f, "u1");
    assert_ok(put_part(f, "u1", 1, s3_fixture_bytes(f, LARGE_BYTES, 1)));
    assert_ok(put_part(f, "u1", 2, SLICE("tail")));
    struct upload_part_list list = list_parts(f, "u1", 0, 9);
    const struct object_put put = {
        .bucket = SLICE("photos"), .key = SLICE("k"), .etag = SLICE("e-2")};
    const struct body merged = {.size = LARGE_BYTES + 4,
                                .blob_id = "00000000000000010000000000000077"};
    int64_t body_id = 0;
    assert_ok(upload_store_compose(f->db, SLICE("u1"), list.parts, 2, &body_id));
    assert_ok(object_store_put_composed(f->db, &put, LARGE_BYTES + 4, body_id));
    assert_ok(object_store_merged(f->db, body_id, &merged));
    assert_ok(upload_store_delete(f->db, SLICE("u1")));
    s3_fixture_put(f, "k", SLICE("small"));
    s3_fixture_commit(f);
    struct garbage garbage;
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_int_equal(garbage.count, 2);
    assert_string_equal(garbage.blob_ids[1], merged.blob_id);
}

static void an_aborted_upload_gives_its_files_back(void **state)
{
    struct s3_fixture *f = *state;
    struct garbage garbage;
    create(f, "u1");
    assert_ok(put_part(f, "u1", 1, s3_fixture_bytes(f, LARGE_BYTES, 1)));
    assert_ok(put_part(f, "u1", 1, s3_fixture_bytes(f, LARGE_BYTES, 2)));
    assert_ok(upload_store_delete(f->db, SLICE("u1")));
    assert_status(upload_store_delete(f->db, SLICE("u1")), STATUS_NOT_FOUND);
    s3_fixture_commit(f);
    assert_ok(object_store_garbage(f->db, &garbage));
    assert_int_equal(garbage.count, 2);
    assert_int_equal(list_parts(f, "u1", 0, 9).count, 0);
}

static void a_result_is_kept_for_a_while(void **state)
{
    struct s3_fixture *f = *state;
    struct upload_result found;
    struct upload_result result = {.bucket_id = f->bucket_id,
                                   .key = SLICE("k"),
                                   .at_ms = 100,
                                   .etag = SLICE("e-1"),
                                   .checksum = {CHECKSUM_CRC32, SLICE("c==")}};
    assert_ok(upload_store_put_result(f->db, SLICE("u1"), &result, 0));
    assert_ok(upload_store_result(f->db, SLICE("u1"), &f->arena, &found));
    assert_slice(found.etag, "e-1");
    assert_slice(found.checksum.value, "c==");
    result.at_ms = 500;
    assert_ok(upload_store_put_result(f->db, SLICE("u2"), &result, 101));
    assert_status(upload_store_result(f->db, SLICE("u1"), &f->arena, &found), STATUS_NOT_FOUND);
    assert_ok(upload_store_result(f->db, SLICE("u2"), &f->arena, &found));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_upload_is_found_as_it_was_made),
        TEST(parts_are_listed_by_number_and_the_last_one_wins),
        TEST(parts_become_the_extents_of_one_body),
        TEST(a_merged_body_keeps_its_parts),
        TEST(a_merged_object_can_be_overwritten),
        TEST(an_aborted_upload_gives_its_files_back),
        TEST(a_result_is_kept_for_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
