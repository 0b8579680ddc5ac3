/*
 * event_source_store.h -- event source mappings of Lambda: which stream is read for which function,
 * and how far. Writes need an open unit of work (db.h).
 *
 * A position is a place in a shard: everything up to it was handed to the function, or given up.
 */
#ifndef STORAGE_EVENT_SOURCE_STORE_H
#define STORAGE_EVENT_SOURCE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct event_source_row {
    int64_t id;
    struct slice uuid;
    struct slice account;
    struct slice region;
    struct slice function; /* "name" or "name:qualifier" */
    struct slice source_arn;
    int64_t batch_size;
    int64_t window_s;
    int64_t max_age_s;   /* -1: no other limit than the stream's */
    int64_t max_retries; /* likewise */
    bool bisects;
    bool reports_failures;
    struct slice starting_position; /* TRIM_HORIZON, LATEST, AT_TIMESTAMP */
    int64_t starting_ms;
    bool is_enabled;
    struct slice change; /* the state until ready_ms */
    int64_t ready_ms;
    int64_t modified_ms;
    struct slice last_result;
    struct slice tags; /* JSON object; empty: none */
};

/* Fills in the id. */
NODISCARD enum status event_source_store_insert(struct db *db, struct event_source_row *row);

/* Replace all but id, uuid, owner, source and starting position. STATUS_NOT_FOUND. */
NODISCARD enum status event_source_store_update(struct db *db, const struct event_source_row *row);

/* Only what the last batch came to. STATUS_NOT_FOUND. */
NODISCARD enum status event_source_store_set_result(struct db *db, int64_t id,
                                                    struct slice last_result);

/* With its positions. STATUS_NOT_FOUND. */
NODISCARD enum status event_source_store_delete(struct db *db, int64_t id);

/* By its uuid, if it is this owner's. STATUS_NOT_FOUND. */
NODISCARD enum status event_source_store_find(struct db *db, struct slice account,
                                              struct slice region, struct slice uuid,
                                              struct arena *arena,
                                              struct event_source_row *ret_row);

/* The first one behind this id, whoever owns it. STATUS_NOT_FOUND. */
NODISCARD enum status event_source_store_next(struct db *db, int64_t after, struct arena *arena,
                                              struct event_source_row *ret_row);

/* ---- positions --------------------------------------------------------------------------- */

struct event_source_lane {
    int64_t source; /* event_source_row.id */
    int64_t shard;
    int64_t position;
    int64_t failures;  /* of the function, for what comes behind the position */
    int64_t next_ms;   /* not to be tried before */
    int64_t piece;     /* records to take of a batch that failed as a whole; 0: no such batch */
    int64_t piece_end; /* the place of its last record */
};

/* STATUS_NOT_FOUND: nothing is known of this shard. */
NODISCARD enum status event_source_store_lane(struct db *db, int64_t source, int64_t shard,
                                              struct event_source_lane *ret_lane);
NODISCARD enum status event_source_store_put_lane(struct db *db,
                                                  const struct event_source_lane *lane);

#endif
