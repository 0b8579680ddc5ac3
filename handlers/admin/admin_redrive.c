/*
 * admin_redrive.c -- putting the records of a stream's error objects in again. It is answered when
 * all that it took is stored; what an error leaves over is for another call.
 */
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_redrive.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/http/call.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

/* In the call's arena. */
struct stream_redrive {
    struct delivery_redrive redrive;
    struct call *call;
    struct slice stream;
};

static void answer(const struct stream_redrive *self)
{
    const struct delivery_redrive *redrive = &self->redrive;
    struct text body = admin_text(self->call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "stream", self->stream);
    json_put_integer(&w, "objects", (int64_t)redrive->objects);
    json_put_integer(&w, "records", (int64_t)redrive->records);
    json_put_integer(&w, "skipped", (int64_t)redrive->skipped);
    json_put_bool(&w, "has_more", redrive->has_more);
    json_end_object(&w);
    admin_answer(self->call, &body);
}

static void redriven(struct delivery_redrive *redrive)
{
    struct stream_redrive *self = list_entry(redrive, struct stream_redrive, redrive);
    if (redrive->status == STATUS_OK)
        answer(self);
    else if (redrive->status == STATUS_NOT_FOUND)
        call_fail(self->call, &admin_error_conflict, "The bucket of the stream is not there.");
    else if (redrive->status == STATUS_INVALID)
        call_fail(self->call, &admin_error_conflict,
                  "An error object of the stream holds a line that is no record.");
    else if (redrive->status == STATUS_CANCELLED)
        call_fail(self->call, &admin_error_conflict, "Stream %.*s was deleted meanwhile.",
                  SLICE_ARG(self->stream));
    else
        call_fail_internal(self->call, redrive->status, "taking failed records back");
}

static enum status start(struct call *call, struct delivery_stream *stream)
{
    struct stream_redrive *self = arena_zalloc(&call->arena, sizeof(*self));
    if (self == NULL)
        return STATUS_NO_MEMORY;
    self->call = call;
    self->redrive.done = redriven;
    enum status status = arena_copy(&call->arena, delivery_view_names(stream).name, &self->stream);
    return status == STATUS_OK ? delivery_redrive(stream, &self->redrive) : status;
}

void admin_redrive(struct call *call)
{
    struct delivery_stream *stream = admin_require_stream(call);
    if (stream == NULL)
        return;
    if (delivery_stream_state(stream) != DELIVERY_ACTIVE) {
        call_fail(call, &admin_error_conflict, "The stream is not ACTIVE.");
        return;
    }
    enum status status = start(call, stream);
    if (status == STATUS_BUSY)
        call_fail(call, &admin_error_conflict,
                  "Failed records of the stream are being put in again already.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "taking failed records back");
}
