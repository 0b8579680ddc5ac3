#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_limits.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "handlers/kinesis/kinesis_shards.h"

#define SHARDS_DEFAULT 100

/* What both descriptions have before their own members. */
static void write_common(struct call *call, struct json_writer *w,
                         const struct kinesis_stream_row *stream)
{
    json_put_string(w, "StreamName", stream->name);
    json_put_text(w, "StreamARN", kinesis_lookup_arn(call, stream->name));
    json_put_text(w, "StreamStatus", "ACTIVE");
    json_key(w, "StreamModeDetails");
    json_begin_object(w);
    json_put_text(w, "StreamMode", stream->is_on_demand ? "ON_DEMAND" : "PROVISIONED");
    json_end_object(w);
    json_put_integer(w, "RetentionPeriodHours", stream->retention_hours);
    json_put_seconds(w, "StreamCreationTimestamp", stream->created_ms);
    json_put_raw(w, "EnhancedMonitoring", SLICE("[{\"ShardLevelMetrics\":[]}]"));
    json_put_text(w, "EncryptionType", "NONE");
}

void kinesis_describe_stream(struct call *call)
{
    struct kinesis_stream_row stream;
    int64_t after = -1;
    struct slice start = json_member_string(call->input, "ExclusiveStartShardId");
    if (!kinesis_require_stream(call, &stream) || !kinesis_read_start(call, start, &after))
        return;
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "StreamDescription");
    json_begin_object(&w);
    write_common(call, &w, &stream);
    int64_t last = kinesis_write_shards(&w, &stream, after,
                                        json_member_integer(call->input, "Limit", SHARDS_DEFAULT));
    json_put_bool(&w, "HasMoreShards", last + 1 < stream.shards);
    json_end_object(&w);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}

void kinesis_describe_stream_summary(struct call *call)
{
    struct kinesis_stream_row stream;
    if (!kinesis_require_stream(call, &stream))
        return;
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "StreamDescriptionSummary");
    json_begin_object(&w);
    write_common(call, &w, &stream);
    json_put_integer(&w, "OpenShardCount", stream.shards);
    json_put_integer(&w, "ConsumerCount", 0);
    json_put_integer(&w, "MaxRecordSizeInKiB", KINESIS_RECORD_MAX_KIB);
    json_end_object(&w);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}

void kinesis_describe_limits(struct call *call)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    struct kinesis_totals totals;
    enum status status = kinesis_store_totals(call->sandbox->db, &owner, &totals);
    if (status != STATUS_OK) {
        kinesis_fail_storage(call, status);
        return;
    }
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_put_integer(&w, "ShardLimit", KINESIS_SHARDS_MAX);
    json_put_integer(&w, "OpenShardCount", totals.shards);
    json_put_integer(&w, "OnDemandStreamCount", totals.on_demand_streams);
    json_put_integer(&w, "OnDemandStreamCountLimit", KINESIS_ON_DEMAND_STREAMS_MAX);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}
