/*
 * kinesis_store.h -- Kinesis data streams at rest: streams, their shards, records and tags.
 *
 * A record has a place in its shard: 1, 2, 3, ... in the order of arrival, never used again.
 * Records are removed some time after their retention; who reads leaves out what is too old.
 *
 * Rows a cursor gives are borrowed until its next step; two cursors of one kind must not be open on
 * a database at once. What writes needs an open unit of work (db.h).
 */
#ifndef STORAGE_KINESIS_STORE_H
#define STORAGE_KINESIS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/query.h"

struct arena;
struct db;

#define KINESIS_MAX_PLACE ((INT64_C(1) << 36) - 1)

/* Whose streams. */
struct kinesis_owner {
    struct slice account;
    struct slice region;
};

struct kinesis_stream_row {
    int64_t id;
    struct slice name;
    bool is_on_demand;
    int64_t shards;
    int64_t retention_hours;
    int64_t created_ms;
};

struct kinesis_shard_row {
    int64_t id; /* never used again */
    int64_t stream;
    int64_t number;     /* in its stream: 0, 1, ... */
    int64_t last_place; /* of the newest record ever; 0: none */
};

/* ---- streams ------------------------------------------------------------------------------ */

/* With `row->shards` empty shards; fills in the id. STATUS_EXISTS. Writes. */
NODISCARD enum status kinesis_stream_create(struct db *db, const struct kinesis_owner *owner,
                                            struct kinesis_stream_row *row);

/* STATUS_NOT_FOUND. The name is in the arena. */
NODISCARD enum status kinesis_stream_find(struct db *db, const struct kinesis_owner *owner,
                                          struct slice name, struct arena *arena,
                                          struct kinesis_stream_row *ret_row);

/* The same by its id, if it is this owner's. */
NODISCARD enum status kinesis_stream_get(struct db *db, const struct kinesis_owner *owner,
                                         int64_t id, struct arena *arena,
                                         struct kinesis_stream_row *ret_row);

/* With its shards and tags; its records, which nobody finds any more, go later. Writes. */
NODISCARD enum status kinesis_stream_delete(struct db *db, int64_t id);

NODISCARD enum status kinesis_stream_set_retention(struct db *db, int64_t id, int64_t hours);

struct kinesis_totals {
    int64_t streams;
    int64_t on_demand_streams;
    int64_t provisioned_shards;
    int64_t shards;
};

NODISCARD enum status kinesis_store_totals(struct db *db, const struct kinesis_owner *owner,
                                           struct kinesis_totals *ret_totals);

struct kinesis_cursor {
    struct query query;
};

/* Streams whose names come behind `after`, by name. */
void kinesis_streams_begin(struct kinesis_cursor *cursor, struct db *db,
                           const struct kinesis_owner *owner, struct slice after);
bool kinesis_streams_next(struct kinesis_cursor *cursor, struct kinesis_stream_row *ret_row);

/* For every kind of cursor; says whether reading went well. */
NODISCARD enum status kinesis_cursor_end(struct kinesis_cursor *cursor);

/* ---- shards and records ------------------------------------------------------------------- */

/* STATUS_NOT_FOUND. */
NODISCARD enum status kinesis_shard_find(struct db *db, int64_t stream, int64_t number,
                                         struct kinesis_shard_row *ret_row);
NODISCARD enum status kinesis_shard_get(struct db *db, int64_t id,
                                        struct kinesis_shard_row *ret_row);

struct kinesis_record {
    int64_t place;
    int64_t arrival_ms;
    struct slice partition_key;
    struct slice data;
};

/*
 * Append one record to a shard of a stream: `record` without its place, which is filled in. Now and
 * then removes records from before `keep_from_ms`. Writes.
 */
NODISCARD enum status kinesis_record_append(struct db *db, const struct kinesis_shard_row *shard,
                                            int64_t keep_from_ms, struct kinesis_record *record);

/* The place before the first record that arrived at `at_ms` or later; last_place: none did. */
NODISCARD enum status kinesis_shard_before(struct db *db, const struct kinesis_shard_row *shard,
                                           int64_t at_ms, int64_t *ret_place);

/* Records behind the place `after`, in order. */
void kinesis_records_begin(struct kinesis_cursor *cursor, struct db *db, int64_t shard,
                           int64_t after);
bool kinesis_records_next(struct kinesis_cursor *cursor, struct kinesis_record *ret_record);

/* Records of deleted streams: are there any; remove some, up to `max_rows`. The latter writes. */
NODISCARD enum status kinesis_store_has_dropped(struct db *db, bool *ret_has);
NODISCARD enum status kinesis_store_sweep(struct db *db, int64_t max_rows, bool *ret_more);

/* ---- tags --------------------------------------------------------------------------------- */

/* Replaces the value of a key that is there. Writes. */
NODISCARD enum status kinesis_tag_put(struct db *db, int64_t stream, struct slice key,
                                      struct slice value);
NODISCARD enum status kinesis_tag_remove(struct db *db, int64_t stream, struct slice key);
NODISCARD enum status kinesis_tag_count(struct db *db, int64_t stream, int64_t *ret_count);

/* Tags whose keys come behind `after`, by key. */
void kinesis_tags_begin(struct kinesis_cursor *cursor, struct db *db, int64_t stream,
                        struct slice after);
bool kinesis_tags_next(struct kinesis_cursor *cursor, struct slice *ret_key,
                       struct slice *ret_value);

#endif
