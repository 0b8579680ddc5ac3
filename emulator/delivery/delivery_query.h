/*
 * delivery_query.h -- MetadataExtraction in an engine: batches that wait for their turn with the
 * processes of queries (query_pool.h), checks of new programs, and the end of idle processes.
 *
 *     submit -> [in line] -> work (worker) -> done (loop thread)
 *
 * Whoever works there may wait for a query that hangs, so that there are few at once, and one of
 * a stream's leaves room for another's: streams without a query never wait for one, and those with
 * a good one not for long.
 *
 * Loop thread, but for what says so.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_QUERY_H
#define EMULATOR_DELIVERY_DELIVERY_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/slice.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/worker.h"

struct arena;
struct delivery_engine;
struct delivery_stream;
struct query_pool;
struct text;
struct transform_items;

#define DELIVERY_QUERIES_AT_ONCE 3u
#define DELIVERY_QUERIES_OF_STREAM 2u

/* An engine's. */
struct delivery_queries {
    struct query_pool *pool; /* owned */
    unsigned running;
    struct list waiting; /* struct delivery_query_job */
    struct list working;
    struct loop_task start;
    struct loop_timer trim;
};

/* Embed it, and keep it until `done`. */
struct delivery_query_job {
    void (*work)(struct delivery_query_job *job);
    void (*done)(struct delivery_query_job *job);
    enum status status; /* of the work; or STATUS_NO_MEMORY, and it was never begun */
    int64_t stream;     /* 0: none's */

    /* the engine's */
    struct delivery_engine *engine;
    struct worker_job job;
    struct list link;
};

NODISCARD enum status delivery_query_init(struct delivery_engine *engine);
void delivery_query_stop(struct delivery_engine *engine); /* every query ends at once */
void delivery_query_close(struct delivery_engine *engine);

/* Loop thread. `done` follows, on a later turn. */
void delivery_query_submit(struct delivery_engine *engine, struct delivery_query_job *job);

/* Does a program compile? Embed it, and keep it until `done`. */
struct delivery_query_check {
    struct slice program; /* borrowed */
    struct text *problem; /* borrowed, of the heap: why not */
    void (*done)(struct delivery_query_check *check);
    enum status status; /* STATUS_INVALID: no. STATUS_CANCELLED: the engine was stopped. Others. */
    struct delivery_query_job job; /* the engine's */
};

/* `done` follows, on a later turn. */
void delivery_query_check(struct delivery_engine *engine, struct delivery_query_check *check);

/*
 * In a job's work: the keys of every item that has not failed, or why it fails. STATUS_NO_MEMORY,
 * STATUS_CANCELLED: the engine was stopped, others: there could be no process.
 */
NODISCARD enum status delivery_query_extract(struct delivery_query_job *job,
                                             struct transform_items *items, struct slice program,
                                             struct arena *arena);

/* The stream goes. */
void delivery_query_drop(struct delivery_stream *stream);

#endif
