/*
 * delivery_internal.h -- what the files of this folder share. For emulator/delivery/ only.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_INTERNAL_H
#define EMULATOR_DELIVERY_DELIVERY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/delivery/delivery.h"
#include "emulator/delivery/delivery_buffer.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/delivery/delivery_settings.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/loop/worker_lane.h"
#include "storage/db.h"

enum {
    DELIVERY_NAME_BUCKETS = 1024,
    DELIVERY_MAX_OUTSTANDING = 5 /* invocations of one stream at a time */
};

/* An invocation's event: AWS takes 6 MB, and some room for what is around the records. */
#define DELIVERY_EVENT_MAX_BYTES ((int64_t)6 * 1000 * 1000 - 4096)

struct delivery_post;
struct http_client;
/* A stream's row with all that is read from it. */
#define DELIVERY_ROW_MAX_BYTES ((size_t)1024 * 1024)

struct redriving;

/* What the slices of a stream are in: to measure, since there may be thousands of streams. */
struct delivery_texts {
    char *block;       /* owned */
    struct arena zone; /* empty without a time zone of the stream's own */
};

/* What was put within one second of the sandbox's clock. */
struct delivery_rate {
    int64_t second;
    uint64_t requests;
    uint64_t records;
    uint64_t bytes;
};

/*
 * A stream in memory. `is_gone` when its row is deleted: it then only waits for what is in
 * flight. Whoever creates, changes or deletes a stream may still be undone, so it is `is_unsettled`
 * until the sweep, after the commit, has compared it with its row.
 */
struct delivery_stream {
    struct delivery_engine *engine; /* borrowed */
    struct kinesis_source *source;  /* owned; NULL: the stream is put to */
    struct list link;               /* engine->streams */
    struct list name_link;          /* engine->names[...]; in none when gone */
    struct list ready_link;         /* engine->ready */
    int64_t id;
    int64_t version;
    int64_t active_ms;
    int64_t gone_ms; /* DELETING until then: nothing is delivered any more; 0: not deleted */
    bool is_encrypted;
    int64_t encrypted_ms; /* from then on */
    struct delivery_rate rate;
    struct delivery_last last;
    struct delivery_texts texts; /* of names and settings */
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice arn;
    struct delivery_settings settings;
    struct delivery_buffer buffers[STAGE_COUNT];
    struct list partitions; /* struct delivery_partition */
    unsigned partition_count;
    unsigned next_partition;     /* where the search for a free lane begins */
    int64_t lane_sequence;       /* of all chunks that partitions gone by had: not used again */
    struct delivery_post *post;  /* owned; NULL: no request to the HTTP endpoint */
    struct redriving *redriving; /* owned; NULL: no failed records are being put in again */
    struct sim_timer change;     /* ends DELETING; lets an automatic clock jump to other ends */
    struct list batches;         /* struct delivery_batch, at most DELIVERY_MAX_OUTSTANDING */
    unsigned batch_count;
    struct list flushes;        /* struct delivery_flush; the first one is being served */
    bool flush_reached_objects; /* the first flush is through the transform */
    bool is_ready;              /* in engine->ready, holding the clock */
    bool is_gone;
    bool is_unsettled;
    bool is_seen; /* during a rebuild */
};

/* Calls of this second, of one operation by one account in one region. */
#define DELIVERY_CALL_RATES ((size_t)64) /* more of them in one second are not counted */

struct delivery_call_rate {
    char key[120];
    unsigned count;
};

struct delivery_call_rates {
    int64_t second;
    size_t count;
    struct delivery_call_rate rates[DELIVERY_CALL_RATES];
};

struct delivery_engine {
    struct delivery_deps deps;
    struct list streams;
    struct list sources; /* of streams that read a Kinesis stream */
    struct list names[DELIVERY_NAME_BUCKETS];
    struct list ready;  /* streams that have something due */
    struct list drains; /* struct delivery_drain */
    struct list ended;  /* struct delivery_flush to be told */
    struct loop_task pump;
    struct loop_task tell;
    struct loop_task sweep;
    struct loop_timer rebuild_again;
    struct delivery_queries queries;
    struct db_listener listener;
    uint64_t run;              /* part of the transform's record ids: differs from start to start */
    unsigned in_flight;        /* invocations and objects */
    struct worker_lane bodies; /* of objects being made */
    struct http_client *http;  /* owned; NULL until the first HTTP endpoint */
    unsigned posting;          /* requests to HTTP endpoints under way */
    bool posts_wait;           /* some stream found no room for one */
    bool is_running;
    bool needs_rebuild;
    struct delivery_call_rates calls; /* of control operations, with quotas */
};

/* ---- delivery_stream.c ------------------------------------------------------------------ */

struct delivery_stream_row;

NODISCARD enum status delivery_stream_load(struct delivery_engine *engine,
                                           const struct delivery_stream_row *row,
                                           struct delivery_stream **ret_stream);

void delivery_stream_on_change(struct sim_timer *timer);

/* Deleted, or about to be: what is in flight is abandoned. */
bool delivery_stream_is_ending(const struct delivery_stream *stream);
void delivery_stream_hide(struct delivery_stream *stream);
void delivery_stream_show(struct delivery_stream *stream);
void delivery_stream_free_if_done(struct delivery_stream *stream);

/* Compare with its row: what was undone is taken back. May free the stream. */
NODISCARD enum status delivery_stream_settle(struct delivery_stream *stream);
void delivery_stream_free(struct delivery_stream *stream);

/* One buffer after the other; NULL begins and ends. */
struct delivery_buffer *delivery_stream_next_buffer(struct delivery_stream *stream,
                                                    struct delivery_buffer *previous);

/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define delivery_buffers_each(buffer, stream)   \
    for (struct delivery_buffer *buffer = NULL; \
         (buffer = delivery_stream_next_buffer((stream), buffer)) != NULL;)
/* NOLINTEND(bugprone-macro-parentheses) */

/* Where the objects of a stage go. */
const struct delivery_target *delivery_stream_target(const struct delivery_stream *stream,
                                                     enum delivery_stage stage);

/* The size, interval and event limits of one stage. */
struct delivery_limits delivery_stream_limits(const struct delivery_stream *stream,
                                              enum delivery_stage stage);

/* Append a chunk to a buffer. Writes. */
struct record_chunk;
NODISCARD enum status delivery_stream_append(struct delivery_buffer *buffer,
                                             const struct record_chunk *chunk, int64_t now_ms);

/* ---- delivery_set.c --------------------------------------------------------------------- */

/* Read configuration and version anew. */
NODISCARD enum status delivery_stream_set(struct delivery_stream *stream,
                                          const struct delivery_stream_row *row);

void delivery_texts_free(struct delivery_texts *texts);

/* ---- delivery_rebuild.c ----------------------------------------------------------------- */

/* Streams and counters from the database. */
NODISCARD enum status delivery_rebuild(struct delivery_engine *engine);

/* ---- delivery_pump.c -------------------------------------------------------------------- */

void delivery_pump_init(struct delivery_engine *engine);

/* Something of the stream changed: start what is due, set timers for the rest, serve flushes. */
void delivery_pump_check(struct delivery_stream *stream);

/* After the commit: settle streams, remove discarded rows, a portion per turn. */
void delivery_sweep_init(struct delivery_engine *engine);
void delivery_sweep(struct delivery_engine *engine);

/* What is in flight: counted, and holding the clock. */
void delivery_pump_began(struct delivery_engine *engine);
void delivery_pump_ended(struct delivery_engine *engine);

/* ---- delivery_flush.c ------------------------------------------------------------------- */

void delivery_flush_check(struct delivery_stream *stream);
void delivery_flush_cancel(struct delivery_stream *stream);
void delivery_flush_failed(struct delivery_stream *stream);

/* An object was written. */
void delivery_flush_count(struct delivery_stream *stream, enum delivery_stage stage,
                          int64_t records);

/* ---- delivery_transform.c --------------------------------------------------------------- */

/* Claim a batch and invoke the function. STATUS_END: nothing waits. */
NODISCARD enum status delivery_transform_start(struct delivery_stream *stream);

/* Retry now what waits for a retry. */
void delivery_transform_hurry(struct delivery_stream *stream);

/* Forget what waits for a retry. */
void delivery_transform_drop(struct delivery_stream *stream);

/* ---- delivery_object.c ------------------------------------------------------------------ */

/* Claim what is due in a buffer and write it to S3. STATUS_END: nothing waits. */
NODISCARD enum status delivery_object_start(struct delivery_buffer *buffer);

/* ---- delivery_report.c ------------------------------------------------------------------ */

/* Events for the bus. Inside a unit of work: readers may write. */
struct delivery_report {
    struct slice code;
    struct slice message;     /* a static text */
    struct slice log_message; /* in the log instead; or empty */
    int64_t records;
    int64_t bytes;
    bool is_lambda; /* the event names the function */
    bool is_backup; /* of the backup: its bucket, its log */
};

/* To the stream's CloudWatch log, if it has one. */
void delivery_report_error(struct delivery_stream *stream, const struct delivery_report *report);
void delivery_report_retry(struct delivery_stream *stream, const struct delivery_report *report);
void delivery_report_failed(struct delivery_stream *stream, const struct delivery_report *report);
void delivery_report_delivered(struct delivery_stream *stream, struct slice key, int64_t records,
                               int64_t bytes);
void delivery_report_accepted(struct delivery_stream *stream, int64_t records, int64_t bytes);

/* ---- delivery_metrics.c ----------------------------------------------------------------- */

/* What is measured, for the bus. Inside a unit of work: readers may write. */

/* One attempt to write an object. A failed one counts as 0 objects, records and bytes. */
void delivery_metrics_object(struct delivery_stream *stream, enum delivery_stage stage,
                             const struct delivery_claim *claim, bool is_delivered);

/* One attempt to transform a batch. */
void delivery_metrics_attempt(struct delivery_stream *stream, int64_t duration_us, bool succeeded);

/* Records, in bytes as they came, that the transform made something of or dropped. */
void delivery_metrics_processed(struct delivery_stream *stream, int64_t records, int64_t bytes);

/* What Decompression made of a batch. Failed bytes are those of the compressed records. */
struct delivery_unpacked {
    int64_t records;
    int64_t bytes;
    int64_t failed_records;
    int64_t failed_bytes;
};

void delivery_metrics_unpacked(struct delivery_stream *stream,
                               const struct delivery_unpacked *unpacked);

/* A batch has found its partitions; `query_us` is 0 without a query. */
void delivery_metrics_partitioned(struct delivery_stream *stream, int64_t query_us,
                                  bool is_exceeded);

/* A portion was read from the stream's source. */
void delivery_metrics_read(struct delivery_stream *stream, int64_t records, uint64_t bytes,
                           int64_t behind_ms);

#endif
