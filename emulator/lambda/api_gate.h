/*
 * api_gate.h -- how a worker makes AWS calls: it hands them to the loop thread and waits.
 *
 *     worker                              loop thread
 *     api_gate_run()   --loop_post-->     api_port.call() for each ... handlers, one COMMIT
 *       (waits)        <--condition--     done for each: the answers are copied
 *
 * Handing over costs more than a small call does, so several are handed over together. One
 * api_gate_run() at a time per gate. The gate must live until it has returned.
 */
#ifndef EMULATOR_LAMBDA_API_GATE_H
#define EMULATOR_LAMBDA_API_GATE_H

#include <pthread.h>
#include <stddef.h>

#include "emulator/auth/principal.h"
#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/lambda/api_port.h"
#include "emulator/loop/loop.h"

/* Of all answers to one api_gate_run(). */
#define API_GATE_ANSWER_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* So many are carried out before the loop turns to anybody else. */
#define API_GATE_CALLS_MAX ((size_t)64)

/* One call. The caller gives it its `input`. */
struct api_gate_call {
    struct slice input; /* JSON, borrowed */
    int http_status;
    struct slice output; /* the gate's, until the next api_gate_run() */

    /* the gate's */
    struct api_gate *gate;
    struct api_port_call port_call;
    size_t output_start;
};

struct api_gate {
    struct loop *loop;           /* borrowed */
    const struct api_port *port; /* borrowed */
    struct principal principal;  /* what it points to is borrowed */
    struct loop_task task;
    struct api_gate_call *calls; /* borrowed, while they are made */
    size_t count;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    size_t answered;
    struct text outputs;
};

void api_gate_init(struct api_gate *gate, struct loop *loop, const struct api_port *port);
void api_gate_close(struct api_gate *gate);

/*
 * Make 1 to API_GATE_CALLS_MAX calls of one operation, in their order, and wait for all answers.
 * Worker only. STATUS_TOO_LARGE, STATUS_NO_MEMORY: the calls were made, their answers could not be
 * kept.
 */
NODISCARD enum status api_gate_run(struct api_gate *gate, const char *service,
                                   const char *operation, struct api_gate_call *calls,
                                   size_t count);

#endif
