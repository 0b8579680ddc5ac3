/*
 * blobs.h -- object bodies: immutable, never overwritten, ids never reused.
 *
 *     DIR/<sandbox>/blobs/tmp/        bodies being written; emptied at start
 *     DIR/<sandbox>/blobs/<hh>/<id>   finished bodies above BLOB_INLINE_MAX_BYTES
 *
 * Smaller bodies are kept in the row that refers to them. A body counts only once a row
 * refers to it, and that row's COMMIT is the only commit point: what a crash leaves over is
 * swept at start (object_store_sweep() knows the rows).
 *
 * An id is the number of the store's opening and a count within it, so none comes twice: <hh> are
 * its last two digits. A store may be used from any thread; a writer by one at a time.
 */
#ifndef STORAGE_BLOBS_H
#define STORAGE_BLOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/hash.h"
#include "emulator/base/slice.h"

#define BLOB_INLINE_MAX_BYTES ((size_t)16 * 1024)
#define BLOB_ID_CHARS 32

struct blob_store;

/* `folder` is DIR/<sandbox>/blobs, made when missing; `sync` asks for fdatasync before a body
 * counts. */
NODISCARD enum status blob_store_open(const char *folder, bool sync, struct blob_store **ret_store);
void blob_store_close(struct blob_store *store);

/* Digests a writer makes only when asked; MD5 and CRC64NVME are always made. */
#define BODY_SHA256 1U
#define BODY_SHA1 2U
#define BODY_CRC32 4U
#define BODY_CRC32C 8U

/* A finished body. `inline_bytes` is borrowed from the writer that made it. */
struct body {
    uint64_t size;
    uint8_t md5[MD5_BYTES];
    uint64_t crc64nvme;
    bool is_inline;
    struct slice inline_bytes;
    char blob_id[BLOB_ID_CHARS + 1]; /* when not inline */

    /* Those that were asked for: */
    uint8_t sha256[SHA256_BYTES];
    uint8_t sha1[SHA1_BYTES];
    uint32_t crc32;
    uint32_t crc32c;
};

/*
 * Writing one body. A writer may be used from any thread, by one at a time. Nothing but the
 * writer knows the file until body_writer_finish().
 */
struct body_writer;

NODISCARD enum status body_writer_create(struct blob_store *store, struct body_writer **ret_writer);

/* Make these digests (BODY_*) too. Before the first append. */
NODISCARD enum status body_writer_want(struct body_writer *writer, unsigned digests);

/* Append and hash. A failure sticks: finish will report it too. */
NODISCARD enum status body_writer_append(struct body_writer *writer, struct slice bytes);
uint64_t body_writer_size(const struct body_writer *writer);

/* Close the file, sync it if asked, move it to its final name. Fills *ret_body. */
NODISCARD enum status body_writer_finish(struct body_writer *writer, struct body *ret_body);

/* The body was taken over by a row that will be committed: keep the file. */
void body_writer_keep(struct body_writer *writer);

/* Free the writer; removes the file unless it was kept. NULL is a no-op. */
void body_writer_destroy(struct body_writer *writer);

/* An open descriptor for reading. STATUS_NOT_FOUND, STATUS_IO_ERROR. */
NODISCARD enum status blob_open(struct blob_store *store, const char *blob_id, int *ret_file);

/* A further hard link to a blob, for the tree. STATUS_EXISTS when the name is taken. */
NODISCARD enum status blob_link(struct blob_store *store, const char *blob_id, int folder,
                                const char *name);

/* Call fn for the id of every finished blob on disk. */
NODISCARD enum status blob_store_each(struct blob_store *store,
                                      void (*fn)(void *arg, const char *blob_id), void *arg);

/* Remove a blob no row refers to any more; only after the COMMIT that removed the last row. */
void blob_unlink(struct blob_store *store, const char *blob_id);

/*
 * Whoever has looked up blobs in rows and opens them later, on a worker, holds the store meanwhile:
 * until it is released as often, nothing new is to be chosen for removing. Loop thread only.
 */
void blob_store_hold(struct blob_store *store);
void blob_store_release(struct blob_store *store);
bool blob_store_is_held(const struct blob_store *store);

#endif
