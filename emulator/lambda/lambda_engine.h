/*
 * lambda_engine.h -- the functions of one sandbox and what runs them (calling one is invoke.h).
 *
 * A function is either a row of storage/function_store, made through the Lambda API, or a file
 * given to the daemon (`serve --function NAME=path.so`). The latter exist in every region of
 * their account while the daemon runs, are not stored, and are loaded again when the file changes;
 * a reload that fails keeps what is running and logs why. A stored function hides a file of
 * the same name.
 *
 * One loaded instance per function, one invocation at a time; more of them wait, and beyond
 * LAMBDA_WAITING_MAX are throttled. An instance is replaced when the function's revision
 * changes, as on AWS.
 *
 *     IDLE --invoke--> RUNNING --worker back--> IDLE (next one waiting, or unload when deleted)
 *                         |
 *                    Timeout passed: the caller is answered
 *                         v
 *                      STUCK --worker back--> IDLE        meanwhile everything is throttled
 *
 * Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_LAMBDA_ENGINE_H
#define EMULATOR_LAMBDA_LAMBDA_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"
#include "emulator/loop/child_user.h"

struct api_port;
struct arena;
struct db;
struct event_bus;
struct function_key;
struct function_row;
struct lambda_engine;
struct loop;
struct random;
struct runtime_port;
struct session_port;
struct sim_clock;

#define LAMBDA_WAITING_MAX ((size_t)1000)
#define LAMBDA_FUNCTIONS_MAX ((size_t)10000) /* loaded at a time */

/* Everything is borrowed for the engine's life, but for the texts, which are copied. */
struct lambda_engine_options {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct random *random;
    struct event_bus *bus;
    const struct api_port *api_port;
    const struct runtime_port *runtime_port;
    const struct session_port *session_port;
    const char *launcher; /* see function_command.h; NULL or "": none, none given */
    const char *python;
    const char *node;
    struct child_user function_user; /* of processes on the Runtime API */
    bool
        isolates; /* C transforms run in helpers, unless they say otherwise: function_isolation.h */
    const char *functions_folder; /* DIR/<sandbox>/functions, made when missing */
    const char *account;          /* where file functions live when add_file is given no account */
};

/* Code no function refers to is removed from the folder. */
NODISCARD enum status lambda_engine_create(const struct lambda_engine_options *options,
                                           struct lambda_engine **ret_engine);

/* End the processes that wait for work, and those that work when they have ended. From now on
 * lambda_engine_is_quiet() waits for them, too. */
void lambda_engine_stop(struct lambda_engine *engine);

/* Only when lambda_engine_is_quiet(). NULL is a no-op. */
void lambda_engine_destroy(struct lambda_engine *engine);

/*
 * No worker is inside a function or unpacks code, and nobody waits for an answer. A transform
 * that never returns keeps it false for ever: a daemon that wants to end must then leave by
 * _exit(), without destroying the engine and the loop.
 */
bool lambda_engine_is_quiet(const struct lambda_engine *engine);

/*
 * Register the function `name` (empty account: the default) from a shared object, or point it at
 * another file. Blocking: loads it. On failure `reason` (LAMBDA_REASON_BYTES) names the file and
 * says why.
 */
#define LAMBDA_REASON_BYTES 1024
NODISCARD enum status lambda_engine_add_file(struct lambda_engine *engine, struct slice account,
                                             struct slice name, const char *path, char *reason);

/*
 * A function's configuration, in the arena; for one from a file it is made up, code_file is its
 * path. STATUS_NOT_FOUND.
 */
NODISCARD enum status lambda_engine_find(struct lambda_engine *engine, struct slice account,
                                         struct slice region, struct slice name,
                                         struct arena *arena, struct function_row *ret_row);

/* Is this the configuration of a function from a file? */
bool lambda_engine_is_from_file(const struct function_row *row);

/* The first function after `after` in name order, of either kind. STATUS_NOT_FOUND. */
NODISCARD enum status lambda_engine_next(struct lambda_engine *engine, struct slice account,
                                         struct slice region, struct slice after,
                                         struct arena *arena, struct function_row *ret_row);

/* Stored functions only: this one was deleted; unload all its versions when they are idle. */
void lambda_engine_forget(struct lambda_engine *engine, struct slice account, struct slice region,
                          struct slice name);

/* The same of one version alone. */
void lambda_engine_forget_version(struct lambda_engine *engine, const struct function_key *key);

/*
 * Code was replaced or its function deleted: remove what no function refers to, a moment later,
 * when the group is committed and nothing is in flight.
 */
void lambda_engine_sweep(struct lambda_engine *engine);

/*
 * Every stored function is gone from the database: unload them all and remove their code. What runs
 * or waits, of files too, ends with LAMBDA_INTERNAL_ERROR and leaves no log line and no row.
 */
void lambda_engine_reset(struct lambda_engine *engine);

/* Where the code of a stored function lies: the package as it came, for people to fetch. In the
 * arena. */
const char *lambda_engine_package_path(const struct lambda_engine *engine, struct arena *arena,
                                       const struct function_row *row);

#endif
