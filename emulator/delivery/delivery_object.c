/*
 * delivery_object.c -- one object: from buffered chunks to S3.
 *
 *     start (loop) --> body (worker) --> on_written (loop): one unit: object put, rows deleted
 *                                            |
 *                                            '-- failed --> the rows wait again, with back-off
 *                                                           on sandbox time; dropped after 24 h
 *
 * One object per stage of a stream at a time. While the destination fails the stream stays ACTIVE
 * and goes on accepting.
 */
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "emulator/delivery/key_name.h"
#include "emulator/delivery/object_body.h"
#include "emulator/loop/random.h"
#include "storage/object_store.h"

#define KEY_MAX_BYTES ((size_t)16 * 1024)
#define DELIMITER_MAX_BYTES ((size_t)8 * 1024) /* the model allows 5120 */
#define RETRY_FOR_MS ((int64_t)24 * 3600 * 1000)
#define FIRST_BACK_OFF_MS 5000
#define LAST_BACK_OFF_MS 300000

struct delivery_object {
    struct delivery_stream *stream;
    struct delivery_buffer *buffer;
    struct delivery_claim claim;
    struct worker_lane_job job;
    struct object_body body;
    struct text delimiter; /* a copy: the settings may change */
    struct text key;
};

static bool is_error(const struct delivery_object *object)
{
    enum delivery_stage stage = object->buffer->stage;
    return stage == STAGE_ERROR || stage == STAGE_UNPACK_ERROR || stage == STAGE_ENDPOINT_ERROR;
}

static struct slice error_type(const struct delivery_object *object)
{
    if (!is_error(object))
        return slice_make(NULL, 0);
    if (object->buffer->stage == STAGE_ENDPOINT_ERROR)
        return SLICE("http-endpoint-failed");
    return object->buffer->stage == STAGE_ERROR ? SLICE("processing-failed")
                                                : SLICE("decompression-failed");
}

static const struct delivery_target *target_of(const struct delivery_object *object)
{
    return delivery_stream_target(object->stream, object->buffer->stage);
}

/* ---- success ---- */

static void make_key(struct delivery_object *object)
{
    const struct delivery_stream *stream = object->stream;
    const struct delivery_target *target = target_of(object);
    const struct delivery_partition *partition = delivery_partition_of(object->buffer);
    struct key_name name = {
        .prefix = partition != NULL ? partition->prefix : target->prefix,
        .partition = partition != NULL ? partition->keys : (struct slice){NULL, 0},
        .error_prefix = target->error_prefix,
        .error_type = error_type(object),
        .stream = stream->name,
        .version = stream->version,
        .oldest_ms = object->claim.oldest_ms,
        .zone = stream->settings.zone,
        .extension = is_error(object) ? (struct slice){NULL, 0} : target->extension,
    };
    key_name_append(&object->key, &name, stream->engine->deps.random);
}

static enum status put(struct delivery_object *object)
{
    struct delivery_stream *stream = object->stream;
    struct delivery_deps *deps = &stream->engine->deps;
    struct delivery_partition *partition = delivery_partition_of(object->buffer);
    struct object_put put = {
        .bucket = target_of(object)->bucket,
        .key = text_slice(&object->key),
        .content_type = SLICE("application/octet-stream"),
        .content_encoding = compression_content_encoding(object->body.compression),
        .modified_ms = sim_clock_now_ms(deps->clock),
    };
    if (object->key.status != STATUS_OK)
        return object->key.status;
    enum status status = object_store_put(deps->db, deps->blobs, &put, &object->body.body);
    if (status == STATUS_OK)
        status = delivery_buffer_remove(&object->claim, deps->db);
    if (status == STATUS_OK && partition != NULL)
        status = delivery_partition_end(partition);
    if (status != STATUS_OK)
        return status;
    delivery_report_delivered(stream, put.key, object->claim.records, object->claim.bytes);
    delivery_metrics_object(stream, object->buffer->stage, &object->claim, true);
    return STATUS_OK;
}

/* The object appears in the same unit that takes the records out of the buffer. */
static enum status move_to_s3(struct delivery_object *object)
{
    struct db *db = object->stream->engine->deps.db;
    make_key(object);
    db_unit_begin(db);
    enum status status = put(object);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status == STATUS_OK)
        body_writer_keep(object->body.writer);
    return status;
}

static void succeed(struct delivery_object *object)
{
    struct delivery_buffer *buffer = object->buffer;
    buffer->failures = 0;
    buffer->not_before_ms = 0;
    delivery_buffer_settle(&object->claim);
    delivery_flush_count(object->stream, object->buffer->stage, object->claim.records);
    delivery_sweep(object->stream->engine);
}

/* ---- failure ---- */

static int64_t back_off_ms(unsigned failures)
{
    int64_t delay_ms = FIRST_BACK_OFF_MS;
    for (unsigned i = 1; i < failures && delay_ms < LAST_BACK_OFF_MS; i++)
        delay_ms *= 2;
    return delay_ms < LAST_BACK_OFF_MS ? delay_ms : LAST_BACK_OFF_MS;
}

static struct delivery_report describe(const struct delivery_object *object, enum status status)
{
    struct delivery_report report = {
        .records = object->claim.records,
        .bytes = object->claim.bytes,
        .is_backup = object->buffer->stage == STAGE_BACKUP || object->stream->settings.has_endpoint,
        .code = SLICE("InternalError"),
        .message = SLICE("An internal error occurred while attempting to deliver data. Delivery"
                         " will be retried; if the error persists, then it will be reported to"
                         " AWS for resolution."),
    };
    if (status == STATUS_NOT_FOUND) {
        report.code = SLICE("S3.NoSuchBucket");
        report.message = SLICE("The specified bucket does not exist. Create the bucket or use a"
                               " different bucket that does exist.");
    }
    return report;
}

/* Too old: 24 hours of trying are over. False when even the dropping failed. */
static bool drop(struct delivery_object *object, const struct delivery_report *report)
{
    struct db *db = object->stream->engine->deps.db;
    db_unit_begin(db);
    enum status status = delivery_buffer_remove(&object->claim, db);
    if (status == STATUS_OK) {
        delivery_report_failed(object->stream, report);
        delivery_report_error(object->stream, report);
        delivery_metrics_object(object->stream, object->buffer->stage, &object->claim, false);
    }
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status != STATUS_OK || ended != STATUS_OK)
        return false;
    log_line(LOG_WARNING, "firehose: %.*s: %lld records dropped after 24 hours of %.*s",
             SLICE_ARG(object->stream->name), (long long)report->records, SLICE_ARG(report->code));
    return true;
}

static void report_failure(struct delivery_object *object, const struct delivery_report *report)
{
    struct db *db = object->stream->engine->deps.db;
    if (object->buffer->failures == 1) /* the retries are in CloudWatch and on the bus */
        log_line(LOG_WARNING, "firehose: %.*s: no delivery to %.*s: %.*s",
                 SLICE_ARG(object->stream->name), SLICE_ARG(target_of(object)->bucket_arn),
                 SLICE_ARG(report->code));
    db_unit_begin(db);
    delivery_report_retry(object->stream, report);
    delivery_report_error(object->stream, report);
    delivery_metrics_object(object->stream, object->buffer->stage, &object->claim, false);
    enum status status = db_unit_end(db, true);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "firehose: a log event was not stored: %s", status_text(status));
}

static void fail(struct delivery_object *object, enum status status)
{
    struct delivery_buffer *buffer = object->buffer;
    struct delivery_report report = describe(object, status);
    int64_t now_ms = sim_clock_now_ms(object->stream->engine->deps.clock);
    buffer->failures++;
    buffer->flush_through_id = 0;
    delivery_flush_failed(object->stream);
    if (now_ms - object->claim.queued_ms >= RETRY_FOR_MS && drop(object, &report)) {
        delivery_buffer_settle(&object->claim);
        delivery_sweep(object->stream->engine);
        return;
    }
    report_failure(object, &report);
    buffer->not_before_ms = now_ms + back_off_ms(buffer->failures);
    delivery_buffer_give_back(buffer, &object->claim);
}

/* ---- both ---- */

static enum status check_body(const struct delivery_object *object)
{
    const struct object_body *body = &object->body;
    if (object->job.status != STATUS_OK)
        return object->job.status;
    if (body->status != STATUS_OK)
        return body->status;
    bool is_whole = body->records == object->claim.records && body->bytes == object->claim.bytes;
    return is_whole ? STATUS_OK : STATUS_CORRUPT;
}

static void destroy(struct delivery_object *object)
{
    body_writer_destroy(object->body.writer);
    text_close(&object->key);
    text_close(&object->delimiter);
    mem_free(object);
}

static void on_written(struct worker_lane_job *job)
{
    struct delivery_object *object = list_entry(job, struct delivery_object, job);
    struct delivery_stream *stream = object->stream;
    struct delivery_engine *engine = stream->engine;
    object->buffer->is_writing = false;
    enum status status = check_body(object);
    if (delivery_stream_is_ending(stream)) {
        delivery_buffer_give_back(object->buffer, &object->claim);
    } else {
        if (status == STATUS_OK)
            status = move_to_s3(object);
        if (status == STATUS_OK)
            succeed(object);
        else
            fail(object, status);
    }
    destroy(object);
    delivery_partition_trim(stream);
    delivery_pump_check(stream);
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

static void write_body(struct worker_lane_job *job)
{
    object_body_make(&list_entry(job, struct delivery_object, job)->body);
}

static enum status submit(struct delivery_object *object)
{
    struct delivery_stream *stream = object->stream;
    struct delivery_deps *deps = &stream->engine->deps;
    const struct delivery_target *target = target_of(object);
    object->body = (struct object_body){
        .db = deps->db,
        .blobs = deps->blobs,
        .first_id = object->claim.first_id,
        .last_id = object->claim.last_id,
        .compression = is_error(object) ? COMPRESSION_NONE : target->compression,
        .modified_ms = sim_clock_now_ms(deps->clock),
    };
    if (object->buffer->stage == STAGE_DELIVER) {
        text_append(&object->delimiter, stream->settings.delimiter);
        object->body.delimiter = text_slice(&object->delimiter);
    }
    if (object->delimiter.status != STATUS_OK)
        return object->delimiter.status;
    if (object->body.compression == COMPRESSION_ZIP)
        random_uuid(deps->random, object->body.entry_name);
    object->job = (struct worker_lane_job){.work = write_body, .done = on_written};
    return worker_lane_submit(&stream->engine->bodies, &object->job);
}

enum status delivery_object_start(struct delivery_buffer *buffer)
{
    struct delivery_stream *stream = buffer->stream;
    struct delivery_object *object = mem_zalloc(sizeof(*object));
    if (object == NULL)
        return STATUS_NO_MEMORY;
    object->stream = stream;
    object->buffer = buffer;
    text_init(&object->key, KEY_MAX_BYTES);
    text_init(&object->delimiter, DELIMITER_MAX_BYTES);
    struct delivery_limits limits = delivery_stream_limits(stream, buffer->stage);
    enum status status =
        delivery_buffer_claim(buffer, stream->engine->deps.db, &limits, false, &object->claim);
    if (status == STATUS_OK) {
        status = submit(object);
        if (status != STATUS_OK)
            delivery_buffer_give_back(buffer, &object->claim);
    }
    if (status != STATUS_OK) {
        destroy(object);
        return status;
    }
    buffer->is_writing = true;
    delivery_pump_began(stream->engine);
    return STATUS_OK;
}
