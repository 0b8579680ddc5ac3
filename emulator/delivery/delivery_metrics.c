#include "emulator/delivery/delivery_internal.h"
#include "emulator/events/event_bus.h"

static void publish(struct delivery_stream *stream, const struct event_metric *metrics,
                    size_t count)
{
    struct event event = {
        .kind = EVENT_METRIC,
        .at_ms = sim_clock_now_ms(stream->engine->deps.clock),
        .account = stream->account,
        .region = stream->region,
        .service = SLICE("firehose"),
        .resource = stream->name,
        .namespace = SLICE("AWS/Firehose"),
        .dimension = SLICE("DeliveryStreamName"),
        .metrics = metrics,
        .metric_count = count,
    };
    event_bus_publish(stream->engine->deps.bus, &event);
}

/* How old the oldest record of the object is: AWS's "data freshness". */
static double age_s(const struct delivery_stream *stream, const struct delivery_claim *claim)
{
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    return (double)(now_ms - claim->oldest_ms) / 1000.0;
}

static void publish_delivery(struct delivery_stream *stream, const struct delivery_claim *claim,
                             bool is_delivered)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("DeliveryToS3.Success"), SLICE_INIT("Count"), is_delivered ? 1 : 0},
        {SLICE_INIT("DeliveryToS3.Records"), SLICE_INIT("Count"),
         is_delivered ? (double)claim->records : 0},
        {SLICE_INIT("DeliveryToS3.Bytes"), SLICE_INIT("Bytes"),
         is_delivered ? (double)claim->bytes : 0},
        {SLICE_INIT("DeliveryToS3.DataFreshness"), SLICE_INIT("Seconds"), age_s(stream, claim)},
        {SLICE_INIT("DeliveryToS3.ObjectCount"), SLICE_INIT("Count"), 1},
    };
    size_t count = sizeof(metrics) / sizeof(metrics[0]);
    publish(stream, metrics, is_delivered ? count : count - 1);
}

static void publish_endpoint(struct delivery_stream *stream, const struct delivery_claim *claim,
                             bool is_delivered)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("DeliveryToHttpEndpoint.Success"), SLICE_INIT("Count"), is_delivered ? 1 : 0},
        {SLICE_INIT("DeliveryToHttpEndpoint.Records"), SLICE_INIT("Count"),
         is_delivered ? (double)claim->records : 0},
        {SLICE_INIT("DeliveryToHttpEndpoint.Bytes"), SLICE_INIT("Bytes"),
         is_delivered ? (double)claim->bytes : 0},
        {SLICE_INIT("DeliveryToHttpEndpoint.DataFreshness"), SLICE_INIT("Seconds"),
         age_s(stream, claim)},
    };
    publish(stream, metrics, sizeof(metrics) / sizeof(metrics[0]));
}

static void publish_backup(struct delivery_stream *stream, const struct delivery_claim *claim,
                           bool is_delivered)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("BackupToS3.Success"), SLICE_INIT("Count"), is_delivered ? 1 : 0},
        {SLICE_INIT("BackupToS3.Records"), SLICE_INIT("Count"),
         is_delivered ? (double)claim->records : 0},
        {SLICE_INIT("BackupToS3.Bytes"), SLICE_INIT("Bytes"),
         is_delivered ? (double)claim->bytes : 0},
        {SLICE_INIT("BackupToS3.DataFreshness"), SLICE_INIT("Seconds"), age_s(stream, claim)},
    };
    publish(stream, metrics, sizeof(metrics) / sizeof(metrics[0]));
}

/* Error objects are in no metric of AWS's. */
void delivery_metrics_object(struct delivery_stream *stream, enum delivery_stage stage,
                             const struct delivery_claim *claim, bool is_delivered)
{
    if (stage == STAGE_DELIVER && stream->settings.has_endpoint)
        publish_endpoint(stream, claim, is_delivered);
    else if (stage == STAGE_DELIVER)
        publish_delivery(stream, claim, is_delivered);
    else if (stage == STAGE_BACKUP)
        publish_backup(stream, claim, is_delivered);
}

void delivery_metrics_attempt(struct delivery_stream *stream, int64_t duration_us, bool succeeded)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("ExecuteProcessing.Duration"), SLICE_INIT("Milliseconds"),
         (double)duration_us / 1000.0},
        {SLICE_INIT("ExecuteProcessing.Success"), SLICE_INIT("Count"), succeeded ? 1 : 0},
    };
    publish(stream, metrics, 2);
}

void delivery_metrics_processed(struct delivery_stream *stream, int64_t records, int64_t bytes)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("SucceedProcessing.Records"), SLICE_INIT("Count"), (double)records},
        {SLICE_INIT("SucceedProcessing.Bytes"), SLICE_INIT("Bytes"), (double)bytes},
    };
    publish(stream, metrics, 2);
}
