#include "handlers/lambda/function_state.h"

#include "emulator/base/ids.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"

static bool new_id(struct call *call, struct slice *ret_id)
{
    char *id = arena_alloc(&call->arena, UUID_CHARS + 1);
    if (id == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "changing the function");
        return false;
    }
    random_uuid(&call->sandbox->random, id);
    *ret_id = slice_of(id);
    return true;
}

bool function_state_begin(struct call *call, struct function_row *row, enum function_change change)
{
    if (!new_id(call, &row->revision_id) || !new_id(call, &row->change_revision_id))
        return false;
    row->modified_ms = sim_clock_now_ms(&call->sandbox->clock);
    row->ready_ms = row->modified_ms + call->sandbox->lambda_pending_ms;
    row->change = change == FUNCTION_CHANGE_CREATE ? SLICE("create") : SLICE("update");
    return true;
}

static bool is_under_way(struct call *call, const struct function_row *row, const char *change)
{
    return slice_equal_text(row->change, change) &&
           sim_clock_now_ms(&call->sandbox->clock) < row->ready_ms;
}

bool function_state_is_pending(struct call *call, const struct function_row *row)
{
    return is_under_way(call, row, "create");
}

bool function_state_is_updating(struct call *call, const struct function_row *row)
{
    return is_under_way(call, row, "update");
}

struct slice function_state_revision(struct call *call, const struct function_row *row)
{
    bool is_settled =
        !function_state_is_pending(call, row) && !function_state_is_updating(call, row);
    return is_settled ? row->revision_id : row->change_revision_id;
}

bool function_state_allows_invoke(struct call *call, const struct function_row *row)
{
    if (!function_state_is_pending(call, row))
        return true;
    call_fail(call, &lambda_error_resource_conflict,
              "The operation cannot be performed at this time. The function is currently in the "
              "following state: Pending");
    return false;
}

static void fail_busy(struct call *call, const struct function_row *row)
{
    struct slice arn = function_address_arn(call, row->name, slice_make(NULL, 0));
    call_fail(call, &lambda_error_resource_conflict,
              "The operation cannot be performed at this time. An update is in progress for "
              "resource: %.*s",
              SLICE_ARG(arn));
}

bool function_state_allows_change(struct call *call, const struct function_row *row)
{
    if (!function_state_allows_invoke(call, row))
        return false;
    if (!function_state_is_updating(call, row))
        return true;
    fail_busy(call, row);
    return false;
}
