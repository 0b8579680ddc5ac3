#include "storage/tree_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "storage/file_bytes.h"
#include "storage/folder.h"
#include "storage/object_store.h"
#include "storage/query.h"
#include "storage/tree_files.h"

#define CHANGE_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define PATH_BYTES 4352
#define BUCKET_NAME_BYTES 64

/* ---- bytes ---- */

struct object_source {
    struct tree_source source;
    struct blob_store *blobs;
    struct slice bytes; /* of a small body */
    const struct extent *extents;
    size_t count; /* 0: a small body */
};

static enum status copy_range(int from, int to, uint64_t start, uint64_t length)
{
    off_t at = (off_t)start;
    while (length > 0) {
        ssize_t got = copy_file_range(from, &at, to, NULL, (size_t)length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? status_from_errno(errno) : STATUS_CORRUPT;
        length -= (uint64_t)got;
    }
    return STATUS_OK;
}

static enum status copy_extent(struct blob_store *blobs, const struct extent *extent, int to)
{
    if (extent->blob_id[0] == '\0')
        return file_bytes_write(to, extent->bytes);
    int from = -1;
    enum status status = blob_open(blobs, extent->blob_id, &from);
    if (status != STATUS_OK)
        return status;
    status = copy_range(from, to, extent->start, extent->length);
    (void)close(from);
    return status;
}

/* All extents lie in one blob, which is nothing else: it can be linked. */
static bool is_one_blob(const struct object_source *s)
{
    uint64_t end = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct extent *extent = &s->extents[i];
        if (extent->blob_id[0] == '\0' || extent->start != end ||
            !slice_equal(slice_of(extent->blob_id), slice_of(s->extents[0].blob_id)))
            return false;
        end += extent->length;
    }
    return s->count > 0;
}

static enum status make_file(struct tree_source *source, int folder, const char *name)
{
    struct object_source *s = (struct object_source *)(void *)source;
    if (is_one_blob(s))
        return blob_link(s->blobs, s->extents[0].blob_id, folder, name);
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0)
        return status_from_errno(errno);
    enum status status = file_bytes_write(file, s->bytes);
    for (size_t i = 0; i < s->count && status == STATUS_OK; i++)
        status = copy_extent(s->blobs, &s->extents[i], file);
    if (close(file) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    return status;
}

/* ---- one key ---- */

static enum status find_body(struct db *reader, const struct tree_change *change,
                             struct arena *arena, struct object_source *s, int64_t *ret_body_id)
{
    static const char select[] = "SELECT o.body, o.bytes FROM bucket b JOIN object o"
                                 " ON o.bucket = b.id WHERE b.name = ? AND o.key = ?";
    struct query q;
    query_begin(&q, reader, select);
    query_bind_text(&q, change->bucket);
    query_bind_blob(&q, change->key);
    bool found = query_step(&q);
    if (found) {
        *ret_body_id = query_integer(&q, 0);
        if (*ret_body_id == 0)
            s->bytes = query_copy(&q, 1, arena);
    }
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

/* STATUS_NOT_FOUND: no such object (any more). */
static enum status find_source(const struct tree_target *target, const struct tree_change *change,
                               struct arena *arena, struct object_source *s)
{
    int64_t body_id = 0;
    struct extent *extents = NULL;
    enum status status = find_body(target->reader, change, arena, s, &body_id);
    if (status != STATUS_OK || body_id == 0)
        return status;
    status = object_store_extents(target->reader, body_id, arena, &extents, &s->count);
    s->extents = extents;
    return status;
}

/* -1 with errno. */
static int open_bucket(const struct tree_target *target, struct slice bucket, bool make)
{
    char name[BUCKET_NAME_BYTES + 1];
    (void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(bucket));
    if (make && mkdirat(target->root, name, 0755) != 0 && errno != EEXIST)
        return -1;
    return openat(target->root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static enum status apply_key(const struct tree_target *target, const struct tree_change *change,
                             struct arena *arena)
{
    struct tree_path path;
    struct object_source s = {.source.make = make_file, .blobs = target->blobs};
    enum status status = tree_names_make(change->key, arena, &path);
    if (status != STATUS_OK)
        return status;
    status = find_source(target, change, arena, &s);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    bool exists = status == STATUS_OK;
    int bucket = open_bucket(target, change->bucket, exists);
    if (bucket < 0)
        return !exists && errno == ENOENT ? STATUS_OK : status_from_errno(errno);
    status = exists ? tree_files_put(bucket, &path, &s.source) : tree_files_remove(bucket, &path);
    (void)close(bucket);
    /* A blob that has gone since: a newer change of this key waits. */
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status remove_bucket(const struct tree_target *target, struct slice bucket)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%.*s", target->folder, SLICE_ARG(bucket));
    return folder_remove(path);
}

static enum status make_bucket(const struct tree_target *target, struct slice bucket)
{
    int folder = open_bucket(target, bucket, true);
    if (folder < 0)
        return status_from_errno(errno);
    (void)close(folder);
    return STATUS_OK;
}

enum status tree_apply(const struct tree_target *target, const struct tree_change *change)
{
    if (change->key.len == 0)
        return remove_bucket(target, change->bucket);
    if (change->key.ptr[0] == '\0')
        return make_bucket(target, change->bucket);
    struct arena arena;
    arena_init(&arena, CHANGE_MAX_BYTES);
    enum status status = apply_key(target, change, &arena);
    arena_clear(&arena);
    return status;
}
