/*
 * log_portion.h -- one portion of a filter's events, from the database to where they go. The
 * forwarder's (log_forwarder.h).
 */
#ifndef HANDLERS_LOGS_LOG_PORTION_H
#define HANDLERS_LOGS_LOG_PORTION_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/lambda/api_port.h"
#include "handlers/logs/log_target.h"
#include "storage/log_filter_store.h"

struct db;
struct event_queue;
struct log_forwarder;
struct random;

#define LOG_PORTIONS_MAX 16u /* on their way at once */

struct log_portion {
    struct list link;            /* the forwarder's */
    struct log_forwarder *owner; /* borrowed */
    struct db *db;               /* borrowed */
    struct random *random;       /* borrowed */
    struct arena arena;
    struct log_filter_row filter;
    struct log_forward_row note; /* the events' */
    int64_t next_event;          /* behind the portion */
    bool is_waiting;             /* the filter's time has not come */
    bool is_ready;               /* to be sent */
    struct log_target target;
    struct text data; /* base64 of what is sent */
    struct principal principal;
    struct api_port_call call;
    void (*sent)(struct log_portion *portion);
    int http_status;
    struct slice error_code; /* in the arena; empty: none */
};

/* NULL: out of memory. */
struct log_portion *log_portion_create(struct log_forwarder *owner, struct db *db,
                                       struct random *random);
void log_portion_free(struct log_portion *portion);

/* The filter, and what it has to deal with first. STATUS_NOT_FOUND: there is no such filter. */
NODISCARD enum status log_portion_load(struct log_portion *portion, struct db *db, int64_t filter);

/* Forget some of what a filter that is gone had to deal with. Writes. */
NODISCARD enum status log_portion_drop(struct db *db, int64_t filter);

/*
 * Match, and write what can be written at once; is_ready is set when the rest is to be sent.
 * Writes.
 */
NODISCARD enum status log_portion_work(struct log_portion *portion, struct event_queue *events,
                                       int64_t now_ms);

/* `sent` runs later, exactly once. */
void log_portion_send(struct log_portion *portion, const struct api_port *port,
                      void (*sent)(struct log_portion *portion));

/* Write what the answer means: further, later again, or given up. Writes. */
NODISCARD enum status log_portion_settle(struct log_portion *portion, struct db *db,
                                         int64_t now_ms);

#endif
