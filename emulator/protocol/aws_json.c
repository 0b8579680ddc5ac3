#include "emulator/protocol/aws_json.h"

#include <string.h>

#include "emulator/base/hash.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/random.h"
#include "emulator/protocol/request_body.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"

#define ANSWER_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define UNKNOWN_MAX_BYTES ((size_t)4096)
#define UPPER_REQUEST_ID_CHARS 52

static const struct aws_json_profile *profile_of(const struct call *call)
{
    return call->service->protocol;
}

static void make_request_id(struct call *call)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (profile_of(call)->has_upper_request_id)
        random_text(&call->sandbox->random, UPPER_REQUEST_ID_CHARS, alphabet, call->request_id);
    else
        random_uuid(&call->sandbox->random, call->request_id);
}

static void fail_unknown_operation(struct call *call, struct slice name)
{
    log_line(LOG_WARNING, "%s: operation \"%.*s\" is not supported", call->service->name,
             SLICE_ARG(slice_first(name, 100)));
    call_fail(call, call->service->errors->unknown_operation,
              "Hydrant does not support the %s operation %.*s.", call->service->title,
              SLICE_ARG(slice_first(name, 100)));
}

/* The router may have gone by the credential scope alone, so the prefix is looked at here too. */
void aws_json_begin(struct call *call)
{
    make_request_id(call);
    struct slice target = request_header(&call->request, "X-Amz-Target");
    struct slice name = target;
    struct slice prefix = slice_cut(&name, '.');
    if (slice_equal_text(prefix, call->service->target_prefix))
        call->operation = service_operation(call->service, name);
    else
        name = target;
    if (call->operation == NULL || !slice_equal(call->request.method, SLICE("POST")))
        fail_unknown_operation(call, name);
}

static bool decode_body(struct call *call)
{
    return !profile_of(call)->reads_encoded ||
           request_body_decode(call, call->service->errors->internal);
}

static bool read_body(struct call *call)
{
    enum status status = json_parse(call->body, &call->arena, &call->input);
    if (status == STATUS_NO_MEMORY) {
        call_fail_internal(call, status, "reading the request");
        return false;
    }
    if (status == STATUS_UNSUPPORTED) {
        call_fail(call, call->service->errors->malformed,
                  "Hydrant does not support the character \\u0000 in JSON strings, nor numbers of "
                  "more than 63 characters.");
        return false;
    }
    if (status != STATUS_OK || json_kind(call->input) != JSON_OBJECT) {
        call_fail(call, call->service->errors->malformed, "%s", "");
        return false;
    }
    return true;
}

static void warn_of_unknown_members(const struct call *call, const struct text *unknown)
{
    if (unknown->len > 0)
        log_line(LOG_WARNING, "%s.%s: ignored members the API does not have: %.*s",
                 call->service->name, call->operation->name, SLICE_ARG(text_slice(unknown)));
}

static bool check_shape(struct call *call)
{
    const struct shape_operation *operation =
        shape_find(slice_of(call->service->name), slice_of(call->operation->name));
    if (operation == NULL) {
        call_fail_internal(call, STATUS_NOT_FOUND, "finding the operation's shape");
        return false;
    }
    struct text message;
    struct text unknown;
    text_init_in(&message, &call->arena, SHAPE_MESSAGE_MAX);
    text_init_in(&unknown, &call->arena, UNKNOWN_MAX_BYTES);
    struct shape_input input = {
        .body = call->input, .cache = call->sandbox->shape_cache, .unknown = &unknown};
    enum shape_verdict verdict =
        shape_check(operation, &input, profile_of(call)->dialect, &message);
    warn_of_unknown_members(call, &unknown);
    const struct common_errors *errors = call->service->errors;
    switch (verdict) {
    case SHAPE_OK:
        return true;
    case SHAPE_NO_MEMORY:
        call_fail_internal(call, STATUS_NO_MEMORY, "checking the request");
        return false;
    case SHAPE_SERIALIZATION:
    case SHAPE_VALIDATION:
        break;
    }
    call_fail(call, verdict == SHAPE_VALIDATION ? errors->validation : errors->malformed, "%.*s",
              SLICE_ARG(text_slice(&message)));
    return false;
}

void aws_json_handle(struct call *call)
{
    if (decode_body(call) && read_body(call) && check_shape(call))
        call->operation->run(call);
}

struct text aws_json_text(struct call *call)
{
    struct text text;
    text_init_in(&text, &call->arena, ANSWER_MAX_BYTES);
    return text;
}

/* The one answered with, or the request's plainer one. */
static const char *content_type_of(const struct call *call)
{
    struct slice asked = request_header(&call->request, "Content-Type");
    bool is_plain =
        profile_of(call)->echoes_plain_json && slice_equal_nocase(asked, SLICE("application/json"));
    return is_plain ? "application/json" : profile_of(call)->content_type;
}

static void send(struct call *call, int status, struct slice body)
{
    call_add_header_text(call, "x-amzn-RequestId", call->request_id);
    if (profile_of(call)->has_crc32) {
        struct text crc;
        text_init_in(&crc, &call->arena, 16);
        text_append_u64(&crc, hash_crc32(0, body));
        call_add_header(call, "x-amz-crc32", text_slice(&crc));
    }
    call_answer(call, status, content_type_of(call), body);
}

void aws_json_answer(struct call *call, const struct text *json)
{
    if (json->status != STATUS_OK) {
        call_fail_internal(call, json->status, "composing the answer");
        return;
    }
    send(call, 200, text_slice(json));
}

void aws_json_answer_empty_object(struct call *call)
{
    send(call, 200, SLICE("{}"));
}

void aws_json_answer_nothing(struct call *call)
{
    send(call, 200, SLICE(""));
}

void aws_json_answer_error(struct call *call, const struct api_error *error,
                           const struct text *json)
{
    if (json->status != STATUS_OK) {
        call_fail_internal(call, json->status, "composing the answer");
        return;
    }
    call->error_code = error->code;
    send(call, error->status, text_slice(json));
}

void aws_json_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "__type",
                  arena_printf(&call->arena, "%s%s", error->prefix != NULL ? error->prefix : "",
                               error->code));
    if (message.len > 0)
        json_put_string(&w, error->capital ? "Message" : "message", message);
    json_end_object(&w);
    if (body.status != STATUS_OK)
        text_clear(&body); /* half of it is worse than none */
    send(call, error->status, text_slice(&body));
}
