/*
 * event_invocation.h -- Invoke with the type Event, and InvokeAsync: the event is kept and the call
 * answered, the function runs later (emulator/lambda/event_queue.h).
 */
#ifndef HANDLERS_LAMBDA_EVENT_INVOCATION_H
#define HANDLERS_LAMBDA_EVENT_INVOCATION_H

#include <stdbool.h>

struct call;
struct function_address;

/* Keep the call's body, already known to be JSON. False: answered with the error. */
bool event_invocation_accept(struct call *call, const struct function_address *address);

#endif
