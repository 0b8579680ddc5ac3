#include "emulator/protocol/rest_json.h"

#include <string.h>

#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/random.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"

#define ANSWER_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define UNKNOWN_MAX_BYTES ((size_t)4096)

_Static_assert(sizeof(((struct call *)0)->request_id) > UUID_CHARS, "room for a UUID");

static const struct rest_json_profile *profile_of(const struct call *call)
{
    return call->service->protocol;
}

static const struct rest_json_limit *limit_of(const struct call *call)
{
    const struct rest_json_profile *profile = profile_of(call);
    for (size_t i = 0; call->operation != NULL && i < profile->limit_count; i++) {
        if (strcmp(profile->limits[i].operation, call->operation->name) == 0)
            return &profile->limits[i];
    }
    return NULL;
}

/* ---- paths ------------------------------------------------------------------------------- */

static struct slice without_slash(struct slice path)
{
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

static bool is_label(struct slice part)
{
    return part.len > 2 && part.ptr[0] == '{' && part.ptr[part.len - 1] == '}';
}

/*
 * Does the raw path fit the template? When it does and `label` is not empty, *ret_value is the part
 * that stands for the label.
 */
static bool fits(struct slice path, struct slice template, struct slice label,
                 struct slice *ret_value)
{
    path = without_slash(path);
    template = without_slash(template);
    struct slice value = {NULL, 0};
    while (path.ptr != NULL && template.ptr != NULL) {
        struct slice part = slice_cut(&path, '/');
        struct slice wanted = slice_cut(&template, '/');
        if (!is_label(wanted)) {
            if (!slice_equal(part, wanted))
                return false;
            continue;
        }
        if (part.len == 0)
            return false;
        wanted = slice_make(wanted.ptr + 1, wanted.len - 2);
        if (slice_equal(wanted, label))
            value = part;
    }
    if (path.ptr != NULL || template.ptr != NULL)
        return false;
    if (ret_value != NULL)
        *ret_value = value;
    return true;
}

/* The template without a query some operations are told apart by. */
static struct slice path_of(const char *uri)
{
    struct slice rest = slice_of(uri);
    return slice_cut(&rest, '?');
}

static struct slice query_of(const char *uri)
{
    struct slice rest = slice_of(uri);
    (void)slice_cut(&rest, '?');
    return rest;
}

/* Without a query any will do; else its one parameter must be there. */
static bool query_fits(const struct call *call, struct slice wanted)
{
    struct slice rest = call->request.query;
    while (wanted.len > 0 && rest.len > 0) {
        if (slice_equal(slice_cut(&rest, '&'), wanted))
            return true;
    }
    return wanted.len == 0;
}

/* Of two that fit, the one that asks for a query is meant. */
static const struct shape_operation *route(const struct call *call)
{
    struct slice service = slice_of(call->service->name);
    const struct shape_operation *found = NULL;
    const struct shape_operation *operation = NULL;
    for (size_t i = 0; (operation = shape_operation_at(service, i)) != NULL; i++) {
        struct slice query = query_of(operation->uri);
        if (slice_equal_text(call->request.method, operation->method) &&
            fits(call->request.path, path_of(operation->uri), SLICE(""), NULL) &&
            query_fits(call, query) && (found == NULL || query.len > 0))
            found = operation;
    }
    return found;
}

struct slice rest_json_label(struct call *call, const char *label)
{
    const struct shape_operation *operation =
        shape_find(slice_of(call->service->name), slice_of(call->operation->name));
    struct slice raw = {NULL, 0};
    struct slice decoded = {NULL, 0};
    if (operation == NULL ||
        !fits(call->request.path, path_of(operation->uri), slice_of(label), &raw) ||
        raw.ptr == NULL || request_decode(raw, false, &call->arena, &decoded) != STATUS_OK)
        return slice_make(NULL, 0);
    return decoded;
}

struct slice rest_json_query(struct call *call, const char *name)
{
    struct slice value = {NULL, 0};
    if (request_parameter(&call->request, &call->arena, name, &value) != STATUS_OK)
        return slice_make(NULL, 0);
    return value.ptr != NULL ? value : SLICE("");
}

/* ---- requests ---------------------------------------------------------------------------- */

static void fail_unknown(struct call *call, const struct shape_operation *known)
{
    struct slice path = slice_first(call->request.path, 200);
    log_line(LOG_WARNING, "%s: %s (%.*s %.*s) is not supported", call->service->name,
             known != NULL ? known->name : "this", SLICE_ARG(call->request.method),
             SLICE_ARG(path));
    if (known != NULL)
        call_fail(call, call->service->errors->unknown_operation,
                  "Hydrant does not support the %s operation %s.", call->service->title,
                  known->name);
    else
        call_fail(call, call->service->errors->unknown_operation,
                  "The %s API has no operation %.*s %.*s.", call->service->title,
                  SLICE_ARG(slice_first(call->request.method, 20)), SLICE_ARG(path));
}

void rest_json_begin(struct call *call)
{
    random_uuid(&call->sandbox->random, call->request_id);
    const struct shape_operation *known = route(call);
    if (known != NULL)
        call->operation = service_operation(call->service, slice_of(known->name));
    if (call->operation == NULL) {
        fail_unknown(call, known);
        return;
    }
    const struct rest_json_limit *limit = limit_of(call);
    if (limit != NULL)
        call->body_max_bytes = limit->body_max_bytes;
}

static bool read_body(struct call *call)
{
    const struct rest_json_limit *limit = limit_of(call);
    if (call->body.len == 0 || (limit != NULL && limit->is_raw))
        return true;
    enum status status = json_parse(call->body, &call->arena, &call->input);
    if (status == STATUS_NO_MEMORY) {
        call_fail_internal(call, status, "reading the request");
        return false;
    }
    if (status != STATUS_OK || json_kind(call->input) != JSON_OBJECT) {
        call_fail(
            call, call->service->errors->malformed,
            "Could not parse request body into json: it must be one JSON object%s",
            status == STATUS_UNSUPPORTED
                ? " without the character \\u0000 and without numbers of more than 63 characters"
                : "");
        return false;
    }
    return true;
}

static bool find_param(void *owner, enum shape_location where, struct slice name, size_t index,
                       struct slice *ret_value)
{
    struct call *call = owner;
    const char *text = arena_text(&call->arena, name);
    if (text == NULL || index > 0)
        return false;
    struct slice value = {NULL, 0};
    if (where == SHAPE_URI)
        value = rest_json_label(call, text);
    else if (where == SHAPE_QUERY)
        value = rest_json_query(call, text);
    else if (where == SHAPE_HEADER)
        value = request_header(&call->request, text);
    if (value.ptr == NULL)
        return false;
    *ret_value = value;
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
    struct text message;
    struct text unknown;
    text_init_in(&message, &call->arena, SHAPE_MESSAGE_MAX);
    text_init_in(&unknown, &call->arena, UNKNOWN_MAX_BYTES);
    struct shape_input input = {
        .body = call->input,
        .param = find_param,
        .param_owner = call,
        .cache = call->sandbox->shape_cache,
        .unknown = &unknown,
    };
    enum shape_verdict verdict =
        shape_check(operation, &input, profile_of(call)->dialect, &message);
    warn_of_unknown_members(call, &unknown);
    if (verdict == SHAPE_OK)
        return true;
    const struct common_errors *errors = call->service->errors;
    if (verdict == SHAPE_NO_MEMORY)
        call_fail_internal(call, STATUS_NO_MEMORY, "checking the request");
    else
        call_fail(call, verdict == SHAPE_VALIDATION ? errors->validation : errors->malformed,
                  "%.*s", SLICE_ARG(text_slice(&message)));
    return false;
}

void rest_json_handle(struct call *call)
{
    if (read_body(call) && check_shape(call))
        call->operation->run(call);
}

/* ---- answers ----------------------------------------------------------------------------- */

struct text rest_json_text(struct call *call)
{
    struct text text;
    text_init_in(&text, &call->arena, ANSWER_MAX_BYTES);
    return text;
}

static void send(struct call *call, int status, const char *content_type, struct slice body)
{
    call_add_header_text(call, "x-amzn-RequestId", call->request_id);
    call_answer(call, status, content_type, body);
}

void rest_json_answer(struct call *call, int status, const struct text *json)
{
    if (json->status != STATUS_OK)
        call_fail_internal(call, json->status, "composing the answer");
    else
        send(call, status, "application/json", text_slice(json));
}

void rest_json_answer_nothing(struct call *call, int status)
{
    send(call, status, NULL, SLICE(""));
}

void rest_json_answer_raw(struct call *call, int status, struct slice body)
{
    send(call, status, "application/json", body);
}

/* Too large a body has a message that names the limit and the operation. */
static struct slice message_of(struct call *call, const struct api_error *error,
                               struct slice message)
{
    const struct rest_json_limit *limit = limit_of(call);
    if (error != call->service->errors->too_large || limit == NULL)
        return message;
    const char *name = limit->shown_name != NULL ? limit->shown_name : limit->operation;
    const char *text =
        arena_printf(&call->arena, "Request must be smaller than %zu bytes for the %s operation",
                     limit->body_max_bytes, name);
    return text != NULL ? slice_of(text) : message;
}

void rest_json_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    if (error->prefix != NULL && error->prefix[0] != '\0')
        json_put_text(&w, "Type", error->prefix);
    json_put_string(&w, error->capital ? "Message" : "message", message_of(call, error, message));
    json_end_object(&w);
    call_add_header_text(call, "x-amzn-ErrorType", error->code);
    send(call, error->status, "application/json", text_slice(&body));
}
