/*
 * encryption.c -- StartDeliveryStreamEncryption and StopDeliveryStreamEncryption.
 *
 *     DISABLED --start--> ENABLING --time--> ENABLED --stop--> DISABLING --time--> DISABLED
 *                                             | ^
 *                                             '-' start, with another key: ENABLING again
 */
#include "handlers/firehose/encryption.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/stream_lookup.h"
#include "handlers/firehose/stream_source.h"

#define PROBLEM_MAX_BYTES ((size_t)4 * 1024)
#define CALLS_MAX 25
#define CALLS_WITHIN_MS (INT64_C(24) * 3600 * 1000)

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

const struct json *encryption_member(const struct json *input)
{
    return json_member(input, "DeliveryStreamEncryptionConfigurationInput");
}

/* arn:aws:kms:region:account:key/id; its shape was checked. */
static struct slice region_of(struct slice arn)
{
    for (unsigned i = 0; i < 3; i++)
        (void)slice_cut(&arn, ':');
    return slice_cut(&arn, ':');
}

bool encryption_check(const struct json *configuration, struct slice region, struct text *problem)
{
    bool is_customers =
        slice_equal_text(json_member_string(configuration, "KeyType"), "CUSTOMER_MANAGED_CMK");
    bool has_key = json_member(configuration, "KeyARN") != NULL;
    if (is_customers && !has_key)
        return fail(problem, "KeyARN has to be specified when KeyType is CUSTOMER_MANAGED_CMK");
    if (!is_customers && has_key)
        return fail(problem, "KeyARN cannot be specified when KeyType is AWS_OWNED_CMK");
    struct slice arn = json_member_string(configuration, "KeyARN");
    return !has_key || slice_equal(region_of(arn), region) ||
           fail(problem, "Cross-region keys are not allowed for SSE. Please provide CMKs in the"
                         " same region as firehose");
}

static struct delivery_encryption read_on(const struct json *configuration)
{
    struct delivery_encryption encryption = {
        .is_on = true,
        .key_type = json_member_string(configuration, "KeyType"),
        .key_arn = json_member_string(configuration, "KeyARN"),
    };
    if (encryption.key_type.len == 0)
        encryption.key_type = SLICE("AWS_OWNED_CMK");
    return encryption;
}

struct delivery_encryption encryption_of_new(const struct json *input)
{
    const struct json *configuration = encryption_member(input);
    return configuration != NULL ? read_on(configuration)
                                 : (struct delivery_encryption){.is_on = false};
}

static bool is_under_way(const struct delivery_encryption *encryption, int64_t now_ms)
{
    return encryption->key_type.len > 0 && now_ms < encryption->since_ms;
}

static const char *state_of(const struct delivery_encryption *encryption, int64_t now_ms)
{
    if (is_under_way(encryption, now_ms))
        return encryption->is_on ? "ENABLING" : "DISABLING";
    return encryption->is_on ? "ENABLED" : "DISABLED";
}

void encryption_write(struct json_writer *w, const struct delivery_encryption *encryption,
                      int64_t now_ms)
{
    bool shows_key = encryption->is_on || is_under_way(encryption, now_ms);
    json_key(w, "DeliveryStreamEncryptionConfiguration");
    json_begin_object(w);
    if (shows_key && encryption->key_arn.len > 0)
        json_put_string(w, "KeyARN", encryption->key_arn);
    if (shows_key && encryption->key_type.len > 0)
        json_put_string(w, "KeyType", encryption->key_type);
    json_put_text(w, "Status", state_of(encryption, now_ms));
    json_end_object(w);
}

/* ---- operations ---- */

/* False: the call is answered. */
static bool check_state(struct call *call, const struct delivery_stream *stream,
                        const struct delivery_stream_row *row)
{
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    const char *state = stream_lookup_state(stream);
    bool is_active = delivery_stream_state(stream) == DELIVERY_ACTIVE;
    if (is_active && !is_under_way(&row->encryption, now_ms))
        return true;
    call_fail(call, &firehose_error_resource_in_use,
              "Firehose %.*s under account %.*s cannot change its encryption in %s state",
              SLICE_ARG(row->name), SLICE_ARG(call->principal->account),
              is_active ? state_of(&row->encryption, now_ms) : state);
    return false;
}

static bool take_call(struct call *call, int64_t stream)
{
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    size_t count = 0;
    enum status status = delivery_stream_store_count_encryption_calls(
        call->sandbox->db, stream, now_ms - CALLS_WITHIN_MS, &count);
    if (status == STATUS_OK && count < CALLS_MAX)
        status = delivery_stream_store_note_encryption_call(call->sandbox->db, stream, now_ms);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else if (count >= CALLS_MAX)
        call_fail(call, &firehose_error_limit_exceeded,
                  "StartDeliveryStreamEncryption and StopDeliveryStreamEncryption can be called"
                  " %d times per delivery stream in 24 hours.",
                  CALLS_MAX);
    return !call_is_answered(call);
}

/* The stream, its row read; NULL: the call is answered. */
static struct delivery_stream *require(struct call *call, struct delivery_stream_row *row)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return NULL;
    if (stream_source_is_kinesis(stream)) {
        call_fail(call, &firehose_error_invalid_argument,
                  "This operation is not permitted on KinesisStreamAsSource delivery stream type.");
        return NULL;
    }
    enum status status = delivery_stream_store_find(call->sandbox->db, delivery_stream_id(stream),
                                                    &call->arena, row);
    if (status != STATUS_OK) {
        stream_lookup_fail_storage(call, status);
        return NULL;
    }
    bool may = check_state(call, stream, row) && take_call(call, row->id);
    return may ? stream : NULL;
}

void firehose_start_delivery_stream_encryption(struct call *call)
{
    struct delivery_stream_row row;
    struct text problem;
    const struct json *configuration = encryption_member(call->input);
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    if (!encryption_check(configuration, call->principal->region, &problem)) {
        call_fail(call, &firehose_error_invalid_argument, "%.*s", SLICE_ARG(text_slice(&problem)));
        return;
    }
    struct delivery_stream *stream = require(call, &row);
    if (stream == NULL)
        return;
    struct delivery_encryption encryption = read_on(configuration);
    stream_lookup_answer_done(call, delivery_stream_encrypt(stream, &encryption));
}

void firehose_stop_delivery_stream_encryption(struct call *call)
{
    struct delivery_stream_row row;
    struct delivery_stream *stream = require(call, &row);
    if (stream == NULL)
        return;
    struct delivery_encryption encryption = row.encryption;
    enum status status = STATUS_OK;
    encryption.is_on = false;
    if (row.encryption.is_on) /* else there is nothing to stop */
        status = delivery_stream_encrypt(stream, &encryption);
    stream_lookup_answer_done(call, status);
}
