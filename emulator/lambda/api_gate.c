#include "emulator/lambda/api_gate.h"

#include "emulator/base/list.h"

static void on_answer(struct api_port_call *call)
{
    struct api_gate *gate = list_entry(call, struct api_gate, call);
    (void)pthread_mutex_lock(&gate->lock);
    gate->http_status = call->http_status;
    text_append(&gate->output, call->output);
    gate->is_answered = true;
    (void)pthread_cond_signal(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

static void on_loop(struct loop_task *task)
{
    struct api_gate *gate = list_entry(task, struct api_gate, task);
    gate->port->call(gate->port->ctx, &gate->call);
}

void api_gate_init(struct api_gate *gate, struct loop *loop, const struct api_port *port)
{
    *gate = (struct api_gate){.loop = loop, .port = port};
    loop_task_init(&gate->task, on_loop);
    (void)pthread_mutex_init(&gate->lock, NULL); /* neither fails with default attributes */
    (void)pthread_cond_init(&gate->changed, NULL);
    text_init(&gate->output, API_GATE_ANSWER_MAX_BYTES);
}

void api_gate_close(struct api_gate *gate)
{
    text_close(&gate->output);
    (void)pthread_cond_destroy(&gate->changed);
    (void)pthread_mutex_destroy(&gate->lock);
}

enum status api_gate_call(struct api_gate *gate, const char *service, const char *operation,
                          struct slice input, int *ret_http_status, struct slice *ret_output)
{
    gate->call = (struct api_port_call){
        .principal = &gate->principal,
        .service = service,
        .operation = operation,
        .input = input,
        .done = on_answer,
    };
    gate->is_answered = false;
    text_clear(&gate->output);
    loop_post(gate->loop, &gate->task);

    (void)pthread_mutex_lock(&gate->lock);
    while (!gate->is_answered)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    (void)pthread_mutex_unlock(&gate->lock);
    if (gate->output.status != STATUS_OK)
        return gate->output.status;
    *ret_http_status = gate->http_status;
    *ret_output = text_slice(&gate->output);
    return STATUS_OK;
}
