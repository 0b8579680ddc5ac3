/*
 * sandbox_life.h -- making and unmaking a sandbox (sandbox.h): for the composition root only.
 *
 *     sandbox_open ─ gateway_add_world ─ sandbox_start ─ ... ─ sandbox_drain ─ sandbox_close
 */
#ifndef EMULATOR_SANDBOX_LIFE_H
#define EMULATOR_SANDBOX_LIFE_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"
#include "emulator/loop/child_user.h"
#include "storage/db.h"

struct gateway;
struct loop;
struct sandbox;

struct sandbox_options {
    const char *root; /* folder of all sandboxes */
    const char *name;
    enum db_durability durability;
    const char *account; /* of functions given by file */
    const char *region;
    int64_t stream_create_ms;
    int64_t stream_delete_ms;
    int64_t stream_encrypt_ms;
    int64_t lambda_pending_ms;
    bool has_quotas;              /* AWS's rates */
    const char *const *functions; /* NAME=path.so; borrowed, outlives the sandbox */
    size_t function_count;
    const char *launcher; /* this program: it starts functions' and queries' processes; borrowed */
    const char *python;   /* interpreters to use; NULL: look for one; borrowed */
    const char *node;
    struct child_user function_user;
    int clock_mode;                  /* enum sim_clock_mode */
    const struct init_scripts *init; /* borrowed; told of, not run */
    bool isolates;           /* C transforms that do not say run in processes of their own */
    struct gateway *gateway; /* serves the calls functions make */
};

/* Open or make its data; nothing runs yet. */
NODISCARD enum status sandbox_open(struct loop *loop, const struct sandbox_options *options,
                                   struct sandbox **ret_sandbox);

/* Where the AWS APIs are, for functions' processes: "http://127.0.0.1:4566". Borrowed. */
void sandbox_serves_at(struct sandbox *sandbox, const char *url);

/* Take up what waits in the database, load the functions given by file. */
NODISCARD enum status sandbox_start(struct sandbox *sandbox);

/* At the end of a turn, between units: what the sandbox keeps of itself. */
void sandbox_before_commit(struct sandbox *sandbox);

/* Told on a later turn, when nothing is in flight and nothing new is taken up. Embed it. */
struct sandbox_drain {
    void (*done)(struct sandbox_drain *drain);
};

void sandbox_drain(struct sandbox *sandbox, struct sandbox_drain *drain,
                   void (*done)(struct sandbox_drain *drain));

/* Only when drained, or never started. NULL is a no-op. */
void sandbox_close(struct sandbox *sandbox);

#endif
