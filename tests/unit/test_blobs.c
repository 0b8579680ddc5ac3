#include <fcntl.h>
#include <sys/stat.h>

#include "tests/lib/mem_fault.h"
#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)100 * 1000)

static struct body_writer *write_body(struct s3_fixture *f, struct slice bytes, size_t piece,
                                      struct body *body)
{
    struct body_writer *writer = NULL;
    assert_ok(body_writer_create(f->blobs, &writer));
    assert_ok(body_writer_want(writer, BODY_SHA256 | BODY_SHA1 | BODY_CRC32 | BODY_CRC32C));
    for (struct slice rest = bytes; rest.len > 0; rest = slice_from(rest, piece))
        assert_ok(body_writer_append(writer, slice_first(rest, piece)));
    assert_ok(body_writer_finish(writer, body));
    return writer;
}

static size_t files_in(struct s3_fixture *f, const char *folder)
{
    char command[192];
    char line[32] = "";
    (void)snprintf(command, sizeof(command), "find %s/%s -type f | wc -l", f->folder, folder);
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c) */
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof(line), pipe));
    (void)pclose(pipe);
    uint64_t count = 99;
    assert_ok(slice_to_u64(slice_first(slice_of(line), strcspn(line, "\n")), &count));
    return (size_t)count;
}

static void a_small_body_stays_in_memory(void **state)
{
    struct s3_fixture *f = *state;
    struct body body;
    struct slice bytes = s3_fixture_bytes(f, BLOB_INLINE_MAX_BYTES, 1);
    struct body_writer *writer = write_body(f, bytes, 1000, &body);
    assert_true(body.is_inline);
    assert_slices_equal(body.inline_bytes, bytes);
    body_writer_destroy(writer);
    assert_int_equal(files_in(f, "blobs"), 1); /* the epoch */
}

static void a_large_body_is_a_file_of_the_same_bytes_however_it_came(void **state)
{
    struct s3_fixture *f = *state;
    const size_t pieces[] = {1000, 16384, 16385, LARGE_BYTES};
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 2);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct body body;
        int file = -1;
        struct body_writer *writer = write_body(f, bytes, pieces[i], &body);
        body_writer_keep(writer);
        body_writer_destroy(writer);
        assert_false(body.is_inline);
        assert_int_equal(body.size, LARGE_BYTES);
        assert_ok(blob_open(f->blobs, body.blob_id, &file));
        assert_slices_equal(s3_fixture_read(f, file), bytes);
    }
    assert_int_equal(s3_fixture_blobs(f), 4);
    assert_int_equal(files_in(f, "blobs/tmp"), 0);
}

static void digests_are_those_of_the_bytes(void **state)
{
    struct s3_fixture *f = *state;
    struct body body;
    uint8_t md5[MD5_BYTES];
    uint8_t sha256[SHA256_BYTES];
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 3);
    struct body_writer *writer = write_body(f, bytes, 777, &body);
    hash_md5(bytes, md5);
    hash_sha256(bytes, sha256);
    assert_memory_equal(body.md5, md5, sizeof(md5));
    assert_memory_equal(body.sha256, sha256, sizeof(sha256));
    assert_int_equal(body.crc32, hash_crc32(0, bytes));
    assert_int_equal(body.crc32c, hash_crc32c(0, bytes));
    assert_true(body.crc64nvme == hash_crc64nvme(0, bytes));
    body_writer_destroy(writer);
}

static void a_body_nobody_kept_leaves_no_file(void **state)
{
    struct s3_fixture *f = *state;
    struct body body;
    struct body_writer *unfinished = NULL;
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 4);
    body_writer_destroy(write_body(f, bytes, 5000, &body));
    assert_ok(body_writer_create(f->blobs, &unfinished));
    assert_ok(body_writer_append(unfinished, bytes));
    body_writer_destroy(unfinished);
    assert_int_equal(files_in(f, "blobs"), 1);
}

static void an_id_never_comes_twice_not_even_after_a_restart(void **state)
{
    struct s3_fixture *f = *state;
    char first[BLOB_ID_CHARS + 1];
    struct body body;
    struct slice bytes = s3_fixture_bytes(f, LARGE_BYTES, 5);
    body_writer_destroy(write_body(f, bytes, 5000, &body));
    memcpy(first, body.blob_id, sizeof(first));
    blob_store_close(f->blobs);
    assert_ok(blob_store_open(s3_fixture_path(f, "blobs"), true, &f->blobs));
    body_writer_destroy(write_body(f, bytes, 5000, &body));
    assert_string_not_equal(first, body.blob_id);
}

static void what_was_being_written_is_gone_at_the_next_start(void **state)
{
    struct s3_fixture *f = *state;
    int file = open(s3_fixture_path(f, "blobs/tmp/00000000000000010000000000000009"),
                    O_CREAT | O_WRONLY, 0644);
    assert_true(file >= 0);
    (void)close(file);
    blob_store_close(f->blobs);
    assert_ok(blob_store_open(s3_fixture_path(f, "blobs"), false, &f->blobs));
    assert_int_equal(files_in(f, "blobs/tmp"), 0);
}

static void what_is_no_id_is_no_path(void **state)
{
    struct s3_fixture *f = *state;
    int file = -1;
    assert_status(blob_open(f->blobs, "../../../../../../etc/passwd0000", &file), STATUS_INVALID);
    assert_status(blob_open(f->blobs, "", &file), STATUS_INVALID);
    assert_status(blob_open(f->blobs, "00000000000000010000000000000001", &file), STATUS_NOT_FOUND);
    assert_int_equal(file, -1);
}

static void a_damaged_epoch_is_noticed(void **state)
{
    struct s3_fixture *f = *state;
    int file = open(s3_fixture_path(f, "blobs/epoch"), O_WRONLY | O_TRUNC);
    assert_int_equal(write(file, "nonsense", 8), 8);
    (void)close(file);
    struct blob_store *store = NULL;
    assert_status(blob_store_open(s3_fixture_path(f, "blobs"), false, &store), STATUS_CORRUPT);
    assert_null(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_small_body_stays_in_memory),
        TEST(a_large_body_is_a_file_of_the_same_bytes_however_it_came),
        TEST(digests_are_those_of_the_bytes),
        TEST(a_body_nobody_kept_leaves_no_file),
        TEST(an_id_never_comes_twice_not_even_after_a_restart),
        TEST(what_was_being_written_is_gone_at_the_next_start),
        TEST(what_is_no_id_is_no_path),
        TEST(a_damaged_epoch_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
