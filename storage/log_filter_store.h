/*
 * log_filter_store.h -- CloudWatch Logs' metric and subscription filters, and how far each of them
 * has come.
 *
 * What log_events_append() stores in a group is noted for each of the group's filters in the same
 * unit, so that no acknowledged event passes a filter by. A note is moved forward, and removed, in
 * the unit that deals with its events. Notes of filters that were deleted are removed in portions.
 *
 * What writes needs an open unit of work (db.h).
 */
#ifndef STORAGE_LOG_FILTER_STORE_H
#define STORAGE_LOG_FILTER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/log_store.h"

struct arena;
struct db;

enum log_filter_kind { LOG_FILTER_METRIC = 1, LOG_FILTER_SUBSCRIPTION = 2 };

struct log_filter_row {
    int64_t id;
    int64_t group_id;
    struct slice group; /* its name; read only, as the next two */
    struct slice account;
    struct slice region;
    enum log_filter_kind kind;
    struct slice name;
    struct slice pattern;
    struct slice settings; /* JSON object */
    bool has_regex;
    int64_t created_ms;
    int64_t next_ms; /* not to be tried again before */
    int64_t failures;
    int64_t failing_since_ms;
    int64_t disabled_until_ms;
};

/* Make it, or replace all but its id and creation time. Writes. */
NODISCARD enum status log_filter_put(struct db *db, const struct log_filter_row *row);

/* STATUS_NOT_FOUND. In the arena. */
NODISCARD enum status log_filter_find(struct db *db, int64_t group_id, enum log_filter_kind kind,
                                      struct slice name, struct arena *arena,
                                      struct log_filter_row *ret_row);
NODISCARD enum status log_filter_get(struct db *db, int64_t id, struct arena *arena,
                                     struct log_filter_row *ret_row);

NODISCARD enum status log_filter_remove(struct db *db, int64_t id);

/* The members from `next_ms` on. Writes. */
NODISCARD enum status log_filter_set_health(struct db *db, const struct log_filter_row *row);

/* How many of a kind a group has; how many of both have regular expressions. */
struct log_filter_counts {
    int64_t metric_filters;
    int64_t subscription_filters;
    int64_t with_regex;
};
NODISCARD enum status log_filter_count(struct db *db, int64_t group_id,
                                       struct log_filter_counts *ret_counts);

/* Which filters of an owner's, in the order of (group, name). */
struct log_filters_range {
    struct log_owner owner;
    enum log_filter_kind kind;
    int64_t group_id; /* 0: of all groups */
    int64_t after_group;
    struct slice after_name;
    struct slice prefix; /* of names */
};

/* The rows' slices are borrowed until the next step. End with log_cursor_end(). */
void log_filters_begin(struct log_cursor *cursor, struct db *db,
                       const struct log_filters_range *range);
bool log_filters_next(struct log_cursor *cursor, struct log_filter_row *ret_row);

/* ---- events to be dealt with ---- */

struct log_forward_row {
    int64_t id;
    int64_t filter_id;
    int64_t stream_id; /* 0: no events, a message that checks the destination */
    int64_t next_event;
    int64_t last_event;
};

/* Ask for a message that checks the destination, before all events to come. Writes. */
NODISCARD enum status log_forward_add_check(struct db *db, int64_t filter_id);

/* The first filter behind `after` that has something to deal with. STATUS_NOT_FOUND. */
NODISCARD enum status log_forward_next_filter(struct db *db, int64_t after, int64_t *ret_filter_id);

/* What a filter has to deal with first. STATUS_NOT_FOUND. */
NODISCARD enum status log_forward_first(struct db *db, int64_t filter_id,
                                        struct log_forward_row *ret_row);

/* Everything before `next_event` is dealt with. Writes. */
NODISCARD enum status log_forward_move(struct db *db, const struct log_forward_row *row,
                                       int64_t next_event);

/* Forget up to `max_rows` notes of a filter that is gone. Writes. */
NODISCARD enum status log_forward_drop(struct db *db, int64_t filter_id, int64_t max_rows);

/* A note's events, in the order of their ids. End with log_cursor_end(). */
void log_forward_events_begin(struct log_cursor *cursor, struct db *db,
                              const struct log_forward_row *row);
bool log_forward_events_next(struct log_cursor *cursor, struct log_event_row *ret_row);

#endif
