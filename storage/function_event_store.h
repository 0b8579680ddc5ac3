/*
 * function_event_store.h -- asynchronous invocations of Lambda functions that wait, and how often
 * they are to be tried. Writes need an open unit of work (db.h). Both go with their function.
 */
#ifndef STORAGE_FUNCTION_EVENT_STORE_H
#define STORAGE_FUNCTION_EVENT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct function_event {
    int64_t id;
    struct slice account;
    struct slice region;
    struct slice function;
    struct slice qualifier; /* empty: $LATEST */
    struct slice request_id;
    struct slice payload; /* JSON */
    int64_t accepted_ms;
    int64_t due_ms;
    int64_t failures; /* of the function */
    int64_t refusals; /* throttles and errors of ours, since the last failure */
};

/* Everything but the id, which is the next one. */
NODISCARD enum status function_event_store_add(struct db *db, const struct function_event *event,
                                               int64_t *ret_id);

/* Put off: its failures, refusals and due time are these now. STATUS_NOT_FOUND. */
NODISCARD enum status function_event_store_put_off(struct db *db,
                                                   const struct function_event *event);

/* It succeeded, or is given up. STATUS_NOT_FOUND. */
NODISCARD enum status function_event_store_remove(struct db *db, int64_t id);

/* Where a walk through the events in the order of (due_ms, id) stands. */
struct function_event_place {
    int64_t due_ms;
    int64_t id;
};

/* The next event behind a place, in the arena. STATUS_NOT_FOUND. */
NODISCARD enum status function_event_store_next(struct db *db,
                                                const struct function_event_place *after,
                                                struct arena *arena,
                                                struct function_event *ret_event);

/* ---- configurations ---------------------------------------------------------------------- */

struct function_event_key {
    struct slice account;
    struct slice region;
    struct slice function;
    struct slice qualifier; /* "$LATEST" for the function itself */
};

struct function_event_config {
    bool has_max_retries;
    int64_t max_retries;
    bool has_max_age;
    int64_t max_age_s;
    int64_t modified_ms;
};

/* Make it or replace it. */
NODISCARD enum status function_event_store_configure(struct db *db,
                                                     const struct function_event_key *key,
                                                     const struct function_event_config *config);

/* STATUS_NOT_FOUND. */
NODISCARD enum status function_event_store_unconfigure(struct db *db,
                                                       const struct function_event_key *key);
NODISCARD enum status function_event_store_config(struct db *db,
                                                  const struct function_event_key *key,
                                                  struct function_event_config *ret_config);

/* The first of the function's behind the key's qualifier, in their order. STATUS_NOT_FOUND. */
NODISCARD enum status function_event_store_next_config(struct db *db,
                                                       const struct function_event_key *after,
                                                       struct arena *arena,
                                                       struct slice *ret_qualifier,
                                                       struct function_event_config *ret_config);

#endif
