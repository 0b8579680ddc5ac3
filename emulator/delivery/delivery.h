/*
 * delivery.h -- the delivery engine of one sandbox: everything between an accepted record and
 * the S3 object it ends in. Steps 5 to 7 of a record's path.
 *
 * A record waits in one of the stages of its stream. It is stored in the database from its
 * acceptance on, and only a unit of work moves it, so at any moment it stands in exactly one place:
 *
 *                 delivery_accept()
 *                   |          |
 *       (transform) v          | (no transform)
 *     .---------------.        v
 *     | PROCESS       |  Ok  .----------.  object put
 *     | waits for the |----->| DELIVER  |--------------> S3 object under Prefix
 *     | transform     |      '----------'
 *     '---------------'      .----------.  object put
 *         |   |  failed      | ERROR    |--------------> S3 object under ErrorOutputPrefix
 *         |   '------------->| (lines)  |
 *         '--> Dropped       '----------'
 *                            .----------.  object put
 *     delivery_accept() ---->| BACKUP   |--------------> S3 object in the backup bucket
 *     (a copy, if asked for) '----------'
 *
 * A stage is a buffer, due when its bytes reach the size or when its first waiting
 * record has waited for the interval, whichever comes first. What is due moves on like this:
 *
 *     state       leaves by                        to         holds the clock
 *     ----------  -------------------------------  ---------  ---------------
 *     WAITING     size, interval, delivery_flush   DUE        no
 *     DUE         the COMMIT of its last row       IN FLIGHT  yes
 *     IN FLIGHT   invocation or object succeeded   gone       yes
 *     IN FLIGHT   it failed                        BACK-OFF   yes
 *     BACK-OFF    sandbox time; delivery_flush     DUE        no
 *
 * Only committed rows are ever taken up. After a restart, or when a group of units was undone, the
 * counters are rebuilt from the database and whatever was in flight is simply done again.
 *
 * Loop thread only. Functions that write say so: they need an open unit of work (storage/db.h).
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_H
#define EMULATOR_DELIVERY_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/slice.h"

struct blob_store;
struct db;
struct delivery_engine;
struct delivery_stream; /* one stream of the engine's cache */
struct event_bus;
struct lambda_engine;
struct loop;
struct random;
struct record_chunk;
struct sim_clock;

/* What the engine works with: all borrowed, all outliving it. */
struct delivery_deps {
    struct loop *loop;
    struct db *db;
    struct blob_store *blobs;
    struct sim_clock *clock;
    struct random *random;
    struct event_bus *bus;
    struct lambda_engine *lambda;
    const char *launcher; /* our own program, for queries; NULL or "": none; borrowed */
    /* How long changes take, in sandbox time; 0: no time at all. */
    int64_t create_delay_ms;  /* CREATING */
    int64_t delete_delay_ms;  /* DELETING */
    int64_t encrypt_delay_ms; /* ENABLING, DISABLING */
    bool has_quotas;          /* AWS's rates of putting are kept to */
};

/* ---- life of the engine: for the composition root ----------------------------------------- */

/* Nothing runs before delivery_engine_start(). */
NODISCARD enum status delivery_engine_create(const struct delivery_deps *deps,
                                             struct delivery_engine **ret_engine);

/* Load the streams, count what waits, set the timers. Once, before the first request. */
NODISCARD enum status delivery_engine_start(struct delivery_engine *engine);

/*
 * Take up nothing more; what waits stays in the database. What is in flight still finishes, see
 * delivery_engine_is_idle() and delivery_engine_drain().
 */
void delivery_engine_stop(struct delivery_engine *engine);

/* No invocation and no object of the engine's is in flight. */
bool delivery_engine_is_idle(const struct delivery_engine *engine);

/* Told on a later turn, once the stopped engine is idle. Embed it. */
struct delivery_drain {
    void (*done)(struct delivery_drain *drain);
    struct list link; /* the engine's */
};

void delivery_engine_drain(struct delivery_engine *engine, struct delivery_drain *drain);

/* Only when idle. Pending flushes and drains are forgotten. NULL is a no-op. */
void delivery_engine_destroy(struct delivery_engine *engine);

/* ---- streams: for handlers ---------------------------------------------------------------- */

/* From memory, without a SELECT; NULL when there is none. Valid until the next turn. */
struct delivery_stream *delivery_stream_find(struct delivery_engine *engine, struct slice account,
                                             struct slice region, struct slice name);

enum delivery_state { DELIVERY_CREATING, DELIVERY_ACTIVE, DELIVERY_DELETING };

enum delivery_state delivery_stream_state(const struct delivery_stream *stream);

/* Server-side encryption is ENABLED. Nothing is really encrypted: it is a state, and what Put says.
 */
bool delivery_stream_is_encrypted(const struct delivery_stream *stream);

int64_t delivery_stream_id(const struct delivery_stream *stream);

struct delivery_stream_row; /* storage/delivery_stream_store.h */

/*
 * Store and begin a stream; `row` has account, region, name and configuration, the rest is
 * filled in. Writes. STATUS_EXISTS: the name is taken. STATUS_INVALID: no valid configuration.
 */
NODISCARD enum status delivery_stream_create(struct delivery_engine *engine,
                                             struct delivery_stream_row *row);

/*
 * Give the stream another configuration and its next version. What waits stays and is delivered by
 * the new one; its intervals count from when that began to wait. Writes.
 */
NODISCARD enum status delivery_stream_update(struct delivery_engine *engine,
                                             struct delivery_stream *stream,
                                             struct slice configuration);

struct delivery_encryption; /* storage/delivery_stream_store.h */

/* Start or stop encryption, with these keys; since_ms is filled in. Writes. */
NODISCARD enum status delivery_stream_encrypt(struct delivery_stream *stream,
                                              struct delivery_encryption *encryption);

/*
 * Discard everything the stream holds, and remove it: at once, or when DELETING is over. Writes.
 * Nothing happens when it is DELETING already.
 */
NODISCARD enum status delivery_stream_delete(struct delivery_engine *engine,
                                             struct delivery_stream *stream);

/* ---- records ------------------------------------------------------------------------------ */

/* What AWS allows a stream in one second, whether it is kept to here or not. */
struct delivery_rates {
    uint64_t requests;
    uint64_t records;
    uint64_t bytes;
};

const struct delivery_rates *delivery_quota_rates(const struct delivery_stream *stream);

/*
 * With quotas: may one more request come now, one more record of it? Both count it if so. Rates are
 * of whole seconds of the sandbox's clock. Without quotas always true.
 */
bool delivery_quota_take_request(struct delivery_stream *stream);
bool delivery_quota_take_record(struct delivery_stream *stream, uint64_t bytes);

/* With quotas: may one more call of a control operation come in this second? */
bool delivery_quota_take_call(struct delivery_engine *engine, struct slice account,
                              struct slice region, const char *operation);

/* A chunk of more data than this has to be cut into several before delivery_accept(). */
uint64_t delivery_stream_chunk_bytes(const struct delivery_stream *stream);

/* Are its records compressed ones, from subscriptions of CloudWatch Logs, to be unpacked? */
bool delivery_stream_decompresses(const struct delivery_stream *stream);

/*
 * Take over one request's records, packed (record_chunk.h): stored when the unit is committed.
 * Writes. On failure the caller undoes the unit.
 */
NODISCARD enum status delivery_accept(struct delivery_engine *engine,
                                      struct delivery_stream *stream,
                                      const struct record_chunk *chunks, size_t count);

/* ---- flush: for the admin API ------------------------------------------------------------- */

/*
 * Deliver now what is buffered now: through the transform, its retries without their back-off,
 * and into S3. Embed it; keep it until done() ran.
 */
struct delivery_flush {
    void (*done)(struct delivery_flush *flush); /* on a later turn, exactly once */

    /*
     * Filled in before done(). STATUS_CANCELLED: the stream was deleted or the engine
     * stopped. STATUS_CONFLICT: something could not be written to S3 and waits.
     */
    enum status status;
    uint64_t objects;           /* written, error objects included */
    uint64_t delivered_records; /* in objects under Prefix */
    uint64_t failed_records;    /* in objects under ErrorOutputPrefix */
    uint64_t backup_records;    /* in objects of the backup */
    uint64_t waiting_records;   /* still there: refused by S3, or accepted meanwhile */

    struct list link; /* the engine's */
};

/* STATUS_NOT_FOUND: no such stream, done() is not called. */
NODISCARD enum status delivery_flush(struct delivery_engine *engine, struct slice account,
                                     struct slice region, struct slice name,
                                     struct delivery_flush *flush);

#endif
