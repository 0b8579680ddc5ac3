/*
 * event_stream.h -- the streams event source mappings read: Kinesis data streams and DynamoDB
 * streams, as shards with records in order, and a batch of them as a function's event.
 *
 * Places rise within a shard (kinesis_store.h, stream_store.h). Reading only. Loop thread.
 */
#ifndef EMULATOR_LAMBDA_EVENT_STREAM_H
#define EMULATOR_LAMBDA_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"

struct arena;
struct db;
struct json_writer;

enum event_stream_kind { EVENT_STREAM_KINESIS, EVENT_STREAM_DYNAMODB };

struct event_stream {
    enum event_stream_kind kind;
    struct slice arn;
    struct slice region;
    struct slice account;
    struct slice name;  /* of the stream, or of the table */
    struct slice label; /* of a table's stream */
    int64_t id;
    int64_t created_ms;
    int64_t shards;
    int64_t retention_ms;
    const char *view; /* of a table's stream: "NEW_IMAGE"... */
};

/* The parts of an ARN. STATUS_INVALID: no stream that can be read. */
NODISCARD enum status event_stream_parse(struct slice arn, struct event_stream *ret_stream);

/* And what there is of it. STATUS_NOT_FOUND: there is no such stream. */
NODISCARD enum status event_stream_find(struct db *db, struct slice arn, struct arena *arena,
                                        struct event_stream *ret_stream);

struct event_shard {
    int64_t id; /* never used again */
    int64_t number;
    int64_t last_place; /* of the newest record; 0: none */
};

/* number: 0 ... stream->shards - 1 */
NODISCARD enum status event_stream_shard(struct db *db, const struct event_stream *stream,
                                         int64_t number, struct event_shard *ret_shard);

/* The place before the first record that came at `at_ms` or later. Kinesis only. */
NODISCARD enum status event_stream_before(struct db *db, const struct event_stream *stream,
                                          const struct event_shard *shard, int64_t at_ms,
                                          int64_t *ret_place);

/* Writes an item of a table as JSON: {"name": {"S": "..."}}. Items are DynamoDB's to understand. */
typedef void event_stream_item_fn(struct json_writer *w, struct slice item);

/* What to read: records behind a place, but for those from before `from_ms`. */
struct event_stream_request {
    int64_t after;
    int64_t last; /* and no further than this place */
    int64_t max_records;
    int64_t from_ms;
    event_stream_item_fn *write_item;
};

struct event_batch {
    struct text event; /* {"Records": [...]}, in the arena */
    size_t records;
    bool is_full;       /* as much as one event may have */
    int64_t after;      /* the place before its first record */
    int64_t last_place; /* of its last record; that of what is too old when it has none */
    int64_t first_ms;   /* when its first record came */
};

NODISCARD enum status event_stream_read(struct db *db, const struct event_stream *stream,
                                        const struct event_shard *shard,
                                        const struct event_stream_request *request,
                                        struct arena *arena, struct event_batch *ret_batch);

/* The place a sequence number of an event stands for. STATUS_INVALID. */
NODISCARD enum status event_stream_place(const struct event_stream *stream, struct slice sequence,
                                         int64_t *ret_place);

#endif
