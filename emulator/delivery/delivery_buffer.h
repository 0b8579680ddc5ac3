/*
 * delivery_buffer.h -- one stage of one stream: counters and deadlines of the chunks that wait.
 *
 * The chunks themselves are rows (storage/record_store.h). What is in flight has claimed a run of
 * them; the rest waits. Rows never move within a buffer, so claims are disjoint runs of ids.
 * The counters are rebuilt from the rows whenever those were changed behind the engine's back.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_BUFFER_H
#define EMULATOR_DELIVERY_DELIVERY_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/status.h"
#include "emulator/loop/sim_clock.h"

struct db;
struct delivery_stream;

/* As stored: a stage is a lane of record_store.h; only ever added to. */
enum delivery_stage {
    STAGE_PROCESS,        /* waits for the transform */
    STAGE_DELIVER,        /* for an object under Prefix */
    STAGE_ERROR,          /* for an object under ErrorOutputPrefix */
    STAGE_BACKUP,         /* as it came, for an object in the backup bucket */
    STAGE_UNPACK_ERROR,   /* as STAGE_ERROR, of another error-output-type */
    STAGE_ENDPOINT_ERROR, /* the same: what an HTTP endpoint did not take */
    STAGE_COUNT
};

/* Partitions, which are in STAGE_DELIVER, have the lanes from here on. */
#define DELIVERY_FIRST_PARTITION_LANE 16u

/* A run of chunks in flight. Embedded in what works on them. */
struct delivery_claim {
    struct list link;
    int64_t first_id;
    int64_t last_id;
    int64_t records;
    int64_t bytes;
    int64_t oldest_ms; /* arrival */
    int64_t queued_ms; /* of the first chunk */
    int64_t chunks;
};

/* When a buffer is due, and how much of it is taken at once. */
struct delivery_limits {
    int64_t size_bytes;
    int64_t interval_ms;
    int64_t event_bytes; /* of an invocation's event; 0: no such limit */
    int64_t records;     /* 0: no such limit */
};

struct delivery_buffer {
    struct delivery_stream *stream; /* borrowed: its owner */
    enum delivery_stage stage;
    int64_t base_id; /* ids of its chunks are above */
    int64_t last_id; /* of the newest chunk ever */
    int64_t records; /* waiting, not claimed */
    int64_t bytes;
    int64_t first_id;         /* of the first waiting chunk, when records > 0 */
    int64_t first_queued_ms;  /* since when that waits */
    int64_t flush_through_id; /* chunks up to here are due; 0: none */
    int64_t not_before_ms;    /* back-off; 0: none */
    unsigned failures;        /* attempts in a row that failed */
    struct list claims;       /* struct delivery_claim */
    struct sim_timer timer;   /* the deadline */
    bool is_writing;          /* an object of it is in flight */
};

void delivery_buffer_init(struct delivery_buffer *b, struct delivery_stream *stream,
                          enum delivery_stage stage, int64_t base_id);

/* The most an event for this many records and bytes can take as JSON. */
int64_t delivery_buffer_event_bytes(int64_t records, int64_t bytes);

/* Something is due now. */
bool delivery_buffer_is_due(const struct delivery_buffer *b, const struct delivery_limits *limits,
                            int64_t now_ms);

/* When it will be, if nothing happens before; INT64_MAX for an empty buffer. */
int64_t delivery_buffer_due_ms(const struct delivery_buffer *b,
                               const struct delivery_limits *limits);

/* A chunk was appended: id, amounts. */
void delivery_buffer_count(struct delivery_buffer *b, int64_t id, int64_t records, int64_t bytes,
                           int64_t queued_ms);

/*
 * Claim the first waiting chunks. With `is_hard` as many as fit within the limits (at least one),
 * else as many as it takes to reach the size. STATUS_END: nothing waits.
 */
NODISCARD enum status delivery_buffer_claim(struct delivery_buffer *b, struct db *db,
                                            const struct delivery_limits *limits, bool is_hard,
                                            struct delivery_claim *claim);

/* Delete the claimed chunks; large amounts are only discarded. Writes. */
NODISCARD enum status delivery_buffer_remove(const struct delivery_claim *claim, struct db *db);

/* The claimed chunks are gone. */
void delivery_buffer_settle(struct delivery_claim *claim);

/* They wait again. */
void delivery_buffer_give_back(struct delivery_buffer *b, struct delivery_claim *claim);

/* All stored chunks: `records` and `bytes` include what is claimed. Recount from the rows. */
NODISCARD enum status delivery_buffer_recount(struct delivery_buffer *b, struct db *db,
                                              int64_t records, int64_t bytes, int64_t last_id);

#endif
