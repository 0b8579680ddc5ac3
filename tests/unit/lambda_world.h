/*
 * lambda_world.h -- a Lambda engine in a world of its own for tests: real loop, workers and
 * database in a temporary folder, frozen clock, a port that answers what the test says.
 */
#ifndef TESTS_UNIT_LAMBDA_WORLD_H
#define TESTS_UNIT_LAMBDA_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/text.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/api_port.h"
#include "emulator/lambda/invoke.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/function_store.h"

#define NOW_MS 1795422007084 /* 2026-11-23T08:20:07.084Z */

/* {"records":[{"recordId":"a","data":base64 of one of the words plugin_by_word knows}]} */
#define EVENT(base64) SLICE("{\"records\":[{\"recordId\":\"a\",\"data\":\"" base64 "\"}]}")

struct lambda_world {
    char folder[64];
    char functions[96];
    struct loop *loop;
    struct sim_clock clock;
    struct random random;
    struct event_bus bus;
    struct event_reader reader;
    struct db *db;
    struct api_port port;
    struct lambda_engine *engine;
    struct text log;     /* every line published, "stream: text" */
    struct text calls;   /* every call that came through the port */
    int port_status;     /* what the port answers */
    const char *refused; /* to calls with this in their input it answers 400 */
    int64_t limit_ms;    /* of the invocations started */
    unsigned pending;    /* invocations not answered */
    struct loop_hook hook;
    bool waits_for_quiet;
    const char *waits_until_gone; /* in the functions' folder */
    struct lambda_slot *refuses;  /* wait until this one has refused a changed file */
};

extern struct lambda_world world;

int world_set_up(void **state);
int world_tear_down(void **state);

/*
 * First in main(): true when this process is one the engine started, for a C transform, and is done
 * with the exit code. With the argument --isolated all worlds isolate their transforms.
 */
bool world_is_helper(int argc, char **argv, int *ret_code);

/* From now on all worlds isolate. */
void world_isolate(void);

/* Another engine on the same data; the one before was destroyed. */
void world_create_engine(void);

/* Until every invocation is answered; until the engine is quiet, too. */
void world_run(void);
void world_run_until_quiet(void);

/* Start an invocation; invoke() and invoke_batch() run the loop until it is answered. */
void world_start(struct lambda_invocation *invocation, const char *function, struct slice event);
void world_invoke(struct lambda_invocation *invocation, const char *function, struct slice event);
void world_invoke_batch(struct lambda_invocation *invocation, const char *function,
                        const char *const *words, size_t count);

/* A function from a file of PLUGIN_FOLDER; one as CreateFunction stores it. */
void world_add(const char *name, const char *file);
struct function_row world_store(const char *name, const char *plugin, int64_t timeout_s);
void world_copy_file(const char *from, const char *to);

bool world_log_has(const char *text);

/* Below the functions' folder. */
bool world_is_there(const char *path);

#endif
