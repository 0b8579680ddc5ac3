/*
 * api_gate.h -- how a worker makes an AWS call: it hands it to the loop thread and waits.
 *
 *     worker                              loop thread
 *     api_gate_call()  --loop_post-->     api_port.call() ... handler, COMMIT
 *       (waits)        <--condition--     done: the answer is copied
 *
 * One call at a time per gate. The gate must live until api_gate_call() has returned.
 */
#ifndef EMULATOR_LAMBDA_API_GATE_H
#define EMULATOR_LAMBDA_API_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include "emulator/auth/principal.h"
#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/lambda/api_port.h"
#include "emulator/loop/loop.h"

#define API_GATE_ANSWER_MAX_BYTES ((size_t)16 * 1024 * 1024)

struct api_gate {
    struct loop *loop;           /* borrowed */
    const struct api_port *port; /* borrowed */
    struct principal principal;  /* what it points to is borrowed */
    struct loop_task task;
    struct api_port_call call;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool is_answered;
    int http_status;
    struct text output;
};

void api_gate_init(struct api_gate *gate, struct loop *loop, const struct api_port *port);
void api_gate_close(struct api_gate *gate);

/*
 * Make the call and wait for its answer. Worker only. *ret_output is valid until the next call.
 * STATUS_TOO_LARGE, STATUS_NO_MEMORY: the call was made, its answer could not be kept.
 */
NODISCARD enum status api_gate_call(struct api_gate *gate, const char *service,
                                    const char *operation, struct slice input, int *ret_http_status,
                                    struct slice *ret_output);

#endif
