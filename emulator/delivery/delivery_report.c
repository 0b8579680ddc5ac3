#include <string.h>

#include "emulator/base/json_writer.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/events/event_bus.h"

#define LINE_MAX_BYTES ((size_t)64 * 1024)

static void publish(struct delivery_stream *stream, struct event event)
{
    event.at_ms = sim_clock_now_ms(stream->engine->deps.clock);
    event.account = stream->account;
    event.region = stream->region;
    event.service = SLICE("firehose");
    event.resource = stream->name;
    event_bus_publish(stream->engine->deps.bus, &event);
}

/* Codes and messages are static texts. */
static void remember(struct delivery_stream *stream, const struct delivery_report *report)
{
    stream->last.error_ms = sim_clock_now_ms(stream->engine->deps.clock);
    stream->last.error_code = report->code;
    stream->last.error_message = report->message;
}

void delivery_report_error(struct delivery_stream *stream, const struct delivery_report *report)
{
    const struct delivery_target *target =
        delivery_stream_target(stream, report->is_backup ? STAGE_BACKUP : STAGE_DELIVER);
    if (!target->is_logging)
        return;
    struct text line;
    text_init(&line, LINE_MAX_BYTES);
    struct json_writer w = json_writer_make(&line);
    json_begin_object(&w);
    json_put_string(&w, "deliveryStreamARN", stream->arn);
    json_put_string(&w, "destination", target->bucket_arn);
    json_put_integer(&w, "deliveryStreamVersionId", stream->version);
    json_put_string(&w, "message",
                    report->log_message.len > 0 ? report->log_message : report->message);
    json_put_string(&w, "errorCode", report->code);
    if (report->is_lambda)
        json_put_string(&w, "processor", stream->settings.lambda_arn);
    json_end_object(&w);
    struct event_log_line log_line = {sim_clock_now_ms(stream->engine->deps.clock),
                                      text_slice(&line)};
    if (line.status == STATUS_OK)
        publish(stream, (struct event){.kind = EVENT_LOG,
                                       .detail = report->code,
                                       .log_group = target->log_group,
                                       .log_stream = target->log_stream,
                                       .log_must_exist = true,
                                       .lines = &log_line,
                                       .line_count = 1});
    text_close(&line);
}

void delivery_report_retry(struct delivery_stream *stream, const struct delivery_report *report)
{
    remember(stream, report);
    publish(stream, (struct event){.kind = EVENT_RETRY,
                                   .detail = report->code,
                                   .records = report->records,
                                   .bytes = report->bytes});
}

void delivery_report_failed(struct delivery_stream *stream, const struct delivery_report *report)
{
    remember(stream, report);
    publish(stream, (struct event){.kind = EVENT_FAILED,
                                   .detail = report->code,
                                   .records = report->records,
                                   .bytes = report->bytes});
}

void delivery_report_delivered(struct delivery_stream *stream, struct slice key, int64_t records,
                               int64_t bytes)
{
    struct delivery_last *last = &stream->last;
    last->object_ms = sim_clock_now_ms(stream->engine->deps.clock);
    mem_free(last->object_key);
    last->object_key = mem_zalloc(key.len + 1);
    if (last->object_key != NULL)
        memcpy(last->object_key, key.ptr, key.len);
    publish(
        stream,
        (struct event){.kind = EVENT_DELIVERED, .detail = key, .records = records, .bytes = bytes});
}

void delivery_report_accepted(struct delivery_stream *stream, int64_t records, int64_t bytes)
{
    publish(stream, (struct event){.kind = EVENT_ACCEPTED, .records = records, .bytes = bytes});
}
