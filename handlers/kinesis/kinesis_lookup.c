#include "handlers/kinesis/kinesis_lookup.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "storage/kinesis_sequence.h"

#define HOUR_MS ((int64_t)60 * 60 * 1000)

struct kinesis_owner kinesis_lookup_owner(const struct call *call)
{
    return (struct kinesis_owner){call->principal->account, call->principal->region};
}

void kinesis_fail_storage(struct call *call, enum status status)
{
    call_fail_internal(call, status, "storing or reading a Kinesis stream");
}

void kinesis_answer_done(struct call *call, enum status status)
{
    if (status == STATUS_OK)
        aws_json_answer_nothing(call);
    else
        kinesis_fail_storage(call, status);
}

void kinesis_fail_not_found(struct call *call, struct slice name)
{
    call_fail(call, &kinesis_error_resource_not_found, "Stream %.*s under account %.*s not found.",
              SLICE_ARG(name), SLICE_ARG(call->principal->account));
}

static bool require_named(struct call *call, struct slice name, struct kinesis_stream_row *ret_row)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    enum status status =
        kinesis_stream_find(call->sandbox->db, &owner, name, &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND)
        kinesis_fail_not_found(call, name);
    else if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    return status == STATUS_OK;
}

bool kinesis_require_arn(struct call *call, struct slice arn, struct kinesis_stream_row *ret_row)
{
    struct slice rest = arn;
    for (unsigned i = 0; i < 3; i++) /* arn:aws:kinesis: the shape was checked */
        (void)slice_cut(&rest, ':');
    struct slice region = slice_cut(&rest, ':');
    struct slice account = slice_cut(&rest, ':');
    struct slice kind = slice_cut(&rest, '/');
    if (slice_equal(region, call->principal->region) &&
        slice_equal(account, call->principal->account) && slice_equal(kind, SLICE("stream")))
        return require_named(call, rest, ret_row);
    call_fail(call, &kinesis_error_resource_not_found,
              "There is no stream %.*s in this account and region.", SLICE_ARG(arn));
    return false;
}

static bool allow_members(struct call *call, struct slice name, struct slice arn)
{
    if (json_member(call->input, "StreamId") != NULL) {
        call_fail(call, &kinesis_error_invalid_argument, "Hydrant does not support StreamId yet.");
        return false;
    }
    if (name.len == 0 && arn.len == 0) {
        call_fail(call, &kinesis_error_invalid_argument,
                  "Either StreamName or StreamARN must be specified.");
        return false;
    }
    return true;
}

bool kinesis_require_stream(struct call *call, struct kinesis_stream_row *ret_row)
{
    struct slice name = json_member_string(call->input, "StreamName");
    struct slice arn = json_member_string(call->input, "StreamARN");
    if (!allow_members(call, name, arn))
        return false;
    if (arn.len == 0)
        return require_named(call, name, ret_row);
    if (!kinesis_require_arn(call, arn, ret_row))
        return false;
    if (name.len == 0 || slice_equal(name, ret_row->name))
        return true;
    call_fail(call, &kinesis_error_invalid_argument,
              "StreamName and StreamARN name different streams.");
    return false;
}

bool kinesis_require_shard(struct call *call, const struct kinesis_stream_row *stream,
                           struct slice id, struct kinesis_shard_row *ret_row)
{
    int64_t number = 0;
    enum status status = kinesis_shard_id_read(id, &number);
    if (status == STATUS_OK)
        status = kinesis_shard_find(call->sandbox->db, stream->id, number, ret_row);
    if (status == STATUS_INVALID || status == STATUS_NOT_FOUND)
        call_fail(call, &kinesis_error_resource_not_found,
                  "Shard %.*s in stream %.*s under account %.*s does not exist", SLICE_ARG(id),
                  SLICE_ARG(stream->name), SLICE_ARG(call->principal->account));
    else if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    return status == STATUS_OK;
}

const char *kinesis_lookup_arn(struct call *call, struct slice name)
{
    return arena_printf(&call->arena, "arn:aws:kinesis:%.*s:%.*s:stream/%.*s",
                        SLICE_ARG(call->principal->region), SLICE_ARG(call->principal->account),
                        SLICE_ARG(name));
}

int64_t kinesis_keep_from_ms(const struct call *call, const struct kinesis_stream_row *stream)
{
    return sim_clock_now_ms(&call->sandbox->clock) - stream->retention_hours * HOUR_MS;
}
