/*
 * event_attempt.h -- one batch of one shard on its way to a function, and what its outcome means
 * for the shard's position. The rules of event_source.h; no timers, no invoking.
 */
#ifndef EMULATOR_LAMBDA_EVENT_ATTEMPT_H
#define EMULATOR_LAMBDA_EVENT_ATTEMPT_H

#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/lambda/event_stream.h"
#include "emulator/lambda/invoke.h"
#include "storage/event_source_store.h"

struct db;

struct event_attempt {
    struct list link; /* the owner's */
    void *owner;      /* borrowed */
    struct arena arena;
    struct event_source_row row;
    struct event_source_lane lane;
    struct event_stream stream; /* its ARN's parts are the row's */
    struct event_batch batch;
    event_stream_item_fn *write_item;
    struct lambda_invocation invocation;
};

/* The row is copied. */
NODISCARD enum status event_attempt_create(void *owner, const struct event_source_row *row,
                                           const struct event_source_lane *lane,
                                           struct event_attempt **ret_attempt);
void event_attempt_free(struct event_attempt *attempt);

/* Read what is next: the batch, and the invocation but for its `done`. */
NODISCARD enum status event_attempt_read(struct event_attempt *attempt, struct db *db,
                                         const struct event_stream *stream,
                                         const struct event_shard *shard, int64_t now_ms);

/* When the batch is to be handed over: at once, or when its window has passed. */
int64_t event_attempt_due_ms(const struct event_attempt *attempt);

/* The lane stands behind this place now, and nothing of it has failed. */
void event_attempt_move(struct event_attempt *attempt, int64_t place);

/*
 * The function was called: move or keep the position, and write both. STATUS_NOT_FOUND: the
 * mapping is gone. In a unit of work.
 */
NODISCARD enum status event_attempt_settle(struct event_attempt *attempt, struct db *db,
                                           int64_t now_ms);

#endif
