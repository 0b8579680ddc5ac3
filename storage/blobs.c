#include "storage/blobs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "storage/file_bytes.h"

#define TMP_FOLDER "tmp"
#define EPOCH_FILE "epoch"
#define PATH_CHARS (3 + BLOB_ID_CHARS) /* hh/id, tmp/ is no longer */

struct blob_store {
    int folder;
    int tmp;
    bool sync;
    uint64_t epoch; /* how often the store was opened */
    atomic_uint_fast64_t last_number;
    size_t holds;
};

/* Read the count of openings, add one, write it back before anything uses it. */
static enum status next_epoch(struct blob_store *store)
{
    char text[32] = "";
    int file = openat(store->folder, EPOCH_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return status_from_errno(errno);
    ssize_t got = pread(file, text, sizeof(text) - 1, 0);
    uint64_t epoch = 0;
    enum status status = got < 0 ? status_from_errno(errno) : STATUS_OK;
    if (got > 0)
        status = slice_to_u64(slice_trim(slice_make(text, (size_t)got)), &epoch);
    store->epoch = epoch + 1;
    int len = snprintf(text, sizeof(text), "%020llu", (unsigned long long)store->epoch);
    if (status == STATUS_OK && pwrite(file, text, (size_t)len, 0) != len)
        status = errno == 0 ? STATUS_DISK_FULL : status_from_errno(errno);
    (void)close(file);
    return status == STATUS_INVALID ? STATUS_CORRUPT : status;
}

static enum status open_folder(int parent, const char *name, int *ret_folder)
{
    if (mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return status_from_errno(errno);
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return status_from_errno(errno);
    *ret_folder = folder;
    return STATUS_OK;
}

/* Call fn for every entry but "." and "..". */
static enum status each_entry(int folder, void (*fn)(void *arg, int folder, const char *name),
                              void *arg)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    if (dir == NULL) {
        enum status status = status_from_errno(errno);
        if (copy >= 0)
            (void)close(copy);
        return status;
    }
    /* readdir() is safe on a stream of one's own. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            fn(arg, folder, entry->d_name);
    }
    (void)closedir(dir);
    return STATUS_OK;
}

static void remove_entry(void *arg, int folder, const char *name)
{
    (void)arg;
    (void)unlinkat(folder, name, 0);
}

enum status blob_store_open(const char *folder, bool sync, struct blob_store **ret_store)
{
    struct blob_store *store = mem_zalloc(sizeof(*store));
    if (store == NULL)
        return STATUS_NO_MEMORY;
    store->folder = -1;
    store->tmp = -1;
    store->sync = sync;
    enum status status = open_folder(AT_FDCWD, folder, &store->folder);
    if (status == STATUS_OK)
        status = open_folder(store->folder, TMP_FOLDER, &store->tmp);
    if (status == STATUS_OK)
        status = each_entry(store->tmp, remove_entry, NULL);
    if (status == STATUS_OK)
        status = next_epoch(store);
    if (status != STATUS_OK) {
        blob_store_close(store);
        return status;
    }
    *ret_store = store;
    return STATUS_OK;
}

void blob_store_close(struct blob_store *store)
{
    if (store == NULL)
        return;
    if (store->tmp >= 0)
        (void)close(store->tmp);
    if (store->folder >= 0)
        (void)close(store->folder);
    mem_free(store);
}

static void make_id(struct blob_store *store, char id[BLOB_ID_CHARS + 1])
{
    unsigned long long number = atomic_fetch_add(&store->last_number, 1) + 1;
    (void)snprintf(id, BLOB_ID_CHARS + 1, "%016llx%016llx", (unsigned long long)store->epoch,
                   number);
}

/* An id comes from our own rows, but what is no id must never become a path. */
static bool is_id(const char *id)
{
    return strlen(id) == BLOB_ID_CHARS && strspn(id, "0123456789abcdef") == BLOB_ID_CHARS;
}

static void make_path(const char *id, char path[PATH_CHARS + 1])
{
    (void)snprintf(path, PATH_CHARS + 1, "%.2s/%.*s", id + BLOB_ID_CHARS - 2, BLOB_ID_CHARS, id);
}

enum status blob_open(struct blob_store *store, const char *blob_id, int *ret_file)
{
    char path[PATH_CHARS + 1];
    if (!is_id(blob_id))
        return STATUS_INVALID;
    make_path(blob_id, path);
    int file = openat(store->folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return status_from_errno(errno);
    *ret_file = file;
    return STATUS_OK;
}

enum status blob_link(struct blob_store *store, const char *blob_id, int folder, const char *name)
{
    char path[PATH_CHARS + 1];
    if (!is_id(blob_id))
        return STATUS_INVALID;
    make_path(blob_id, path);
    if (linkat(store->folder, path, folder, name, 0) != 0)
        return status_from_errno(errno);
    return STATUS_OK;
}

void blob_unlink(struct blob_store *store, const char *blob_id)
{
    char path[PATH_CHARS + 1];
    if (!is_id(blob_id))
        return;
    make_path(blob_id, path);
    (void)unlinkat(store->folder, path, 0);
}

void blob_store_hold(struct blob_store *store)
{
    store->holds++;
}

void blob_store_release(struct blob_store *store)
{
    assert(store->holds > 0);
    store->holds--;
}

bool blob_store_is_held(const struct blob_store *store)
{
    return store->holds > 0;
}

struct each_blob {
    void (*fn)(void *arg, const char *blob_id);
    void *arg;
    enum status status;
};

static void visit_blob(void *arg, int folder, const char *name)
{
    struct each_blob *each = arg;
    (void)folder;
    if (is_id(name))
        each->fn(each->arg, name);
}

static void visit_folder(void *arg, int parent, const char *name)
{
    struct each_blob *each = arg;
    if (strlen(name) != 2 || each->status != STATUS_OK)
        return;
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    each->status = each_entry(folder, visit_blob, each);
    (void)close(folder);
}

enum status blob_store_each(struct blob_store *store, void (*fn)(void *arg, const char *blob_id),
                            void *arg)
{
    struct each_blob each = {.fn = fn, .arg = arg};
    enum status status = each_entry(store->folder, visit_folder, &each);
    return status != STATUS_OK ? status : each.status;
}

/*
 * The writer. Bytes wait in `buffer` until they do not fit any more; the first overflow makes the
 * file. A body that never overflows is inline.
 *
 *     INLINE --buffer full--> FILE in tmp/ --finish--> FILE in <hh>/ --keep--> a row's
 */
struct body_writer {
    struct blob_store *store; /* borrowed */
    enum status status;       /* sticky */
    unsigned wanted;
    struct hash *md5;
    struct hash *sha256; /* NULL unless wanted */
    struct hash *sha1;
    uint32_t crc32;
    uint32_t crc32c;
    uint64_t crc64nvme;
    uint64_t size;
    int file; /* -1: none, or finished */
    bool is_inline;
    bool in_tmp;
    bool kept;
    char id[BLOB_ID_CHARS + 1];
    size_t buffered;
    char buffer[BLOB_INLINE_MAX_BYTES];
};

enum status body_writer_create(struct blob_store *store, struct body_writer **ret_writer)
{
    struct body_writer *writer = mem_alloc(sizeof(*writer));
    if (writer == NULL)
        return STATUS_NO_MEMORY;
    memset(writer, 0, offsetof(struct body_writer, buffer));
    writer->store = store;
    writer->file = -1;
    writer->is_inline = true;
    enum status status = hash_create(HASH_MD5, &writer->md5);
    if (status != STATUS_OK) {
        mem_free(writer);
        return status;
    }
    *ret_writer = writer;
    return STATUS_OK;
}

enum status body_writer_want(struct body_writer *writer, unsigned digests)
{
    enum status status = STATUS_OK;
    if ((digests & BODY_SHA256) != 0 && writer->sha256 == NULL)
        status = hash_create(HASH_SHA256, &writer->sha256);
    if (status == STATUS_OK && (digests & BODY_SHA1) != 0 && writer->sha1 == NULL)
        status = hash_create(HASH_SHA1, &writer->sha1);
    if (status == STATUS_OK)
        writer->wanted |= digests;
    return status;
}

static void add_to_digests(struct body_writer *writer, struct slice bytes)
{
    hash_update(writer->md5, bytes);
    if (writer->sha256 != NULL)
        hash_update(writer->sha256, bytes);
    if (writer->sha1 != NULL)
        hash_update(writer->sha1, bytes);
    if ((writer->wanted & BODY_CRC32) != 0)
        writer->crc32 = hash_crc32(writer->crc32, bytes);
    if ((writer->wanted & BODY_CRC32C) != 0)
        writer->crc32c = hash_crc32c(writer->crc32c, bytes);
    writer->crc64nvme = hash_crc64nvme(writer->crc64nvme, bytes);
}

static enum status open_file(struct body_writer *writer)
{
    make_id(writer->store, writer->id);
    writer->file =
        openat(writer->store->tmp, writer->id, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (writer->file < 0)
        return status_from_errno(errno);
    writer->is_inline = false;
    writer->in_tmp = true;
    return STATUS_OK;
}

static enum status flush(struct body_writer *writer)
{
    struct slice bytes = slice_make(writer->buffer, writer->buffered);
    writer->buffered = 0;
    return file_bytes_write(writer->file, bytes);
}

static enum status add_to_file(struct body_writer *writer, struct slice bytes)
{
    enum status status = STATUS_OK;
    if (writer->is_inline)
        status = open_file(writer);
    if (status == STATUS_OK)
        status = flush(writer);
    if (status == STATUS_OK && bytes.len > sizeof(writer->buffer))
        return file_bytes_write(writer->file, bytes);
    if (status == STATUS_OK && bytes.len > 0) {
        memcpy(writer->buffer, bytes.ptr, bytes.len);
        writer->buffered = bytes.len;
    }
    return status;
}

enum status body_writer_append(struct body_writer *writer, struct slice bytes)
{
    if (writer->status != STATUS_OK || bytes.len == 0)
        return writer->status;
    add_to_digests(writer, bytes);
    writer->size += bytes.len;
    if (bytes.len <= sizeof(writer->buffer) - writer->buffered) {
        memcpy(writer->buffer + writer->buffered, bytes.ptr, bytes.len);
        writer->buffered += bytes.len;
    } else {
        writer->status = add_to_file(writer, bytes);
    }
    return writer->status;
}

uint64_t body_writer_size(const struct body_writer *writer)
{
    return writer->size;
}

static enum status sync_folder(struct blob_store *store, const char *path)
{
    char name[3] = {path[0], path[1], '\0'};
    int folder = openat(store->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return status_from_errno(errno);
    enum status status = STATUS_OK;
    if (fsync(folder) != 0 || fsync(store->folder) != 0)
        status = status_from_errno(errno);
    (void)close(folder);
    return status;
}

static enum status move_to_final_name(struct body_writer *writer)
{
    struct blob_store *store = writer->store;
    char path[PATH_CHARS + 1];
    make_path(writer->id, path);
    char folder[3] = {path[0], path[1], '\0'};
    int result = renameat2(store->tmp, writer->id, store->folder, path, RENAME_NOREPLACE);
    if (result != 0 && errno == ENOENT) {
        if (mkdirat(store->folder, folder, 0755) != 0 && errno != EEXIST)
            return status_from_errno(errno);
        result = renameat2(store->tmp, writer->id, store->folder, path, RENAME_NOREPLACE);
    }
    if (result != 0)
        return status_from_errno(errno);
    writer->in_tmp = false;
    return store->sync ? sync_folder(store, path) : STATUS_OK;
}

static enum status finish_file(struct body_writer *writer)
{
    enum status status = flush(writer);
    if (status == STATUS_OK && fchmod(writer->file, 0444) != 0)
        status = status_from_errno(errno);
    if (status == STATUS_OK && writer->store->sync && fdatasync(writer->file) != 0)
        status = status_from_errno(errno);
    if (close(writer->file) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    writer->file = -1;
    return status == STATUS_OK ? move_to_final_name(writer) : status;
}

enum status body_writer_finish(struct body_writer *writer, struct body *ret_body)
{
    if (writer->status == STATUS_OK && !writer->is_inline)
        writer->status = finish_file(writer);
    if (writer->status != STATUS_OK)
        return writer->status;
    struct body body = {.size = writer->size,
                        .crc64nvme = writer->crc64nvme,
                        .crc32 = writer->crc32,
                        .crc32c = writer->crc32c,
                        .is_inline = writer->is_inline};
    hash_finish(writer->md5, body.md5);
    if (writer->sha256 != NULL)
        hash_finish(writer->sha256, body.sha256);
    if (writer->sha1 != NULL)
        hash_finish(writer->sha1, body.sha1);
    if (writer->is_inline)
        body.inline_bytes = slice_make(writer->buffer, writer->buffered);
    memcpy(body.blob_id, writer->id, sizeof(body.blob_id));
    *ret_body = body;
    return STATUS_OK;
}

void body_writer_keep(struct body_writer *writer)
{
    writer->kept = true;
}

void body_writer_destroy(struct body_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->file >= 0)
        (void)close(writer->file);
    if (!writer->is_inline && writer->in_tmp)
        (void)unlinkat(writer->store->tmp, writer->id, 0);
    else if (!writer->is_inline && !writer->kept)
        blob_unlink(writer->store, writer->id);
    hash_destroy(writer->md5);
    hash_destroy(writer->sha256);
    hash_destroy(writer->sha1);
    mem_free(writer);
}
