/*
 * function_state.h -- whether the last change of a function is still under way.
 *
 *     CreateFunction -> Pending    -- sandbox->lambda_pending_ms --> Active, another revision id
 *     update         -> InProgress -- the same                   --> Successful, another revision
 * id
 *
 * Nothing happens when it ends: the row says until when, and whoever reads it compares the clock.
 * The reply of the change itself always shows the state before, as on AWS.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_STATE_H
#define HANDLERS_LAMBDA_FUNCTION_STATE_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;
struct function_row;

enum function_change { FUNCTION_CHANGE_CREATE, FUNCTION_CHANGE_UPDATE };

/* A new revision id and modification time, and how long it takes. False: answered, no memory. */
bool function_state_begin(struct call *call, struct function_row *row, enum function_change change);

bool function_state_is_pending(struct call *call, const struct function_row *row);
bool function_state_is_updating(struct call *call, const struct function_row *row);

/* The revision id to show, and to be named by who wants to change it. */
struct slice function_state_revision(struct call *call, const struct function_row *row);

/* False: a change is under way, and the call was answered with 409. */
bool function_state_allows_change(struct call *call, const struct function_row *row);
bool function_state_allows_invoke(struct call *call, const struct function_row *row);

#endif
