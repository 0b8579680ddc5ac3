/*
 * kinesis_iterators.c -- GetShardIterator: every type becomes the place in the shard that was read
 * last.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "handlers/kinesis/kinesis_tokens.h"
#include "storage/kinesis_sequence.h"

struct iterator_request {
    struct kinesis_stream_row stream;
    struct kinesis_shard_row shard;
    struct slice type;
    bool is_at_sequence;
    bool is_after_sequence;
    bool is_at_time;
};

/* Which of the two other members a type takes. False: the call is answered. */
static bool check_members(struct call *call, const struct iterator_request *r)
{
    bool has_sequence = json_member(call->input, "StartingSequenceNumber") != NULL;
    bool wants_sequence = r->is_at_sequence || r->is_after_sequence;
    if (wants_sequence != has_sequence) {
        call_fail(call, &kinesis_error_invalid_argument,
                  "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and"
                  " StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no"
                  " StartingSequenceNumber. Request specified %.*s and %s StartingSequenceNumber.",
                  SLICE_ARG(r->type), has_sequence ? "also a" : "no");
        return false;
    }
    if (r->is_at_time && json_member(call->input, "Timestamp") == NULL) {
        call_fail(call, &kinesis_error_invalid_argument,
                  "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP."
                  " Current request has no timestamp parameter.");
        return false;
    }
    return true;
}

/* Behind which place a sequence number's iterator begins. False: the call is answered. */
static bool read_sequence(struct call *call, const struct iterator_request *r, int64_t *ret_after)
{
    struct slice given = json_member_string(call->input, "StartingSequenceNumber");
    struct kinesis_sequence sequence;
    struct slice shard_id = json_member_string(call->input, "ShardId");
    if (kinesis_sequence_read(given, &sequence) != STATUS_OK ||
        sequence.created_ms != r->stream.created_ms) {
        call_fail(call, &kinesis_error_invalid_argument,
                  "StartingSequenceNumber %.*s used in GetShardIterator on shard %.*s in stream"
                  " %.*s under account %.*s is invalid because it did not come from this stream.",
                  SLICE_ARG(given), SLICE_ARG(shard_id), SLICE_ARG(r->stream.name),
                  SLICE_ARG(call->principal->account));
        return false;
    }
    if (sequence.shard != r->shard.number) {
        char encoded[KINESIS_SHARD_ID_CHARS + 1];
        kinesis_shard_id_write(sequence.shard, encoded);
        call_fail(call, &kinesis_error_invalid_argument,
                  "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a"
                  " shard with %.*s",
                  encoded, SLICE_ARG(shard_id));
        return false;
    }
    int64_t after = r->is_at_sequence && sequence.place > 0 ? sequence.place - 1 : sequence.place;
    *ret_after = after < r->shard.last_place ? after : r->shard.last_place;
    return true;
}

/* False: the call is answered. */
static bool read_time(struct call *call, const struct iterator_request *r, int64_t *ret_after)
{
    double seconds = json_number(json_member(call->input, "Timestamp"));
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    double limit_ms = (double)SIM_CLOCK_MAX_MS;
    double at_ms = seconds * 1000;
    if (at_ms > (double)now_ms) {
        call_fail(call, &kinesis_error_invalid_argument,
                  "The timestampInMillis parameter cannot be greater than the"
                  " currentTimestampInMillis. timestampInMillis: %lld, currentTimestampInMillis:"
                  " %lld",
                  (long long)(at_ms < limit_ms ? at_ms : limit_ms), (long long)now_ms);
        return false;
    }
    int64_t border_ms = at_ms > 0 ? (int64_t)(at_ms + 0.5) : 0;
    enum status status = kinesis_shard_before(call->sandbox->db, &r->shard, border_ms, ret_after);
    if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    return status == STATUS_OK;
}

/* False: the call is answered. */
static bool find_place(struct call *call, const struct iterator_request *r, int64_t *ret_after)
{
    if (r->is_at_sequence || r->is_after_sequence)
        return read_sequence(call, r, ret_after);
    if (r->is_at_time)
        return read_time(call, r, ret_after);
    *ret_after = slice_equal_text(r->type, "LATEST") ? r->shard.last_place : 0;
    return true;
}

static void answer(struct call *call, const struct kinesis_token *token)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    struct slice text = {NULL, 0};
    enum status status = kinesis_token_write(KINESIS_TOKEN_ITERATOR, token, &call->arena, &text);
    if (status != STATUS_OK) {
        kinesis_fail_storage(call, status);
        return;
    }
    json_begin_object(&w);
    json_put_string(&w, "ShardIterator", text);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

void kinesis_get_shard_iterator(struct call *call)
{
    struct iterator_request r = {.type = json_member_string(call->input, "ShardIteratorType")};
    struct kinesis_token token = {.made_ms = sim_clock_now_ms(&call->sandbox->clock)};
    r.is_at_sequence = slice_equal_text(r.type, "AT_SEQUENCE_NUMBER");
    r.is_after_sequence = slice_equal_text(r.type, "AFTER_SEQUENCE_NUMBER");
    r.is_at_time = slice_equal_text(r.type, "AT_TIMESTAMP");
    if (!kinesis_require_stream(call, &r.stream) ||
        !kinesis_require_shard(call, &r.stream, json_member_string(call->input, "ShardId"),
                               &r.shard) ||
        !check_members(call, &r) || !find_place(call, &r, &token.after))
        return;
    token.owner = r.shard.id;
    answer(call, &token);
}
