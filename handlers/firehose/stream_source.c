#include "handlers/firehose/stream_source.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/delivery/delivery.h"
#include "emulator/delivery/kinesis_source.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/stream_lookup.h"
#include "storage/kinesis_store.h"
#include "storage/source_store.h"

static const char member[] = "KinesisStreamSourceConfiguration";
static const char put_member[] = "DirectPutSourceConfiguration";
static const char hint_member[] = "ThroughputHintInMBs";

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

bool stream_source_check(const struct json *input, struct text *problem)
{
    struct slice type = json_member_string(input, "DeliveryStreamType");
    bool is_kinesis = slice_equal_text(type, "KinesisStreamAsSource");
    if (!is_kinesis && type.ptr != NULL && !slice_equal_text(type, "DirectPut")) {
        text_printf(problem, "Hydrant does not support DeliveryStreamType %.*s yet.",
                    SLICE_ARG(type));
        return false;
    }
    if (!is_kinesis && json_member(input, member) != NULL)
        return fail(problem, "KinesisSourceStreamConfig is only applicable for"
                             " KinesisStreamAsSource stream type");
    if (!is_kinesis)
        return true;
    if (json_member(input, member) == NULL)
        return fail(problem, "KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource"
                             " stream type.");
    if (json_member(input, put_member) != NULL)
        return fail(problem, "DirectPutSourceConfiguration is only applicable for DirectPut"
                             " delivery stream type.");
    if (json_member(input, "DeliveryStreamEncryptionConfigurationInput") != NULL)
        return fail(problem, "Server side encryption from firehose is only allowed for direct put"
                             " delivery streams and database as a source delivery streams");
    return true;
}

/* arn:aws:kinesis:region:account:stream/name; its shape was checked. */
static struct slice cut_arn(struct slice arn, struct kinesis_owner *ret_owner)
{
    struct slice rest = arn;
    for (unsigned i = 0; i < 3; i++)
        (void)slice_cut(&rest, ':');
    ret_owner->region = slice_cut(&rest, ':');
    ret_owner->account = slice_cut(&rest, ':');
    (void)slice_cut(&rest, '/');
    return rest;
}

bool stream_source_require(struct call *call)
{
    const struct json *source = json_member(call->input, member);
    if (source == NULL)
        return true;
    struct kinesis_owner owner;
    struct kinesis_stream_row row;
    struct slice name = cut_arn(json_member_string(source, "KinesisStreamARN"), &owner);
    enum status status = kinesis_stream_find(call->sandbox->db, &owner, name, &call->arena, &row);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &firehose_error_invalid_argument,
                  "Stream %.*s under account %.*s not found.", SLICE_ARG(name),
                  SLICE_ARG(owner.account));
    else if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    return status == STATUS_OK;
}

static struct text compose(struct call *call, const struct json *source)
{
    struct text text = aws_json_text(call);
    struct json_writer w = json_writer_make(&text);
    json_begin_object(&w);
    json_put_string(&w, "KinesisStreamARN", json_member_string(source, "KinesisStreamARN"));
    json_put_string(&w, "RoleARN", json_member_string(source, "RoleARN"));
    json_end_object(&w);
    return text;
}

static struct text compose_hint(struct call *call, const struct json *put)
{
    struct text text = aws_json_text(call);
    text_printf(&text, "{\"%s\":%lld}", hint_member,
                (long long)json_member_integer(put, hint_member, 0));
    return text;
}

enum status stream_source_begin(struct call *call)
{
    const struct json *source = json_member(call->input, member);
    const struct json *put = json_member(call->input, put_member);
    struct delivery_stream *stream =
        delivery_stream_find(call->sandbox->delivery, call->principal->account,
                             call->principal->region, stream_lookup_name(call));
    if (source == NULL && put == NULL)
        return STATUS_OK;
    if (stream == NULL)
        return STATUS_NOT_FOUND;
    struct text text = source != NULL ? compose(call, source) : compose_hint(call, put);
    if (text.status != STATUS_OK)
        return text.status;
    if (source != NULL)
        return kinesis_source_attach(stream, text_slice(&text));
    return source_store_set(call->sandbox->db, delivery_stream_id(stream), text_slice(&text));
}

bool stream_source_is_kinesis(const struct delivery_stream *stream)
{
    return kinesis_source_configuration(stream).ptr != NULL;
}

/* The DirectPutSourceDescription of a stream that was given a hint. */
static enum status write_hint(struct call *call, const struct delivery_stream *stream,
                              struct json_writer *w)
{
    struct slice hint;
    enum status status =
        source_store_get(call->sandbox->db, delivery_stream_id(stream), &call->arena, &hint);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    json_key(w, "Source");
    json_begin_object(w);
    json_put_raw(w, "DirectPutSourceDescription", hint);
    json_end_object(w);
    return STATUS_OK;
}

enum status stream_source_write(struct call *call, const struct delivery_stream *stream,
                                int64_t started_ms, struct json_writer *w)
{
    const struct json *source = NULL;
    if (!stream_source_is_kinesis(stream))
        return write_hint(call, stream, w);
    enum status status = json_parse(kinesis_source_configuration(stream), &call->arena, &source);
    if (status != STATUS_OK)
        return status;
    json_key(w, "Source");
    json_begin_object(w);
    json_key(w, "KinesisStreamSourceDescription");
    json_begin_object(w);
    json_put_string(w, "KinesisStreamARN", json_member_string(source, "KinesisStreamARN"));
    json_put_string(w, "RoleARN", json_member_string(source, "RoleARN"));
    if (started_ms != 0)
        json_put_seconds(w, "DeliveryStartTimestamp", started_ms);
    json_end_object(w);
    json_end_object(w);
    return STATUS_OK;
}
