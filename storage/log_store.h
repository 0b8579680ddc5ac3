/*
 * log_store.h -- CloudWatch Logs at rest: groups, their streams and tags, and events.
 *
 * Events are ordered by (at_ms, id): their own time first, then the order they came in. Ids are
 * never used twice, so this position names an event for good; pages and followers rely on it.
 *
 * Lists are read row by row with a cursor, whose slices are borrowed until its next step. Between
 * begin and end of one cursor no second one of the same kind may be begun on that database.
 */
#ifndef STORAGE_LOG_STORE_H
#define STORAGE_LOG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/query.h"

struct arena;
struct db;

/* What an event counts beside its text, in stored bytes and in request limits. */
#define LOG_EVENT_OVERHEAD_BYTES 26

/* Whose groups. */
struct log_owner {
    struct slice account;
    struct slice region;
};

struct log_group_row {
    int64_t id;
    struct slice name;
    int64_t created_ms;
    struct slice class; /* "STANDARD", ... */
    struct slice kms_key;
    bool is_protected;
    int64_t retention_days; /* 0: kept for ever */
    int64_t stored_bytes;
};

struct log_stream_row {
    int64_t id;
    struct slice name;
    int64_t created_ms;
    bool has_events; /* the three below are set */
    int64_t first_event_ms;
    int64_t last_event_ms;
    int64_t last_ingestion_ms;
};

struct log_event_row {
    int64_t id;
    int64_t stream_id;
    struct slice stream_name;
    int64_t at_ms;
    int64_t ingested_ms;
    struct slice message; /* not there when the event is of a stream not asked for */
    bool is_other;        /* ... which it is then */
};

/* ---- groups ------------------------------------------------------------------------------- */

/* `row` without its id. STATUS_EXISTS. Writes. */
NODISCARD enum status log_group_create(struct db *db, const struct log_owner *owner,
                                       const struct log_group_row *row, int64_t *ret_id);

/* STATUS_NOT_FOUND. The row's slices are in the arena. */
NODISCARD enum status log_group_find(struct db *db, const struct log_owner *owner,
                                     struct slice name, struct arena *arena,
                                     struct log_group_row *ret_row);

/* With its streams, tags and filters; its events, which nobody finds any more, go later. Writes. */
NODISCARD enum status log_group_delete(struct db *db, int64_t id);

NODISCARD enum status log_group_set_retention(struct db *db, int64_t id, int64_t days);
NODISCARD enum status log_group_set_kms_key(struct db *db, int64_t id, struct slice key);
NODISCARD enum status log_group_set_protection(struct db *db, int64_t id, bool is_protected);

struct log_events_range;

struct log_cursor {
    struct query query;
    const struct log_events_range *range; /* borrowed; of events */
    unsigned others_in_a_row;             /* somebody else's, passed over */
};

/* The groups behind `after` (empty: from the first) whose names begin with `prefix`, by name. */
void log_groups_begin(struct log_cursor *cursor, struct db *db, const struct log_owner *owner,
                      struct slice after, struct slice prefix);
bool log_groups_next(struct log_cursor *cursor, struct log_group_row *ret_row);

/* For every kind of cursor; says whether reading went well. */
NODISCARD enum status log_cursor_end(struct log_cursor *cursor);

/* ---- tags --------------------------------------------------------------------------------- */

/* Replaces the value of a key that is there. Writes. */
NODISCARD enum status log_tag_put(struct db *db, int64_t group_id, struct slice key,
                                  struct slice value);
NODISCARD enum status log_tag_remove(struct db *db, int64_t group_id, struct slice key);
NODISCARD enum status log_tag_count(struct db *db, int64_t group_id, int64_t *ret_count);

void log_tags_begin(struct log_cursor *cursor, struct db *db, int64_t group_id);
bool log_tags_next(struct log_cursor *cursor, struct slice *ret_key, struct slice *ret_value);

/* ---- streams ------------------------------------------------------------------------------ */

/* STATUS_EXISTS. Writes. */
NODISCARD enum status log_stream_create(struct db *db, int64_t group_id, struct slice name,
                                        int64_t now_ms, int64_t *ret_id);

/* STATUS_NOT_FOUND. The row's name is in the arena. */
NODISCARD enum status log_stream_find(struct db *db, int64_t group_id, struct slice name,
                                      struct arena *arena, struct log_stream_row *ret_row);

/* Its events, which nobody finds any more, go later. Writes. */
NODISCARD enum status log_stream_delete(struct db *db, int64_t group_id, int64_t id);

enum log_stream_order { LOG_STREAMS_BY_NAME, LOG_STREAMS_BY_LAST_EVENT };

/* Which streams of a group, and from where on. */
struct log_streams_range {
    int64_t group_id;
    enum log_stream_order order;
    bool is_descending;
    struct slice prefix; /* of names; empty takes all */
    bool has_after;      /* start behind the stream with this name (and this last event) */
    struct slice after_name;
    int64_t after_last_event_ms;
};

/* Streams without events come before all others in the order of last events, as if at time 0. */
void log_streams_begin(struct log_cursor *cursor, struct db *db,
                       const struct log_streams_range *range);
bool log_streams_next(struct log_cursor *cursor, struct log_stream_row *ret_row);

/* ---- what was deleted ----------------------------------------------------------------------- */

NODISCARD enum status log_store_has_dropped(struct db *db, bool *ret_has);

/* Remove up to `max_rows` events of deleted streams; *ret_more says whether any may be left. */
NODISCARD enum status log_store_sweep(struct db *db, int64_t max_rows, bool *ret_more);

/* ---- events ------------------------------------------------------------------------------- */

struct log_line {
    int64_t at_ms;
    struct slice message;
};

struct log_batch {
    int64_t group_id;
    int64_t stream_id;
    int64_t ingested_ms;
    const struct log_line *lines;
    size_t line_count;
};

/* Also noted for the group's filters, see log_filter_store.h. Writes. */
NODISCARD enum status log_events_append(struct db *db, const struct log_batch *batch);

/* A place between two events: behind every event that is before it in order. */
struct log_position {
    int64_t at_ms;
    int64_t id;
};

bool log_position_is_before(struct log_position a, struct log_position b);

/*
 * Events of a group, or of one stream of it, strictly behind `after` and strictly before `before`;
 * forward or backward. `streams` narrows a group's to these ids, NULL takes all; `stream_prefix`
 * likewise by name. The events between are shown as somebody else's, so that a reader who passes
 * over very many of them can stop; long rows of them between `streams` are jumped over.
 */
struct log_events_range {
    int64_t group_id;
    int64_t stream_id; /* 0: the whole group */
    struct log_position after;
    struct log_position before;
    bool is_descending; /* for one stream only */
    const int64_t *streams;
    size_t stream_count;
    struct slice stream_prefix;
};

#define LOG_POSITION_FIRST ((struct log_position){INT64_MIN, INT64_MIN})
#define LOG_POSITION_LAST ((struct log_position){INT64_MAX, INT64_MAX})

void log_events_begin(struct log_cursor *cursor, struct db *db,
                      const struct log_events_range *range);
bool log_events_next(struct log_cursor *cursor, struct log_event_row *ret_row);

#endif
