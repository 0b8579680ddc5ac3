/*
 * transform_batch.h -- one batch of records: read from its rows for an attempt, and what its
 * results make of it.
 */
#ifndef EMULATOR_DELIVERY_TRANSFORM_BATCH_H
#define EMULATOR_DELIVERY_TRANSFORM_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/ids.h"
#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_buffer.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/lambda/invoke.h"

struct db;
struct delivery_stream;
struct transform_error;

struct delivery_batch {
    struct list link; /* stream->batches */
    struct delivery_stream *stream;
    struct delivery_claim claim;
    struct sim_timer retry;
    unsigned attempts;
    bool is_waiting;    /* for the retry */
    bool has_timed_out; /* at one of the attempts */
    char invocation_id[UUID_CHARS + 1];

    /* of the attempt under way */
    struct arena arena;
    struct lambda_record *records;
    struct lambda_batch batch;
    struct lambda_invocation invocation;
};

/* Read the claimed rows and fill in records, batch and invocation, but for the invocation id. */
NODISCARD enum status transform_batch_load(struct delivery_batch *batch, struct db *db,
                                           uint64_t run);

/* Instead of an invocation: each record's result is the record. */
NODISCARD enum status transform_batch_pass(struct delivery_batch *batch);

/* Free what the attempt used. Safe at any time and twice. */
void transform_batch_unload(struct delivery_batch *batch);

/* Enough for every error there is. */
#define TRANSFORM_MAX_ERRORS 16

/* A batch's results, ready to be stored. */
struct transform_output {
    struct text text;
    struct text error_text;
    struct record_chunk delivered;
    struct record_chunk failed;

    struct {
        const struct transform_error *error;
        int64_t records;
        int64_t bytes;
    } errors[TRANSFORM_MAX_ERRORS];

    size_t error_count;
};

void transform_output_init(struct transform_output *output);
void transform_output_close(struct transform_output *output);

/* `error` is the whole invocation's; NULL: each record has a result of its own. */
NODISCARD enum status transform_batch_output(struct delivery_batch *batch,
                                             const struct transform_error *error, int64_t now_ms,
                                             struct transform_output *output);

#endif
