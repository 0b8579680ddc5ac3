/*
 * admin_redrive.c -- putting the records of a stream's error objects in again. All of it is one
 * unit of work: with an error the objects are where they were.
 */
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_redrive.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/http/call.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

static void answer(struct call *call, const struct delivery_stream *stream,
                   const struct delivery_redriven *redriven)
{
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "stream", delivery_view_names(stream).name);
    json_put_integer(&w, "objects", (int64_t)redriven->objects);
    json_put_integer(&w, "records", (int64_t)redriven->records);
    json_put_bool(&w, "has_more", redriven->has_more);
    json_end_object(&w);
    admin_answer(call, &body);
}

void admin_redrive(struct call *call)
{
    struct delivery_redriven redriven;
    struct delivery_stream *stream = admin_require_stream(call);
    if (stream == NULL)
        return;
    if (delivery_stream_state(stream) != DELIVERY_ACTIVE) {
        call_fail(call, &admin_error_conflict, "The stream is not ACTIVE.");
        return;
    }
    enum status status = delivery_redrive(stream, &redriven);
    if (status == STATUS_OK)
        answer(call, stream, &redriven);
    else if (status == STATUS_NOT_FOUND)
        call_fail(call, &admin_error_conflict, "The bucket of the stream is not there.");
    else if (status == STATUS_INVALID)
        call_fail(call, &admin_error_conflict,
                  "An error object of the stream holds a line that is no record.");
    else
        call_fail_internal(call, status, "taking failed records back");
}
