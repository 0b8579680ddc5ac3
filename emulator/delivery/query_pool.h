/*
 * query_pool.h -- the processes of queries (query_process.h): who gets one, how many stand idle,
 * and what becomes of a batch whose process ended.
 *
 *     (none) --start, compile--> IN USE <--the stream's next batch-- IDLE
 *                                 |  '------- all answered ---------->'  |
 *                                 v  record at fault, stop               v  QUERY_IDLE_MS, its
 *                               (none)                                 (none)  stream's end, stop
 *
 * A process belongs to one stream and has its program. Without a launcher (tests) queries run here,
 * in whoever asks.
 *
 * Any thread; query_pool_run() and query_pool_check() wait: on a worker.
 */
#ifndef EMULATOR_DELIVERY_QUERY_POOL_H
#define EMULATOR_DELIVERY_QUERY_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/delivery/query_process.h"

struct query_pool;

#define QUERY_IDLE_MAX 4 /* the one that has been idle for longest makes room */
#define QUERY_IDLE_MS 60000

/* Real time that the records of one batch may take. */
#define QUERY_BATCH_MAX_MS 10000

/* `launcher`: our own program; NULL or "": none. Borrowed. */
NODISCARD enum status query_pool_create(const char *launcher, struct query_pool **ret_pool);

/* When nobody waits for it. NULL is a no-op. */
void query_pool_destroy(struct query_pool *pool);

/*
 * An answer for every record, by a stream's program. A record that is at fault has
 * METADATA_PROCESS_ENDED or METADATA_LIMIT; when the batch's time is up, so have all that are left.
 * STATUS_CANCELLED: the pool was stopped. Others: there could be no process; nothing is known.
 */
NODISCARD enum status query_pool_run(struct query_pool *pool, int64_t stream, struct slice program,
                                     struct query_run *run);

/* Does it compile? STATUS_INVALID: no; why is appended to `problem`. Others as above. */
NODISCARD enum status query_pool_check(struct query_pool *pool, struct slice program,
                                       struct text *problem);

/* The stream goes: end what is idle. */
void query_pool_drop(struct query_pool *pool, int64_t stream);

/* End what has been idle for long. True: something is idle still. */
bool query_pool_trim(struct query_pool *pool);

/* End everything, at once: whoever waits is done. */
void query_pool_stop(struct query_pool *pool);

#endif
