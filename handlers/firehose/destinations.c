/*
 * destinations.c -- UpdateDestination. Checked in AWS's order: the stream exists, is ACTIVE, has
 * that version, has that destination; then what is given is merged and the result checked as a
 * whole.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/destination_members.h"
#include "handlers/firehose/destination_write.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_metrics.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/query_check.h"
#include "handlers/firehose/stream_lookup.h"
#include "storage/delivery_stream_store.h"

#define PROBLEM_MAX_BYTES ((size_t)8 * 1024)

/* False: the call is answered. */
static bool check_state(struct call *call, const struct delivery_stream *stream,
                        const struct delivery_stream_row *row)
{
    struct slice given = json_member_string(call->input, "CurrentDeliveryStreamVersionId");
    struct slice id = json_member_string(call->input, "DestinationId");
    const char *current = arena_printf(&call->arena, "%lld", (long long)row->version);
    if (delivery_stream_state(stream) != DELIVERY_ACTIVE)
        call_fail(call, &firehose_error_resource_in_use,
                  "Cannot update firehose: %.*s when it is in %s status", SLICE_ARG(row->name),
                  stream_lookup_state(stream));
    else if (current == NULL)
        stream_lookup_fail_storage(call, STATUS_NO_MEMORY);
    else if (!slice_equal_text(given, current))
        call_fail(call, &firehose_error_concurrent_modification,
                  "Cannot update firehose: %.*s since the current version id: %s and specified"
                  " version id: %.*s do not match",
                  SLICE_ARG(row->name), current, SLICE_ARG(given));
    else if (!slice_equal_text(id, "destinationId-000000000001"))
        call_fail(call, &firehose_error_invalid_argument, "Destination Id %.*s not found",
                  SLICE_ARG(id));
    return !call_is_answered(call);
}

static void fail_problem(struct call *call, const struct text *problem)
{
    call_fail(call, &firehose_error_invalid_argument, "%.*s", SLICE_ARG(text_slice(problem)));
}

/* The new description; checked. NULL pointer: the call is answered. */
static struct slice merge(struct call *call, const struct json *update, struct slice before)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    struct text merged = aws_json_text(call);
    const struct json *old = NULL;
    const struct json *new = NULL;
    enum status status = json_parse(before, &call->arena, &old);
    if (status == STATUS_OK) {
        destination_write(&merged, update, old);
        status = merged.status;
    }
    if (status == STATUS_OK)
        status = json_parse(text_slice(&merged), &call->arena, &new);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else if (!destination_check_support(update, &problem) ||
             !destination_check(new, query_check_verdict(call), &problem) ||
             !destination_check_change(old, new, &problem))
        fail_problem(call, &problem);
    return call_is_answered(call) ? slice_make(NULL, 0) : text_slice(&merged);
}

static void refuse_change(struct call *call)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    destination_refuse_change("HttpEndpoint", &problem);
    fail_problem(call, &problem);
}

/* False: the call is answered. */
static bool check_kind(struct call *call, const struct delivery_stream_row *row)
{
    bool is_given = json_member(call->input, "HttpEndpointDestinationUpdate") != NULL;
    const struct json *before = NULL;
    enum status status = json_parse(row->configuration, &call->arena, &before);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else if (is_given != destination_is_endpoint(before))
        refuse_change(call);
    return !call_is_answered(call);
}

static void update(struct call *call, struct delivery_stream *stream,
                   const struct delivery_stream_row *row)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    const struct json *given = destination_find(call->input, "DestinationUpdate", &problem);
    if (given == NULL) {
        fail_problem(call, &problem);
        return;
    }
    enum status status =
        destination_members_keep(call->input, "DestinationUpdate", given, &call->arena, &given);
    if (status != STATUS_OK) {
        stream_lookup_fail_storage(call, status);
        return;
    }
    if (!check_kind(call, row))
        return;
    struct slice merged = merge(call, given, row->configuration);
    if (merged.ptr == NULL)
        return;
    if (!slice_equal(merged, row->configuration)) /* what changes nothing is no new version */
        status = delivery_stream_update(call->sandbox->delivery, stream, merged);
    firehose_metrics_call(call, stream_lookup_name(call), SLICE("UpdateDeliveryStream.Requests"),
                          SLICE("UpdateDeliveryStream.Latency"));
    stream_lookup_answer_done(call, status);
}

static void check_and_update(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    struct delivery_stream_row row;
    enum status status = delivery_stream_store_find(call->sandbox->db, delivery_stream_id(stream),
                                                    &call->arena, &row);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else if (check_state(call, stream, &row))
        update(call, stream, &row);
}

void firehose_update_destination(struct call *call)
{
    query_check_run(call, "DestinationUpdate", check_and_update);
}
