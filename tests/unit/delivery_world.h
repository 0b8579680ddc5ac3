/*
 * delivery_world.h -- a delivery engine in a world of its own for tests: real loop, database and
 * blobs in a temporary folder, frozen clock, and a function that does what the test says.
 */
#ifndef TESTS_UNIT_DELIVERY_WORLD_H
#define TESTS_UNIT_DELIVERY_WORLD_H

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "tests/lib/temporary_folder.h"

#define WORLD_ACCOUNT "111122223333"
#define WORLD_REGION "us-east-1"
#define WORLD_START_MS INT64_C(1795645643084) /* 2026-11-25T22:27:23.084Z */
#define WORLD_LAMBDA "arn:aws:lambda:us-east-1:111122223333:function:f"

struct world {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct loop *loop;
    struct db *db;
    struct blob_store *blobs;
    struct sim_clock clock;
    struct random random;
    struct event_bus bus;
    struct event_reader reader;
    struct loop_hook commit;
    struct delivery_engine *engine;
    struct arena arena; /* what the helpers answer */

    /* the function */
    enum lambda_outcome outcome; /* of the next invocations */
    bool is_over_limit;          /* likewise, of LAMBDA_TIMED_OUT */
    int64_t limit_ms;            /* how long the last one would have been waited for */
    unsigned failures_left;      /* so many end with `outcome`, then all is well; UINT_MAX: all */
    const char *payload;         /* of LAMBDA_MALFORMED */
    struct list waiting;         /* invocations to be answered */
    struct loop_task answer;
    unsigned invocations;
    struct text record_ids;     /* one line per record and invocation */
    struct text invocation_ids; /* one line per invocation */
    bool is_function_stuck;     /* does not answer */
    bool spoils_commit;
    struct text logs; /* lines of EVENT_LOG */
};

int world_set_up(void **state);
int world_tear_down(void **state);

/* End the engine as a kill would, and start another one on the same data. */
void world_restart(struct world *w);

void world_commit(struct world *w);

/* Let the clock run; the world is quiet afterwards. */
void world_advance(struct world *w, int64_t ms);

void world_make_bucket(struct world *w, const char *name);

/* With S3 hints of 5 MiB and 300 s. `lambda` adds a function with hints 1 MiB and 60 s. */
void world_make_stream(struct world *w, const char *name, bool lambda);
void world_make_stream_of(struct world *w, const char *name, const char *configuration);
struct delivery_stream *world_stream(struct world *w, const char *name);

/* One record, in a unit that is kept; no commit. */
void world_put(struct world *w, const char *stream, const char *data);
enum status world_put_in_unit(struct world *w, const char *stream, struct slice data, bool keep);

/* Keys of all objects, a line each; and the bytes of one, of the n-th. In the order of writing. */
const char *world_keys(struct world *w);
const char *world_key(struct world *w, unsigned n);
struct slice world_object(struct world *w, unsigned n);
unsigned world_object_count(struct world *w);

/* Rows of record_chunk. */
unsigned world_chunks(struct world *w);

/* The next group that has written is lost instead of committed. */
void world_spoil_commit(struct world *w);
enum status world_try_commit(struct world *w);

#endif
