/*
 * s3_merge.c
 *
 * Happy path: the job copies extent after extent through a body_writer; done() points the rows at
 * the new blob in a unit of its own, opens it and answers.
 *
 * Possible failures:
 *   - a blob cannot be read or written: the internal error, the new file goes;
 *   - the object was replaced meanwhile and the body is gone: what was asked for is still
 *     answered from the open file, which nobody else knows. Its blobs are not: the store is held.
 */
#include "handlers/s3/s3_merge.h"

#include <errno.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "emulator/loop/worker.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "storage/db.h"

#define BUFFER_BYTES ((size_t)256 * 1024)

struct s3_merge {
    struct worker_job job;
    struct call *call; /* borrowed: it waits for the answer */
    struct s3_merge_plan plan;
    struct blob_store *blobs; /* borrowed */
    struct body_writer *writer;
    char *buffer;
    enum status status;
    bool is_used; /* a row refers to the body, once that is committed */
    struct body body;
};

static void destroy(void *arg)
{
    struct s3_merge *merge = arg;
    if (merge->is_used && !merge->call->is_lost)
        body_writer_keep(merge->writer);
    body_writer_destroy(merge->writer);
    mem_free(merge->buffer);
    merge->writer = NULL;
    merge->buffer = NULL;
}

static enum status copy_file(struct s3_merge *merge, int file, const struct extent *extent)
{
    uint64_t done = 0;
    while (done < extent->length) {
        uint64_t left = extent->length - done;
        size_t wanted = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
        ssize_t got = pread(file, merge->buffer, wanted, (off_t)(extent->start + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? status_from_errno(errno) : STATUS_CORRUPT;
        enum status status =
            body_writer_append(merge->writer, slice_make(merge->buffer, (size_t)got));
        if (status != STATUS_OK)
            return status;
        done += (uint64_t)got;
    }
    return STATUS_OK;
}

static enum status copy_extent(struct s3_merge *merge, const struct extent *extent)
{
    if (extent->blob_id[0] == '\0')
        return body_writer_append(merge->writer, extent->bytes);
    int file = -1;
    enum status status = blob_open(merge->blobs, extent->blob_id, &file);
    if (status != STATUS_OK)
        return status;
    status = copy_file(merge, file, extent);
    (void)close(file);
    return status;
}

static void work(struct worker_job *job)
{
    struct s3_merge *merge = list_entry(job, struct s3_merge, job);
    for (size_t i = 0; i < merge->plan.count && merge->status == STATUS_OK; i++)
        merge->status = copy_extent(merge, &merge->plan.extents[i]);
    if (merge->status == STATUS_OK)
        merge->status = body_writer_finish(merge->writer, &merge->body);
}

/* Point the rows at the new blob; a body that has gone needs none, but the plan may. */
static bool store(struct call *call, struct s3_merge *merge, bool *ret_is_used)
{
    enum status status = STATUS_NOT_FOUND;
    if (!merge->body.is_inline)
        status = object_store_merged(call->sandbox->db, merge->plan.body_id, &merge->body);
    *ret_is_used = status == STATUS_OK || merge->plan.store != NULL;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return s3_refuse_internal(call, status, "merging the parts of an object");
    return merge->plan.store == NULL || merge->plan.store(call, &merge->body);
}

static bool open_merged(struct call *call, struct s3_merge *merge, int *ret_file)
{
    if (merge->status != STATUS_OK)
        return s3_refuse_internal(call, merge->status, "merging the parts of an object");
    if (merge->body.is_inline)
        return true;
    enum status status = blob_open(merge->blobs, merge->body.blob_id, ret_file);
    return status == STATUS_OK || s3_refuse_internal(call, status, "opening an object");
}

static void done(struct worker_job *job)
{
    struct s3_merge *merge = list_entry(job, struct s3_merge, job);
    struct call *call = merge->call;
    bool is_used = false;
    int file = -1;
    blob_store_release(merge->blobs);
    if (open_merged(call, merge, &file)) {
        db_unit_begin(call->sandbox->db);
        bool keep = store(call, merge, &is_used);
        enum status status = db_unit_end(call->sandbox->db, keep);
        if (keep && status != STATUS_OK)
            (void)s3_refuse_internal(call, status, "writing to the database");
    }
    if (!s3_call_of(call)->is_refused) {
        merge->is_used = is_used;
        merge->plan.answer(call, &merge->body, file);
        return;
    }
    if (file >= 0)
        (void)close(file);
    s3_settle(call);
}

bool s3_merge_start(struct call *call, const struct s3_merge_plan *plan)
{
    struct s3_merge *merge = arena_zalloc(&call->arena, sizeof(*merge));
    if (merge == NULL)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "merging the parts of an object");
    merge->call = call;
    merge->plan = *plan;
    merge->blobs = call->sandbox->blobs;
    merge->job = (struct worker_job){work, done};
    merge->buffer = mem_alloc(BUFFER_BYTES);
    enum status status = arena_on_clear(&call->arena, destroy, merge);
    if (status != STATUS_OK)
        mem_free(merge->buffer);
    if (status == STATUS_OK && merge->buffer == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = body_writer_create(merge->blobs, &merge->writer);
    if (status == STATUS_OK)
        status = body_writer_want(merge->writer, plan->wanted);
    if (status == STATUS_OK)
        status = worker_submit(call->sandbox->loop, &merge->job);
    if (status == STATUS_OK)
        blob_store_hold(merge->blobs);
    return status == STATUS_OK ||
           s3_refuse_internal(call, status, "merging the parts of an object");
}
