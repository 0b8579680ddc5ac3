#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/destination_write.h"
#include "handlers/firehose/encryption.h"
#include "handlers/firehose/firehose_metrics.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/stream_lookup.h"
#include "handlers/firehose/stream_source.h"
#include "storage/delivery_stream_store.h"

static void write_destination(struct json_writer *w, const struct delivery_stream_row *row,
                              const struct json *description)
{
    json_key(w, "Destinations");
    json_begin_array(w);
    json_begin_object(w);
    json_put_text(w, "DestinationId", "destinationId-000000000001");
    if (destination_is_endpoint(description)) {
        json_key(w, "HttpEndpointDestinationDescription");
        destination_write_endpoint(w, description);
    } else {
        json_key(w, "S3DestinationDescription");
        destination_write_plain(w, description);
        json_put_raw(w, "ExtendedS3DestinationDescription", row->configuration);
    }
    json_end_object(w);
    json_end_array(w);
}

static void write_identity(struct json_writer *w, struct call *call,
                           const struct delivery_stream *stream,
                           const struct delivery_stream_row *row)
{
    const struct principal *who = call->principal;
    struct slice name = stream_lookup_name(call);
    json_put_string(w, "DeliveryStreamName", name);
    json_put_text(w, "DeliveryStreamARN",
                  arena_printf(&call->arena, "arn:aws:firehose:%.*s:%.*s:deliverystream/%.*s",
                               SLICE_ARG(who->region), SLICE_ARG(who->account), SLICE_ARG(name)));
    json_put_text(w, "DeliveryStreamStatus", stream_lookup_state(stream));
    bool is_kinesis = stream_source_is_kinesis(stream);
    if (!is_kinesis)
        encryption_write(w, &row->encryption, sim_clock_now_ms(&call->sandbox->clock));
    json_put_text(w, "DeliveryStreamType", is_kinesis ? "KinesisStreamAsSource" : "DirectPut");
}

static void answer_description(struct call *call, const struct delivery_stream_row *row,
                               const struct delivery_stream *stream, const struct json *description)
{
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "DeliveryStreamDescription");
    json_begin_object(&w);
    write_identity(&w, call, stream, row);
    json_put_text(&w, "VersionId", arena_printf(&call->arena, "%lld", (long long)row->version));
    json_put_seconds(&w, "CreateTimestamp", row->created_ms);
    if (row->updated_ms != 0)
        json_put_seconds(&w, "LastUpdateTimestamp", row->updated_ms);
    enum status status = stream_source_write(
        call, stream, delivery_stream_state(stream) != DELIVERY_CREATING ? row->active_ms : 0, &w);
    write_destination(&w, row, description);
    json_put_bool(&w, "HasMoreDestinations", false);
    json_end_object(&w);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &answer);
    else
        stream_lookup_fail_storage(call, status);
}

void firehose_describe_delivery_stream(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    struct delivery_stream_row row;
    const struct json *description = NULL;
    enum status status = delivery_stream_store_find(call->sandbox->db, delivery_stream_id(stream),
                                                    &call->arena, &row);
    if (status == STATUS_OK)
        status = json_parse(row.configuration, &call->arena, &description);
    if (status != STATUS_OK) {
        stream_lookup_fail_storage(call, status);
        return;
    }
    firehose_metrics_call(call, stream_lookup_name(call), SLICE("DescribeDeliveryStream.Requests"),
                          SLICE("DescribeDeliveryStream.Latency"));
    answer_description(call, &row, stream, description);
}
