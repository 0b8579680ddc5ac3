#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

/* In the call's arena. */
struct world_reset {
    struct sandbox_reset reset;
    struct call *call;
};

static void done(struct sandbox_reset *reset, enum status status)
{
    struct call *call = list_entry(reset, struct world_reset, reset)->call;
    if (status == STATUS_BUSY) {
        call_fail(call, &admin_error_conflict, "The clock is being advanced; reset afterwards.");
        return;
    }
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "resetting the sandbox");
        return;
    }
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_bool(&w, "reset", true);
    json_end_object(&w);
    admin_answer(call, &body);
}

void admin_reset(struct call *call)
{
    static const char *const members[] = {NULL};
    if (!admin_allow_members(call, members))
        return;
    struct world_reset *self = arena_zalloc(&call->arena, sizeof(*self));
    if (self == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "resetting the sandbox");
        return;
    }
    self->call = call;
    self->reset.done = done;
    call->sandbox->reset(call->sandbox, &self->reset);
}
