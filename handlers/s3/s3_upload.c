/*
 * s3_upload.c
 *
 * Happy path: write() fills buffers, full ones go to the worker; finish() hands over the last one;
 * when the worker is done with it the body is verified, stored in a unit and answered.
 *
 * Possible failures:
 *   - framing or length are wrong: the rest is swallowed, finish() refuses;
 *   - writing fails (disk full): the same, with the internal error; the writer removes its file;
 *   - the COMMIT fails: the file, which no row refers to, goes with the call;
 *   - the client goes away: on_clear() frees the upload, or lets on_work_done() do it.
 */
#include "handlers/s3/s3_upload.h"

#include <string.h>

#include "emulator/base/mem.h"
#include "emulator/loop/worker.h"
#include "emulator/sandbox.h"
#include "handlers/s3/aws_chunked.h"
#include "handlers/s3/s3_call.h"
#include "storage/db.h"

#define BUFFER_BYTES ((size_t)256 * 1024)
#define OBJECT_MAX_BYTES (UINT64_C(5) * 1024 * 1024 * 1024)

struct upload_buffer {
    char *ptr; /* owned */
    size_t capacity;
    size_t len;
};

struct s3_upload {
    struct body_sink sink;
    struct worker_job job;
    struct call *call; /* borrowed; NULL when it has gone */
    struct s3_upload_plan plan;
    struct aws_chunked chunked;
    uint64_t expected_bytes;
    uint64_t received_bytes; /* of data */
    struct body_writer *writer;
    struct upload_buffer buffers[2];
    size_t filling;         /* the buffer write() fills; the other one is the worker's */
    bool is_working;        /* a job runs: the writer and the other buffer are its own */
    bool is_last;           /* ... and finishes the body */
    bool has_ended;         /* finish() was called */
    bool is_stored;         /* a row refers to the body, once that is committed */
    enum status status;     /* sticky; the loop thread's */
    enum status job_status; /* the job's, read after it */
    struct body body;
};

static void destroy(struct s3_upload *upload)
{
    body_writer_destroy(upload->writer);
    mem_free(upload->buffers[0].ptr);
    mem_free(upload->buffers[1].ptr);
    mem_free(upload);
}

/* The call dies: after its answer, or because the client went away. */
static void on_clear(void *arg)
{
    struct s3_upload *upload = arg;
    if (upload->is_stored && !upload->call->is_lost)
        body_writer_keep(upload->writer);
    upload->call = NULL;
    if (!upload->is_working)
        destroy(upload);
}

/* ---- handing over ---- */

static bool is_small(const struct s3_upload *upload)
{
    return upload->expected_bytes <= BLOB_INLINE_MAX_BYTES;
}

static void work(struct worker_job *job)
{
    struct s3_upload *upload = list_entry(job, struct s3_upload, job);
    struct upload_buffer *buffer = &upload->buffers[1 - upload->filling];
    upload->job_status = body_writer_append(upload->writer, slice_make(buffer->ptr, buffer->len));
    if (upload->job_status == STATUS_OK && upload->is_last)
        upload->job_status = body_writer_finish(upload->writer, &upload->body);
    buffer->len = 0;
}

static void go_on(struct s3_upload *upload);

static void on_work_done(struct worker_job *job)
{
    struct s3_upload *upload = list_entry(job, struct s3_upload, job);
    upload->is_working = false;
    if (upload->status == STATUS_OK)
        upload->status = upload->job_status;
    if (upload->call == NULL)
        destroy(upload);
    else
        go_on(upload);
}

/* Give the filled buffer to the worker and go on with the other one. */
static void hand_over(struct s3_upload *upload, bool is_last)
{
    upload->filling = 1 - upload->filling;
    upload->is_last = is_last;
    upload->job = (struct worker_job){work, on_work_done};
    enum status status = worker_submit(upload->call->sandbox->loop, &upload->job);
    if (status == STATUS_OK)
        upload->is_working = true;
    else
        upload->status = status;
}

/* ---- the sink ---- */

static struct upload_buffer *room_for_data(struct s3_upload *upload)
{
    struct upload_buffer *buffer = &upload->buffers[upload->filling];
    if (buffer->ptr == NULL) {
        buffer->ptr = mem_alloc(BUFFER_BYTES);
        buffer->capacity = BUFFER_BYTES;
    }
    if (buffer->ptr == NULL)
        upload->status = STATUS_NO_MEMORY;
    return buffer;
}

static bool is_swallowing(const struct s3_upload *upload)
{
    return upload->status != STATUS_OK || upload->received_bytes > upload->expected_bytes ||
           upload->chunked.state == AWS_CHUNKED_FAILED;
}

static size_t take_some(struct s3_upload *upload, struct slice bytes, size_t room,
                        struct slice *ret_data)
{
    if (upload->plan.digests.is_framed)
        return aws_chunked_take(&upload->chunked, bytes, room, ret_data);
    *ret_data = slice_first(bytes, room);
    return ret_data->len;
}

/* Take what fits into the buffer being filled. Returns how much was taken. */
static size_t fill(struct s3_upload *upload, struct slice bytes)
{
    struct upload_buffer *buffer = room_for_data(upload);
    if (upload->status != STATUS_OK)
        return bytes.len;
    struct slice data;
    size_t taken = take_some(upload, bytes, buffer->capacity - buffer->len, &data);
    upload->received_bytes += data.len;
    if (data.len > 0)
        memcpy(buffer->ptr + buffer->len, data.ptr, data.len);
    buffer->len += data.len;
    return taken;
}

/* A small body goes straight into its writer's memory. */
static size_t take_small(struct s3_upload *upload, struct slice bytes)
{
    struct slice data;
    size_t taken = take_some(upload, bytes, bytes.len, &data);
    upload->received_bytes += data.len;
    if (upload->received_bytes <= upload->expected_bytes)
        upload->status = body_writer_append(upload->writer, data);
    return taken;
}

static size_t take_large(struct s3_upload *upload, struct slice bytes)
{
    size_t taken = fill(upload, bytes);
    struct upload_buffer *buffer = &upload->buffers[upload->filling];
    if (buffer->len == buffer->capacity && !upload->is_working && upload->status == STATUS_OK)
        hand_over(upload, false);
    return taken;
}

static size_t on_bytes(struct body_sink *sink, struct slice bytes)
{
    struct s3_upload *upload = list_entry(sink, struct s3_upload, sink);
    size_t taken = 0;
    while (taken < bytes.len) {
        if (is_swallowing(upload))
            return bytes.len;
        struct slice rest = slice_from(bytes, taken);
        size_t now = is_small(upload) ? take_small(upload, rest) : take_large(upload, rest);
        if (now == 0)
            return taken; /* both buffers are full */
        taken += now;
    }
    return taken;
}

/* ---- the end ---- */

static bool check_length(struct call *call, struct s3_upload *upload)
{
    if (upload->received_bytes == upload->expected_bytes &&
        (!upload->plan.digests.is_framed || aws_chunked_is_complete(&upload->chunked)))
        return true;
    if (upload->plan.digests.is_framed && !aws_chunked_is_complete(&upload->chunked))
        return s3_digests_take_trailer(call, &upload->plan.digests, &upload->chunked);
    return s3_refuse(call, S3_INCOMPLETE_BODY,
                     "You did not provide the number of bytes specified by the Content-Length "
                     "HTTP header");
}

static bool check_body(struct call *call, struct s3_upload *upload)
{
    if (upload->status != STATUS_OK)
        return s3_refuse_internal(call, upload->status, "writing the body");
    return check_length(call, upload) &&
           s3_digests_take_trailer(call, &upload->plan.digests, &upload->chunked) &&
           s3_digests_verify(call, &upload->plan.digests, &upload->body);
}

static bool store(struct call *call, struct s3_upload *upload)
{
    if (!check_body(call, upload) || !upload->plan.store(call, &upload->body))
        return false;
    upload->is_stored = true;
    return true;
}

/* The worker has finished the body: a unit of our own. */
static void finish_late(struct s3_upload *upload)
{
    struct call *call = upload->call;
    struct db *db = call->sandbox->db;
    db_unit_begin(db);
    bool kept = store(call, upload);
    enum status status = db_unit_end(db, kept);
    if (kept && status != STATUS_OK) {
        upload->is_stored = false;
        (void)s3_refuse_internal(call, status, "writing to the database");
    }
    if (s3_call_of(call)->is_refused)
        s3_settle(call);
    else
        upload->plan.answer(call, &upload->body);
}

/* The worker is free again. */
static void go_on(struct s3_upload *upload)
{
    if (upload->is_last || (upload->has_ended && is_swallowing(upload))) {
        finish_late(upload);
        return;
    }
    struct upload_buffer *buffer = &upload->buffers[upload->filling];
    if (upload->has_ended)
        hand_over(upload, true);
    else if (buffer->len > 0 && buffer->len == buffer->capacity && upload->status == STATUS_OK)
        hand_over(upload, false);
    if (upload->has_ended && !upload->is_working)
        finish_late(upload);
    else if (!upload->has_ended)
        call_body_ready(upload->call);
}

/* All of it is in memory and hashed; in handle()'s own unit. */
static void finish_now(struct call *call, struct s3_upload *upload)
{
    if (upload->status == STATUS_OK)
        upload->status = body_writer_finish(upload->writer, &upload->body);
    if (store(call, upload))
        upload->plan.answer(call, &upload->body);
}

void s3_upload_finish(struct call *call)
{
    struct s3_upload *upload = s3_call_of(call)->upload;
    upload->has_ended = true;
    if (is_small(upload)) {
        finish_now(call, upload);
        return;
    }
    if (upload->is_working)
        return;
    if (!is_swallowing(upload) && check_length(call, upload))
        hand_over(upload, true);
    if (!upload->is_working)
        (void)check_body(call, upload);
}

/* ---- the start ---- */

static bool expected_length(struct call *call, bool is_framed, uint64_t *ret_length)
{
    struct slice decoded = request_header(&call->request, "x-amz-decoded-content-length");
    if (is_framed) {
        if (slice_to_u64(decoded, ret_length) != STATUS_OK)
            return s3_refuse(call, S3_MISSING_CONTENT_LENGTH, NULL);
    } else if (call->request.content_length >= 0) {
        *ret_length = (uint64_t)call->request.content_length;
    } else if (!call->request.is_chunked) {
        *ret_length = 0;
    } else {
        return s3_refuse(call, S3_MISSING_CONTENT_LENGTH, NULL);
    }
    if (*ret_length <= OBJECT_MAX_BYTES)
        return true;
    s3_detail_number(call, "ProposedSize", *ret_length);
    s3_detail_number(call, "MaxSizeAllowed", OBJECT_MAX_BYTES);
    return s3_refuse(call, S3_ENTITY_TOO_LARGE, NULL);
}

static enum status make_upload(struct call *call, const struct s3_upload_plan *plan,
                               uint64_t expected_bytes)
{
    struct s3_upload *upload = mem_alloc(sizeof(*upload));
    if (upload == NULL)
        return STATUS_NO_MEMORY;
    *upload = (struct s3_upload){
        .call = call, .plan = *plan, .sink.write = on_bytes, .expected_bytes = expected_bytes};
    aws_chunked_init(&upload->chunked);
    enum status status = body_writer_create(call->sandbox->blobs, &upload->writer);
    if (status == STATUS_OK)
        status = body_writer_want(upload->writer, plan->wanted | s3_digests_wanted(&plan->digests));
    if (status == STATUS_OK)
        status = arena_on_clear(&call->arena, on_clear, upload);
    if (status != STATUS_OK) {
        destroy(upload);
        return status;
    }
    s3_call_of(call)->upload = upload;
    call->sink = &upload->sink;
    return STATUS_OK;
}

bool s3_upload_start(struct call *call, const struct s3_upload_plan *plan)
{
    uint64_t expected = 0;
    if (!expected_length(call, plan->digests.is_framed, &expected))
        return false;
    enum status status = make_upload(call, plan, expected);
    return status == STATUS_OK || s3_refuse_internal(call, status, "starting an upload");
}
