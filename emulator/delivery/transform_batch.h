/*
 * transform_batch.h -- one batch of records: read from its rows, taken apart, cut into what fits
 * into one invocation each, and what became of its items.
 *
 *     load -> prepare -> [ next part -> invocation -> collect ]... -> partition -> transform_output
 *
 * Most batches have one part. Between attempts such a batch keeps nothing in memory; one with more
 * parts keeps what the earlier ones have given.
 */
#ifndef EMULATOR_DELIVERY_TRANSFORM_BATCH_H
#define EMULATOR_DELIVERY_TRANSFORM_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/ids.h"
#include "emulator/base/list.h"
#include "emulator/delivery/delivery_buffer.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/delivery/delivery_settings.h"
#include "emulator/delivery/transform_items.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/worker.h"

struct db;
struct delivery_stream;

struct delivery_batch {
    struct list link; /* stream->batches */
    struct delivery_stream *stream;
    struct delivery_claim claim;
    struct sim_timer retry;
    unsigned attempts;   /* of the part at hand */
    bool is_waiting;     /* for the retry */
    bool is_on_worker;   /* without its function: what started later is stored later */
    bool is_complete;    /* but for those before it that are on a worker */
    bool has_timed_out;  /* at one of the attempts */
    bool was_over_limit; /* ... by our limit, not the function's */
    char invocation_id[UUID_CHARS + 1];

    /* while something is loaded */
    bool is_loaded;
    struct arena arena;
    struct delivery_steps steps; /* copies: the settings may be replaced meanwhile */
    bool has_lambda;
    struct transform_items items;
    size_t part_first;
    size_t part_count;
    struct lambda_batch batch; /* the part at hand */
    struct lambda_invocation invocation;

    /* while a worker has the batch */
    struct worker_job job;
    enum status job_status;
    struct delivery_query_job query_job;
    int64_t query_us; /* how long the last one took */
};

/* Read the claimed rows and copy what is needed of the settings. */
NODISCARD enum status transform_batch_load(struct delivery_batch *batch, struct db *db,
                                           uint64_t run);

/* Cut the next part: fills in batch and invocation, but for the invocation id. False: none is left.
 */
bool transform_batch_next_part(struct delivery_batch *batch);

/* `error` is the whole invocation's; NULL: each record has a result. Ends the part. */
NODISCARD enum status transform_batch_collect(struct delivery_batch *batch,
                                              const struct transform_error *error);

/* Without a function: each item is delivered as it is. */
void transform_batch_pass(struct delivery_batch *batch);

/* Free what was loaded. Safe at any time and twice. */
void transform_batch_unload(struct delivery_batch *batch);

#endif
