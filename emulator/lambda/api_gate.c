#include "emulator/lambda/api_gate.h"

#include <assert.h>

#include "emulator/base/list.h"

/* Behind the last answer the gate may be gone as soon as the lock is free. */
static void on_answer(struct api_port_call *port_call)
{
    struct api_gate_call *call = list_entry(port_call, struct api_gate_call, port_call);
    struct api_gate *gate = call->gate;
    (void)pthread_mutex_lock(&gate->lock);
    call->http_status = port_call->http_status;
    call->output_start = gate->outputs.len;
    call->output.len = port_call->output.len;
    text_append(&gate->outputs, port_call->output);
    if (++gate->answered == gate->count)
        (void)pthread_cond_signal(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

static void on_loop(struct loop_task *task)
{
    const struct api_gate *gate = list_entry(task, struct api_gate, task);
    const struct api_port *port = gate->port;
    struct api_gate_call *calls = gate->calls;
    size_t count = gate->count;
    for (size_t i = 0; i < count; i++)
        port->call(port->ctx, &calls[i].port_call);
}

void api_gate_init(struct api_gate *gate, struct loop *loop, const struct api_port *port)
{
    *gate = (struct api_gate){.loop = loop, .port = port};
    loop_task_init(&gate->task, on_loop);
    (void)pthread_mutex_init(&gate->lock, NULL); /* neither fails with default attributes */
    (void)pthread_cond_init(&gate->changed, NULL);
    text_init(&gate->outputs, API_GATE_ANSWER_MAX_BYTES);
}

void api_gate_close(struct api_gate *gate)
{
    text_close(&gate->outputs);
    (void)pthread_cond_destroy(&gate->changed);
    (void)pthread_mutex_destroy(&gate->lock);
}

static void wait_for_answers(struct api_gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    while (gate->answered < gate->count)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    (void)pthread_mutex_unlock(&gate->lock);
}

enum status api_gate_run(struct api_gate *gate, const char *service, const char *operation,
                         struct api_gate_call *calls, size_t count)
{
    assert(count > 0 && count <= API_GATE_CALLS_MAX);
    for (size_t i = 0; i < count; i++) {
        calls[i].gate = gate;
        calls[i].port_call = (struct api_port_call){
            .principal = &gate->principal,
            .service = service,
            .operation = operation,
            .input = calls[i].input,
            .done = on_answer,
        };
    }
    gate->calls = calls;
    gate->count = count;
    gate->answered = 0;
    text_clear(&gate->outputs);
    loop_post(gate->loop, &gate->task);
    wait_for_answers(gate);
    if (gate->outputs.status != STATUS_OK)
        return gate->outputs.status;
    for (size_t i = 0; i < count; i++)
        calls[i].output = slice_first(slice_from(text_slice(&gate->outputs), calls[i].output_start),
                                      calls[i].output.len);
    return STATUS_OK;
}
