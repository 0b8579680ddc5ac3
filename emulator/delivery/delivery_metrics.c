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

/* How much of its keys came in a second, on average over the time the object took to fill. */
static void publish_partition(struct delivery_stream *stream, const struct delivery_claim *claim)
{
    double seconds = age_s(stream, claim);
    const struct event_metric metric = {SLICE_INIT("PerPartitionThroughput"),
                                        SLICE_INIT("Bytes/Second"),
                                        (double)claim->bytes / (seconds > 1 ? seconds : 1)};
    publish(stream, &metric, 1);
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
    if (stage == STAGE_DELIVER && is_delivered && stream->settings.steps.is_partitioned)
        publish_partition(stream, claim);
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

void delivery_metrics_unpacked(struct delivery_stream *stream,
                               const struct delivery_unpacked *unpacked)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("OutputDecompressedRecords.Success"), SLICE_INIT("Count"),
         (double)unpacked->records},
        {SLICE_INIT("OutputDecompressedRecords.Failed"), SLICE_INIT("Count"),
         (double)unpacked->failed_records},
        {SLICE_INIT("OutputDecompressedBytes.Success"), SLICE_INIT("Bytes"),
         (double)unpacked->bytes},
        {SLICE_INIT("OutputDecompressedBytes.Failed"), SLICE_INIT("Bytes"),
         (double)unpacked->failed_bytes},
    };
    publish(stream, metrics, sizeof(metrics) / sizeof(metrics[0]));
}

void delivery_metrics_partitioned(struct delivery_stream *stream, int64_t query_us,
                                  bool is_exceeded)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("PartitionCount"), SLICE_INIT("Count"), (double)stream->partition_count},
        {SLICE_INIT("PartitionCountExceeded"), SLICE_INIT("Count"), is_exceeded ? 1 : 0},
        {SLICE_INIT("JQProcessing.Duration"), SLICE_INIT("Milliseconds"),
         (double)query_us / 1000.0},
    };
    publish(stream, metrics, query_us > 0 ? 3 : 2);
}

void delivery_metrics_read(struct delivery_stream *stream, int64_t records, uint64_t bytes,
                           int64_t behind_ms)
{
    const struct event_metric metrics[] = {
        {SLICE_INIT("DataReadFromKinesisStream.Records"), SLICE_INIT("Count"), (double)records},
        {SLICE_INIT("DataReadFromKinesisStream.Bytes"), SLICE_INIT("Bytes"), (double)bytes},
        {SLICE_INIT("KinesisMillisBehindLatest"), SLICE_INIT("Milliseconds"), (double)behind_ms},
    };
    publish(stream, metrics, sizeof(metrics) / sizeof(metrics[0]));
}
