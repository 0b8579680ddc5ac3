/*
 * kinesis_shards.c -- ListShards. All shards of a stream are open, from its creation on.
 */
#include "handlers/kinesis/kinesis_shards.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/hash_range.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "handlers/kinesis/kinesis_tokens.h"
#include "storage/kinesis_sequence.h"

#define LIMIT_DEFAULT 1000

static void write_shard(struct json_writer *w, const struct kinesis_stream_row *stream,
                        int64_t number)
{
    struct kinesis_sequence before_first = {stream->created_ms, number, 0};
    char id[KINESIS_SHARD_ID_CHARS + 1];
    char sequence[KINESIS_SEQUENCE_CHARS + 1];
    char key[HASH_KEY_TEXT_BYTES];
    kinesis_shard_id_write(number, id);
    kinesis_sequence_write(&before_first, sequence);
    json_begin_object(w);
    json_put_text(w, "ShardId", id);
    json_key(w, "HashKeyRange");
    json_begin_object(w);
    hash_key_write(hash_range_first(number, stream->shards), key);
    json_put_text(w, "StartingHashKey", key);
    hash_key_write(hash_range_last(number, stream->shards), key);
    json_put_text(w, "EndingHashKey", key);
    json_end_object(w);
    json_key(w, "SequenceNumberRange");
    json_begin_object(w);
    json_put_text(w, "StartingSequenceNumber", sequence);
    json_end_object(w);
    json_end_object(w);
}

int64_t kinesis_write_shards(struct json_writer *w, const struct kinesis_stream_row *stream,
                             int64_t after, int64_t limit)
{
    int64_t last = after;
    json_key(w, "Shards");
    json_begin_array(w);
    for (int64_t left = limit; left > 0 && last + 1 < stream->shards; left--)
        write_shard(w, stream, ++last);
    json_end_array(w);
    return last;
}

bool kinesis_read_start(struct call *call, struct slice id, int64_t *ret_after)
{
    *ret_after = -1;
    if (id.len == 0 || kinesis_shard_id_read(id, ret_after) == STATUS_OK)
        return true;
    call_fail(call, &kinesis_error_invalid_argument, "%.*s is not the id of a shard.",
              SLICE_ARG(id));
    return false;
}

/* A page's stream and beginning from a token. False: the call is answered. */
static bool read_token(struct call *call, struct slice text, struct kinesis_stream_row *ret_stream,
                       int64_t *ret_after)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    struct kinesis_token token = {0};
    enum status status = kinesis_token_read(KINESIS_TOKEN_SHARDS, text, &call->arena, &token);
    if (status == STATUS_OK &&
        sim_clock_now_ms(&call->sandbox->clock) - token.made_ms > KINESIS_TOKEN_LIFE_MS) {
        call_fail(call, &kinesis_error_expired_next_token, "The NextToken has expired.");
        return false;
    }
    if (status == STATUS_OK)
        status =
            kinesis_stream_get(call->sandbox->db, &owner, token.owner, &call->arena, ret_stream);
    if (status == STATUS_INVALID)
        call_fail(call, &kinesis_error_invalid_argument, "The NextToken is invalid.");
    else if (status == STATUS_NOT_FOUND)
        call_fail(call, &kinesis_error_resource_not_found,
                  "The stream of this NextToken does not exist.");
    else if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    *ret_after = token.after;
    return status == STATUS_OK;
}

/* As every shard is open all the time, only a start makes a difference. */
static bool read_filter(struct call *call, int64_t *ret_after)
{
    const struct json *filter = json_member(call->input, "ShardFilter");
    struct slice start = json_member_string(call->input, "ExclusiveStartShardId");
    struct slice type = json_member_string(filter, "Type");
    if (slice_equal_text(type, "AFTER_SHARD_ID"))
        start = json_member_string(filter, "ShardId");
    bool wants_time =
        slice_equal_text(type, "AT_TIMESTAMP") || slice_equal_text(type, "FROM_TIMESTAMP");
    if ((slice_equal_text(type, "AFTER_SHARD_ID") && start.len == 0) ||
        (wants_time && json_member(filter, "Timestamp") == NULL)) {
        call_fail(call, &kinesis_error_invalid_argument, "A ShardFilter of type %.*s needs %s.",
                  SLICE_ARG(type), wants_time ? "Timestamp" : "ShardId");
        return false;
    }
    return kinesis_read_start(call, start, ret_after);
}

/* False: the call is answered. */
static bool read_page(struct call *call, struct kinesis_stream_row *ret_stream, int64_t *ret_after)
{
    static const char *const excluded[] = {"StreamName", "StreamARN", "StreamCreationTimestamp",
                                           "ExclusiveStartShardId"};
    struct slice token = json_member_string(call->input, "NextToken");
    if (token.len == 0)
        return kinesis_require_stream(call, ret_stream) && read_filter(call, ret_after);
    for (size_t i = 0; i < sizeof(excluded) / sizeof(excluded[0]); i++) {
        if (json_member(call->input, excluded[i]) == NULL)
            continue;
        call_fail(call, &kinesis_error_invalid_argument,
                  "NextToken and %s cannot be provided together.", excluded[i]);
        return false;
    }
    return read_token(call, token, ret_stream, ret_after);
}

void kinesis_list_shards(struct call *call)
{
    struct kinesis_stream_row stream;
    int64_t after = -1;
    if (!read_page(call, &stream, &after))
        return;
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    enum status status = STATUS_OK;
    json_begin_object(&w);
    int64_t last = kinesis_write_shards(
        &w, &stream, after, json_member_integer(call->input, "MaxResults", LIMIT_DEFAULT));
    if (last + 1 < stream.shards) {
        struct kinesis_token token = {stream.id, last, sim_clock_now_ms(&call->sandbox->clock)};
        struct slice text = {NULL, 0};
        status = kinesis_token_write(KINESIS_TOKEN_SHARDS, &token, &call->arena, &text);
        json_put_string(&w, "NextToken", text);
    }
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &answer);
    else
        kinesis_fail_storage(call, status);
}
