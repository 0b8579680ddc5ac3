/*
 * sandbox.h -- one world: its data, its clock, its chance, its engines. Two sandboxes share
 * nothing.
 *
 * A struct of pointers to parts, made and torn down by sandbox.c (the composition root), so that
 * handlers reach what they need without knowing how it was put together. All parts are
 * never NULL while a call runs. Loop thread only.
 */
#ifndef EMULATOR_SANDBOX_H
#define EMULATOR_SANDBOX_H

#include "emulator/events/event_bus.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"

struct blob_store;
struct db;
struct delivery_engine;
struct event_queue;
struct event_sources;
struct init_scripts;
struct key_port;
struct lambda_engine;
struct log_expiry;
struct s3_lifecycle;
struct log_forwarder;
struct shape_cache;
struct table_cache;
struct table_upkeep;
struct sandbox;

/* A reset under way. Embed it; done() runs on a later turn, when the empty world is ready. */
struct sandbox_reset {
    void (*done)(struct sandbox_reset *reset, enum status status);
    struct list link; /* the sandbox's */
};

struct sandbox {
    const char *name;   /* "main" */
    const char *folder; /* DIR/<name> */
    struct loop *loop;  /* borrowed from the app */
    struct db *db;
    struct blob_store *blobs;
    struct sim_clock clock;
    struct random random;
    struct event_bus bus;
    struct lambda_engine *lambda;
    struct event_queue *events; /* asynchronous invocations */
    struct event_sources *event_sources;
    int64_t lambda_pending_ms; /* how long changes of functions take */
    struct delivery_engine *delivery;
    struct log_forwarder *log_forwarder; /* metric and subscription filters at work */
    struct log_expiry *log_expiry;
    struct table_upkeep *table_upkeep; /* new indexes, expiry of items, streams */
    struct s3_lifecycle *s3_lifecycle;
    const struct key_port *keys;     /* the keys IAM and STS made; NULL: none */
    const struct init_scripts *init; /* the daemon's: a user's scripts */
    struct table_cache *tables;      /* storage/table_store.h */
    struct shape_cache *shape_cache; /* compiled patterns of emulator/shapes */

    /*
     * Write what is kept in memory for a moment only (measurements), before somebody reads it.
     * Between units of work.
     */
    void (*settle)(struct sandbox *sandbox);

    /*
     * Back to an empty world: every resource of every service goes. What is in flight ends without
     * leaving anything in the new one. STATUS_BUSY while the clock is being advanced.
     */
    void (*reset)(struct sandbox *sandbox, struct sandbox_reset *reset);
};

#endif
