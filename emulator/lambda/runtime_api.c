#include "emulator/lambda/runtime_api.h"

#include <assert.h>
#include <stdio.h>

void runtime_api_init(struct runtime_api *api, const struct runtime_listener *listener, void *ctx)
{
    *api = (struct runtime_api){.state = RUNTIME_STARTING, .listener = listener, .ctx = ctx};
}

static void deliver(struct runtime_api *api, const struct runtime_event *event)
{
    struct runtime_next *next = api->next;
    api->next = NULL;
    next->deliver(next, event);
}

void runtime_api_close(struct runtime_api *api)
{
    api->state = RUNTIME_FAILED;
    if (api->next != NULL)
        deliver(api, NULL);
}

void runtime_api_invoke(struct runtime_api *api, const struct runtime_event *event)
{
    assert(api->state == RUNTIME_IDLE && api->next != NULL);
    (void)snprintf(api->request_id, sizeof(api->request_id), "%.*s", SLICE_ARG(event->request_id));
    api->state = RUNTIME_BUSY;
    deliver(api, event);
}

enum runtime_verdict runtime_api_next(struct runtime_api *api, struct runtime_next *next)
{
    bool may_ask = api->state == RUNTIME_STARTING || api->state == RUNTIME_ANSWERED;
    if (!may_ask)
        return RUNTIME_BAD_STATE;
    api->next = next;
    api->state = RUNTIME_IDLE;
    api->request_id[0] = '\0';
    api->listener->is_idle(api->ctx);
    return RUNTIME_ACCEPTED;
}

/* May the invocation `id` be answered now? */
static enum runtime_verdict check_answer(const struct runtime_api *api, struct slice id)
{
    if (!slice_equal_text(id, api->request_id))
        return RUNTIME_BAD_ID;
    return api->state == RUNTIME_BUSY ? RUNTIME_ACCEPTED : RUNTIME_BAD_STATE;
}

enum runtime_verdict runtime_api_response(struct runtime_api *api, struct slice id,
                                          struct slice body)
{
    enum runtime_verdict verdict = check_answer(api, id);
    if (verdict != RUNTIME_ACCEPTED)
        return verdict;
    api->state = RUNTIME_ANSWERED;
    if (body.len > RUNTIME_RESPONSE_MAX_BYTES) {
        api->listener->has_too_much(api->ctx);
        return RUNTIME_TOO_LARGE;
    }
    api->listener->has_response(api->ctx, body);
    return RUNTIME_ACCEPTED;
}

enum runtime_verdict runtime_api_error(struct runtime_api *api, struct slice id, struct slice body)
{
    enum runtime_verdict verdict = check_answer(api, id);
    if (verdict != RUNTIME_ACCEPTED)
        return verdict;
    api->state = RUNTIME_ANSWERED;
    api->listener->has_error(api->ctx, body);
    return RUNTIME_ACCEPTED;
}

enum runtime_verdict runtime_api_init_error(struct runtime_api *api, struct slice body)
{
    if (api->state != RUNTIME_STARTING)
        return RUNTIME_BAD_STATE;
    api->state = RUNTIME_FAILED;
    api->listener->has_init_error(api->ctx, body);
    return RUNTIME_ACCEPTED;
}

const char *runtime_api_state_name(const struct runtime_api *api)
{
    static const char *const names[] = {
        [RUNTIME_STARTING] = "Started",
        [RUNTIME_IDLE] = "Ready",
        [RUNTIME_BUSY] = "Running",
        [RUNTIME_ANSWERED] = "InvocationResponseSent",
        [RUNTIME_FAILED] = "InitErrorReceived",
    };
    return names[api->state];
}
