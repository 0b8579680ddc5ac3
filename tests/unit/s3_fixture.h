/*
 * s3_fixture.h -- a database and a blob store in a temporary folder, with one bucket.
 */
#ifndef TESTS_UNIT_S3_FIXTURE_H
#define TESTS_UNIT_S3_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "storage/bucket_store.h"
#include "storage/db.h"
#include "storage/object_store.h"
#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

struct s3_fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct db *db;
    struct blob_store *blobs;
    struct arena arena;
    int64_t bucket_id;
};

static inline const char *s3_fixture_path(struct s3_fixture *f, const char *name)
{
    return arena_printf(&f->arena, "%s/%s", f->folder, name);
}

/* One unit and its COMMIT. */
static inline void s3_fixture_commit(struct s3_fixture *f)
{
    assert_ok(db_unit_end(f->db, true));
    assert_ok(db_commit(f->db));
    db_unit_begin(f->db);
}

static inline int s3_fixture_set_up(void **state)
{
    struct s3_fixture *f = calloc(1, sizeof(*f));
    arena_init(&f->arena, (size_t)64 * 1024 * 1024);
    if (temporary_folder_make(f->folder) != 0 ||
        db_open(s3_fixture_path(f, "hydrant.db"), DB_DURABILITY_NONE, &f->db) != STATUS_OK ||
        blob_store_open(s3_fixture_path(f, "blobs"), false, &f->blobs) != STATUS_OK)
        return -1;
    const struct bucket bucket = {.name = SLICE("photos"),
                                  .account = SLICE("000000000000"),
                                  .region = SLICE("us-east-1"),
                                  .created_ms = 1000};
    struct bucket found;
    db_unit_begin(f->db);
    if (bucket_store_create(f->db, &bucket) != STATUS_OK ||
        bucket_store_find(f->db, bucket.name, &f->arena, &found) != STATUS_OK)
        return -1;
    f->bucket_id = found.id;
    *state = f;
    return 0;
}

static inline int s3_fixture_tear_down(void **state)
{
    struct s3_fixture *f = *state;
    enum status status = db_unit_end(f->db, false);
    db_close(f->db);
    blob_store_close(f->blobs);
    int result = temporary_folder_remove(f->folder);
    arena_clear(&f->arena);
    free(f);
    return status != STATUS_OK ? -1 : result;
}

/* `size` bytes that differ from each other and from those of another seed. */
static inline struct slice s3_fixture_bytes(struct s3_fixture *f, size_t size, unsigned seed)
{
    char *bytes = arena_alloc(&f->arena, size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)((i * 31 + i / 251 + seed * 7) & 0xFF);
    return slice_make(bytes, size);
}

static inline enum status s3_fixture_try_put(struct s3_fixture *f, const char *bucket,
                                             const char *key, struct slice bytes)
{
    struct body_writer *writer = NULL;
    struct body body;
    const struct object_put put = {
        .bucket = slice_of(bucket), .key = slice_of(key), .modified_ms = 5000};
    assert_ok(body_writer_create(f->blobs, &writer));
    assert_ok(body_writer_append(writer, bytes));
    assert_ok(body_writer_finish(writer, &body));
    enum status status = object_store_put(f->db, f->blobs, &put, &body);
    if (status == STATUS_OK)
        body_writer_keep(writer);
    body_writer_destroy(writer);
    return status;
}

static inline void s3_fixture_put(struct s3_fixture *f, const char *key, struct slice bytes)
{
    assert_ok(s3_fixture_try_put(f, "photos", key, bytes));
}

/* The bytes of a blob or any file. */
static inline struct slice s3_fixture_read(struct s3_fixture *f, int file)
{
    struct stat info;
    assert_int_equal(fstat(file, &info), 0);
    char *bytes = arena_alloc(&f->arena, (size_t)info.st_size + 1);
    assert_non_null(bytes);
    ssize_t got = pread(file, bytes, (size_t)info.st_size, 0);
    assert_int_equal(got, info.st_size);
    (void)close(file);
    return slice_make(bytes, (size_t)got);
}

static inline void s3_fixture_count(void *arg, const char *blob_id)
{
    (void)blob_id;
    (*(size_t *)arg)++;
}

static inline size_t s3_fixture_blobs(struct s3_fixture *f)
{
    size_t count = 0;
    assert_ok(blob_store_each(f->blobs, s3_fixture_count, &count));
    return count;
}

#endif
