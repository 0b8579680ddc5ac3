/*
 * stream_store.h -- DynamoDB stream records: what each write of a table with a stream changed.
 *
 * A record is appended in the unit of the write it tells of, so both happen or neither does.
 * Sequence numbers rise within a stream; they have gaps. Records live for 24 hours.
 */
#ifndef STORAGE_STREAM_STORE_H
#define STORAGE_STREAM_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/query.h"

struct arena;
struct db;
struct table;

#define STREAM_RETENTION_MS ((int64_t)24 * 60 * 60 * 1000)
#define STREAM_EVENT_ID_BYTES 16

enum stream_event { STREAM_INSERT = 1, STREAM_MODIFY, STREAM_REMOVE };

struct stream_record {
    int64_t stream_id;
    int64_t created_ms;
    enum stream_event event;
    uint8_t event_id[STREAM_EVENT_ID_BYTES];
    int64_t size;      /* SizeBytes: keys and the images that are kept */
    struct slice keys; /* item documents */
    bool has_old_image;
    bool has_new_image;
    struct slice old_image;
    struct slice new_image;
    bool is_expiry; /* time to live removed the item */
};

/* ---- streams ------------------------------------------------------------------------------ */

/* A stream of table->stream_view and stream_label begins. */
NODISCARD enum status stream_store_open(struct db *db, const struct table *table, int64_t now_ms,
                                        int64_t *ret_id);

/* It gets no more records, and can be read for a day. */
NODISCARD enum status stream_store_close(struct db *db, int64_t stream_id, int64_t now_ms);

/* ---- writing ----------------------------------------------------------------------------- */

/* Append it, and now and then remove what is older than the retention. */
NODISCARD enum status stream_store_append(struct db *db, const struct stream_record *record);

/* ---- reading ----------------------------------------------------------------------------- */

struct stream_key {
    struct slice account;
    struct slice region;
    struct slice table;
    struct slice label;
};

struct stream_row {
    int64_t id;
    int64_t view; /* enum stream_view of table_store.h */
    int64_t created_ms;
    int64_t closed_ms;      /* 0 while open */
    int64_t first_sequence; /* no record has a lower one */
    int64_t last_sequence;  /* once closed: no record has a higher one */
    struct slice table;     /* these from stream_store_list() and _describe() only */
    struct slice label;
    struct slice hash_name;
    struct slice range_name; /* empty: none */
};

/* STATUS_NOT_FOUND. */
NODISCARD enum status stream_store_find(struct db *db, const struct stream_key *key,
                                        struct stream_row *ret_row);

/* The same with its names, in the arena. */
NODISCARD enum status stream_store_describe(struct db *db, const struct stream_key *key,
                                            struct arena *arena, struct stream_row *ret_row);

/* Which streams are wanted: up to `max` behind the stream `after`. */
struct stream_page {
    struct slice account;
    struct slice region;
    struct slice table;    /* empty: of all tables */
    int64_t after;         /* an id; 0: from the first */
    int64_t not_before_ms; /* leave out what was closed earlier */
    size_t max;
};

/* In the order they were made, names in the arena. */
NODISCARD enum status stream_store_list(struct db *db, const struct stream_page *page,
                                        struct arena *arena, struct stream_row *ret_rows,
                                        size_t *ret_count);

/* The oldest record from `from_ms` or later: its sequence number; 0: there is none. */
NODISCARD enum status stream_store_first(struct db *db, int64_t stream_id, int64_t from_ms,
                                         int64_t *ret_sequence);

/* The newest record's sequence number; 0: there is none. */
NODISCARD enum status stream_store_last(struct db *db, int64_t stream_id, int64_t *ret_sequence);

/* Records behind a sequence number, in order, borrowed until the next step. One cursor at a time.
 */
struct stream_cursor {
    struct query query;
};

void stream_store_begin(struct stream_cursor *cursor, struct db *db, int64_t stream_id,
                        int64_t after);
bool stream_store_next(struct stream_cursor *cursor, int64_t *ret_sequence,
                       struct stream_record *ret_record);
NODISCARD enum status stream_store_end(struct stream_cursor *cursor);

/* ---- what is too old ------------------------------------------------------------------------- */

/* When the oldest record of all came; STATUS_NOT_FOUND. */
NODISCARD enum status stream_store_oldest_ms(struct db *db, int64_t *ret_ms);

/*
 * Remove up to `max_rows` records from before `before_ms`, and streams closed before; *ret_more
 * says whether there may be others.
 */
NODISCARD enum status stream_store_sweep(struct db *db, int64_t before_ms, int64_t max_rows,
                                         bool *ret_more);

#endif
