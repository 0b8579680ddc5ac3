/*
 * delivery_streams.c -- creating, deleting and listing delivery streams.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/destination_members.h"
#include "handlers/firehose/destination_write.h"
#include "handlers/firehose/encryption.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_metrics.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/query_check.h"
#include "handlers/firehose/stream_lookup.h"
#include "handlers/firehose/stream_source.h"
#include "storage/delivery_stream_store.h"

#define STREAMS_MAX 5000 /* per account and region, as on AWS */
#define PROBLEM_MAX_BYTES ((size_t)8 * 1024)
#define LIST_DEFAULT 10

/* ---- create ---- */

static const struct json *check_destination(struct call *call)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    const struct json *found = destination_find(call->input, "DestinationConfiguration", &problem);
    enum status status = STATUS_OK;
    if (found != NULL)
        status = destination_members_keep(call->input, "DestinationConfiguration", found,
                                          &call->arena, &found);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else if (found == NULL || !destination_check_source(call->input, &problem) ||
             !encryption_check(encryption_member(call->input), call->principal->region, &problem) ||
             !destination_check(found, query_check_verdict(call), &problem))
        call_fail(call, &firehose_error_invalid_argument, "%.*s", SLICE_ARG(text_slice(&problem)));
    return call_is_answered(call) ? NULL : found;
}

static bool fail_in_use(struct call *call)
{
    call_fail(call, &firehose_error_resource_in_use,
              "Firehose %.*s under accountId %.*s already exists",
              SLICE_ARG(stream_lookup_name(call)), SLICE_ARG(call->principal->account));
    return false;
}

/* AWS names all of them, too. */
static void fail_quota(struct call *call)
{
    struct delivery_stream_page page = {
        .account = call->principal->account,
        .region = call->principal->region,
        .limit = STREAMS_MAX,
        .wants_put = true,
        .wants_sourced = true,
    };
    struct text names = aws_json_text(call);
    enum status status = delivery_stream_store_names(call->sandbox->db, &call->arena, &page);
    for (size_t i = 0; status == STATUS_OK && i < page.count; i++)
        text_printf(&names, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(page.names[i]));
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else
        call_fail(call, &firehose_error_limit_exceeded,
                  "You have already consumed your firehose quota of %d hoses. Firehose names:"
                  " [%.*s]",
                  STREAMS_MAX, SLICE_ARG(text_slice(&names)));
}

static bool is_name_free(struct call *call)
{
    const struct principal *who = call->principal;
    if (delivery_stream_find(call->sandbox->delivery, who->account, who->region,
                             stream_lookup_name(call)) != NULL)
        return fail_in_use(call);
    size_t count = 0;
    enum status status =
        delivery_stream_store_count(call->sandbox->db, who->account, who->region, &count);
    if (status != STATUS_OK) {
        stream_lookup_fail_storage(call, status);
        return false;
    }
    if (count >= STREAMS_MAX)
        fail_quota(call);
    return count < STREAMS_MAX;
}

static enum status store_tags(struct call *call, int64_t stream)
{
    const struct json *tag = json_first(json_member(call->input, "Tags"));
    for (; tag != NULL; tag = json_next(tag)) {
        struct delivery_stream_tag row = {json_member_string(tag, "Key"),
                                          json_member_string(tag, "Value")};
        enum status status = delivery_stream_store_put_tag(call->sandbox->db, stream, &row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void answer_arn(struct call *call)
{
    const struct principal *who = call->principal;
    struct text answer = aws_json_text(call);
    text_printf(
        &answer, "{\"DeliveryStreamARN\":\"arn:aws:firehose:%.*s:%.*s:deliverystream/%.*s\"}",
        SLICE_ARG(who->region), SLICE_ARG(who->account), SLICE_ARG(stream_lookup_name(call)));
    aws_json_answer(call, &answer);
}

static void create(struct call *call)
{
    const struct json *destination = check_destination(call);
    if (destination == NULL || !is_name_free(call) || !stream_source_require(call))
        return;
    if (json_member(call->input, "DirectPutSourceConfiguration") != NULL)
        log_line(LOG_WARNING, "firehose.CreateDeliveryStream: DirectPutSourceConfiguration is a"
                              " hint that has no effect here");
    struct text configuration = aws_json_text(call);
    destination_write(&configuration, destination, NULL);
    if (configuration.status != STATUS_OK) {
        stream_lookup_fail_storage(call, configuration.status);
        return;
    }
    struct delivery_stream_row row = {
        .account = call->principal->account,
        .region = call->principal->region,
        .name = stream_lookup_name(call),
        .configuration = text_slice(&configuration),
        .encryption = encryption_of_new(call->input),
    };
    enum status status = delivery_stream_create(call->sandbox->delivery, &row);
    if (status == STATUS_OK)
        status = stream_source_begin(call);
    if (status == STATUS_OK)
        status = store_tags(call, row.id);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else
        answer_arn(call);
}

void firehose_create_delivery_stream(struct call *call)
{
    query_check_run(call, "DestinationConfiguration", create);
}

/* ---- delete ---- */

void firehose_delete_delivery_stream(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    if (delivery_stream_state(stream) == DELIVERY_CREATING) {
        call_fail(call, &firehose_error_resource_in_use,
                  "Firehose %.*s under account %.*s cannot be deleted in CREATING state",
                  SLICE_ARG(stream_lookup_name(call)), SLICE_ARG(call->principal->account));
        return;
    }
    stream_lookup_answer_done(call, delivery_stream_delete(call->sandbox->delivery, stream));
}

/* ---- list ---- */

static void answer_names(struct call *call, const struct delivery_stream_page *page)
{
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "DeliveryStreamNames");
    json_begin_array(&w);
    for (size_t i = 0; i < page->count; i++)
        json_write_string(&w, page->names[i]);
    json_end_array(&w);
    json_put_bool(&w, "HasMoreDeliveryStreams", page->has_more);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}

void firehose_list_delivery_streams(struct call *call)
{
    struct slice type = json_member_string(call->input, "DeliveryStreamType");
    struct delivery_stream_page page = {
        .account = call->principal->account,
        .region = call->principal->region,
        .after = json_member_string(call->input, "ExclusiveStartDeliveryStreamName"),
        .limit = (size_t)json_member_integer(call->input, "Limit", LIST_DEFAULT),
        .wants_put = type.ptr == NULL || slice_equal_text(type, "DirectPut"),
        .wants_sourced = type.ptr == NULL || slice_equal_text(type, "KinesisStreamAsSource"),
    };
    if (page.wants_put || page.wants_sourced) { /* there are no others */
        enum status status = delivery_stream_store_names(call->sandbox->db, &call->arena, &page);
        if (status != STATUS_OK) {
            stream_lookup_fail_storage(call, status);
            return;
        }
    }
    firehose_metrics_call(call, SLICE(""), SLICE("ListDeliveryStreams.Requests"),
                          SLICE("ListDeliveryStreams.Latency"));
    answer_names(call, &page);
}
