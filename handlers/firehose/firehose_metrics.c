#include "handlers/firehose/firehose_metrics.h"

#include <string.h>

#include "emulator/auth/principal.h"
#include "emulator/delivery/delivery.h"
#include "emulator/events/event_bus.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/loop.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/stream_lookup.h"

static void publish(struct call *call, struct slice stream, const struct event_metric *metrics,
                    size_t count)
{
    struct event event = {
        .kind = EVENT_METRIC,
        .at_ms = sim_clock_now_ms(&call->sandbox->clock),
        .account = call->principal->account,
        .region = call->principal->region,
        .service = SLICE("firehose"),
        .resource = stream,
        .namespace = SLICE("AWS/Firehose"),
        .dimension = stream.len > 0 ? SLICE("DeliveryStreamName") : SLICE(""),
        .metrics = metrics,
        .metric_count = count,
    };
    event_bus_publish(&call->sandbox->bus, &event);
}

static double latency_ms(const struct call *call)
{
    return (double)(loop_monotonic_us() - call->started_us) / 1000.0;
}

enum { INCOMING = 7, OWN_MAX = 4 };

/* What both operations count. */
static void fill_incoming(struct event_metric metrics[INCOMING], const struct firehose_put *put)
{
    const struct delivery_rates *rates = delivery_quota_rates(put->stream);
    const struct event_metric incoming[INCOMING] = {
        {SLICE_INIT("IncomingBytes"), SLICE_INIT("Bytes"), (double)put->bytes},
        {SLICE_INIT("IncomingRecords"), SLICE_INIT("Count"), (double)put->records},
        {SLICE_INIT("IncomingPutRequests"), SLICE_INIT("Count"), 1},
        {SLICE_INIT("ThrottledRecords"), SLICE_INIT("Count"), (double)put->throttled},
        {SLICE_INIT("BytesPerSecondLimit"), SLICE_INIT("Bytes/Second"), (double)rates->bytes},
        {SLICE_INIT("RecordsPerSecondLimit"), SLICE_INIT("Count/Second"), (double)rates->records},
        {SLICE_INIT("PutRequestsPerSecondLimit"), SLICE_INIT("Count/Second"),
         (double)rates->requests},
    };
    memcpy(metrics, incoming, sizeof(incoming));
}

static void publish_batch(struct call *call, const struct firehose_put *put)
{
    const struct event_metric own[] = {
        {SLICE_INIT("PutRecordBatch.Bytes"), SLICE_INIT("Bytes"), (double)put->bytes},
        {SLICE_INIT("PutRecordBatch.Records"), SLICE_INIT("Count"), (double)put->records},
        {SLICE_INIT("PutRecordBatch.Requests"), SLICE_INIT("Count"), 1},
        {SLICE_INIT("PutRecordBatch.Latency"), SLICE_INIT("Milliseconds"), latency_ms(call)},
    };
    struct event_metric metrics[INCOMING + OWN_MAX];
    fill_incoming(metrics, put);
    memcpy(metrics + INCOMING, own, sizeof(own));
    publish(call, stream_lookup_name(call), metrics, INCOMING + sizeof(own) / sizeof(own[0]));
}

static void publish_one(struct call *call, const struct firehose_put *put)
{
    const struct event_metric own[] = {
        {SLICE_INIT("PutRecord.Bytes"), SLICE_INIT("Bytes"), (double)put->bytes},
        {SLICE_INIT("PutRecord.Requests"), SLICE_INIT("Count"), 1},
        {SLICE_INIT("PutRecord.Latency"), SLICE_INIT("Milliseconds"), latency_ms(call)},
    };
    struct event_metric metrics[INCOMING + OWN_MAX];
    fill_incoming(metrics, put);
    memcpy(metrics + INCOMING, own, sizeof(own));
    publish(call, stream_lookup_name(call), metrics, INCOMING + sizeof(own) / sizeof(own[0]));
}

void firehose_metrics_put(struct call *call, const struct firehose_put *put)
{
    if (slice_equal_text(slice_of(call->operation->name), "PutRecordBatch"))
        publish_batch(call, put);
    else
        publish_one(call, put);
}

void firehose_metrics_throttled(struct call *call, uint64_t records)
{
    const struct event_metric metric = {SLICE_INIT("ThrottledRecords"), SLICE_INIT("Count"),
                                        (double)records};
    publish(call, stream_lookup_name(call), &metric, 1);
}

void firehose_metrics_call(struct call *call, struct slice stream, struct slice requests,
                           struct slice latency)
{
    const struct event_metric metrics[] = {
        {requests, SLICE_INIT("Count"), 1},
        {latency, SLICE_INIT("Milliseconds"), latency_ms(call)},
    };
    publish(call, stream, metrics, sizeof(metrics) / sizeof(metrics[0]));
}
