/*
 * event_queue.h -- asynchronous invocations: accepted, kept in the database, tried until they
 * succeed or are given up.
 *
 *     event_queue_add (in the call's unit) -> COMMIT -> due -> lambda_invoke -> row removed
 *                                                      ^             |
 *                                                      '- put off ---' failed, or was refused
 *
 * A function's own errors are tried again after one minute and then two, as often as the
 * function's configuration says (2 times when it says nothing); throttles and errors of ours after
 * a second and twice as long each time, up to five minutes. An event older than its maximum age (6
 * hours) is given up when its turn comes, one of a function whose reserved concurrency is zero at
 * once. Whatever is given up is logged: there are no dead-letter
 * queues and no destinations.
 *
 * An event that was committed is tried at least once, whatever happens to the process; one whose
 * success was not committed is tried again.
 *
 * Loop thread only. Time is the sandbox's.
 */
#ifndef EMULATOR_LAMBDA_EVENT_QUEUE_H
#define EMULATOR_LAMBDA_EVENT_QUEUE_H

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct db;
struct event_queue;
struct function_event;
struct lambda_engine;
struct loop;
struct sim_clock;

#define EVENT_QUEUE_IN_FLIGHT_MAX 64u

/* Borrowed for the queue's life. */
struct event_queue_options {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct lambda_engine *lambda;
};

NODISCARD enum status event_queue_create(const struct event_queue_options *options,
                                         struct event_queue **ret_queue);

/* Take up what waits in the database. */
void event_queue_start(struct event_queue *queue);

/* Nothing new is taken up; what runs is the engine's to finish. */
void event_queue_stop(struct event_queue *queue);

/* Only when the engine is quiet. NULL is a no-op. */
void event_queue_destroy(struct event_queue *queue);

/* Accept one, in the open unit of work. Times, counts and id are the queue's to fill in. */
NODISCARD enum status event_queue_add(struct event_queue *queue, struct function_event *event);

#endif
