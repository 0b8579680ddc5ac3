/*
 * admin_stream.c -- why is my object not there? What a delivery stream holds, until when, and what
 * happened last.
 */
#include "emulator/base/dates.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_operations.h"

static void put_time(struct json_writer *w, const char *name, int64_t at_ms)
{
    char text[DATE_TEXT_BYTES];
    dates_iso_ms(at_ms, text);
    json_put_text(w, name, text);
}

static void put_partition(struct json_writer *w, const struct delivery_view_buffer *buffer)
{
    struct slice rest = buffer->keys;
    json_key(w, "partition");
    json_begin_object(w);
    json_put_string(w, "prefix", buffer->prefix);
    json_key(w, "keys");
    json_begin_array(w);
    while (rest.len > 0)
        json_write_string(w, slice_cut(&rest, '\0'));
    json_end_array(w);
    json_end_object(w);
}

static void put_buffer(void *arg, const struct delivery_view_buffer *buffer)
{
    struct json_writer *w = arg;
    json_begin_object(w);
    json_put_text(w, "stage", buffer->stage);
    if (buffer->prefix.len > 0)
        put_partition(w, buffer);
    json_put_integer(w, "records", buffer->records);
    json_put_integer(w, "bytes", buffer->bytes);
    json_put_integer(w, "due_bytes", buffer->size_bytes);
    json_put_integer(w, "in_flight_records", buffer->in_flight_records);
    json_put_integer(w, "in_flight_bytes", buffer->in_flight_bytes);
    if (buffer->oldest_ms != 0)
        put_time(w, "waiting_since", buffer->oldest_ms);
    if (buffer->due_ms != 0)
        put_time(w, "due", buffer->due_ms);
    if (buffer->failures > 0)
        json_put_integer(w, "failed_attempts", buffer->failures);
    if (buffer->retry_ms != 0)
        put_time(w, "next_attempt", buffer->retry_ms);
    json_end_object(w);
}

static void put_invocation(struct json_writer *w, const struct delivery_last *last)
{
    if (last->invocation_ms == 0)
        return;
    json_key(w, "last_invocation");
    json_begin_object(w);
    put_time(w, "ended", last->invocation_ms);
    json_put_bool(w, "succeeded", last->invocation_error.len == 0);
    if (last->invocation_error.len > 0)
        json_put_string(w, "error", last->invocation_error);
    json_put_integer(w, "records", last->invocation_records);
    json_put_integer(w, "attempt", last->invocation_attempts);
    json_put_integer(w, "duration_us", last->invocation_us);
    json_end_object(w);
}

static void put_last(struct json_writer *w, const struct delivery_last *last)
{
    put_invocation(w, last);
    if (last->object_key != NULL) {
        json_key(w, "last_object");
        json_begin_object(w);
        put_time(w, "written", last->object_ms);
        json_put_text(w, "key", last->object_key);
        json_end_object(w);
    }
    if (last->error_ms == 0)
        return;
    json_key(w, "last_error");
    json_begin_object(w);
    put_time(w, "at", last->error_ms);
    json_put_string(w, "code", last->error_code);
    json_put_string(w, "message", last->error_message);
    json_end_object(w);
}

static const char *state_of(const struct delivery_stream *stream)
{
    switch (delivery_stream_state(stream)) {
    case DELIVERY_CREATING:
        return "CREATING";
    case DELIVERY_DELETING:
        return "DELETING";
    case DELIVERY_ACTIVE:
        break;
    }
    return "ACTIVE";
}

void admin_get_stream(struct call *call)
{
    struct delivery_stream *stream = admin_require_stream(call);
    if (stream == NULL)
        return;
    struct delivery_view_stream names = delivery_view_names(stream);
    int64_t retry_ms = delivery_view_next_retry_ms(stream);
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "stream", names.name);
    json_put_string(&w, "arn", names.arn);
    json_put_text(&w, "state", state_of(stream));
    json_put_integer(&w, "version", names.version);
    put_time(&w, "now", sim_clock_now_ms(&call->sandbox->clock));
    json_key(&w, "buffers");
    json_begin_array(&w);
    delivery_view_buffers(stream, put_buffer, &w);
    json_end_array(&w);
    if (retry_ms != 0)
        put_time(&w, "next_retry", retry_ms);
    put_last(&w, delivery_view_last(stream));
    json_end_object(&w);
    admin_answer(call, &body);
}
