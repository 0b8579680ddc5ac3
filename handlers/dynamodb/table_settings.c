#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/tables.h"

/* What no operation of Hydrant can change yet, as a fresh table has it. */

static enum status describe_time_to_live(struct work *work)
{
    const struct table *table = NULL;
    enum status status =
        operation_find_table(work, json_member_string(work->input, "TableName"), true, &table);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    text_append_text(&out, "{\"TimeToLiveDescription\":{\"TimeToLiveStatus\":\"DISABLED\"}}");
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

static enum status describe_continuous_backups(struct work *work)
{
    const struct table *table = NULL;
    struct slice name = json_member_string(work->input, "TableName");
    enum status status = operation_find_table(work, name, true, &table);
    if (status == STATUS_INVALID && work->refusal.error == &dynamodb_error_resource_not_found) {
        work->refusal = refusal_make(work->arena);
        return refuse_as(&work->refusal, &dynamodb_error_table_not_found, "Table not found: %.*s",
                         SLICE_ARG(name));
    }
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    text_append_text(&out,
                     "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
                     "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":"
                     "\"DISABLED\"}}}");
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

static enum status describe_limits(struct work *work)
{
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_put_integer(&w, "AccountMaxReadCapacityUnits", 80000);
    json_put_integer(&w, "AccountMaxWriteCapacityUnits", 80000);
    json_put_integer(&w, "TableMaxReadCapacityUnits", 40000);
    json_put_integer(&w, "TableMaxWriteCapacityUnits", 40000);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

/* The address the client used: SDKs that discover endpoints stay with it. */
static enum status describe_endpoints(struct work *work)
{
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Endpoints");
    json_begin_array(&w);
    json_begin_object(&w);
    json_put_string(&w, "Address", work->call->request.host);
    json_put_integer(&w, "CachePeriodInMinutes", 1440);
    json_end_object(&w);
    json_end_array(&w);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

void dynamodb_describe_time_to_live(struct call *call)
{
    operation_run(call, describe_time_to_live);
}

void dynamodb_describe_continuous_backups(struct call *call)
{
    operation_run(call, describe_continuous_backups);
}

void dynamodb_describe_limits(struct call *call)
{
    operation_run(call, describe_limits);
}

void dynamodb_describe_endpoints(struct call *call)
{
    operation_run(call, describe_endpoints);
}
