#include "handlers/admin/admin.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"
#include "handlers/admin/admin_routes.h"

#define BODY_MAX_BYTES ((size_t)64 * 1024)
#define ANSWER_MAX_BYTES ((size_t)1024 * 1024)
#define SHOWN_CHARS 200

#define X(name, code, status) const struct api_error admin_error_##name = {code, status, "", false};
ADMIN_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &admin_error_internal,
    .unavailable = &admin_error_unavailable,
    .too_large = &admin_error_too_large,
    .headers_too_large = &admin_error_invalid_request,
    .unknown_operation = &admin_error_not_found,
    .malformed = &admin_error_invalid_request,
    .validation = &admin_error_invalid_request,
    .missing_authentication = &admin_error_invalid_request,
    .incomplete_signature = &admin_error_invalid_request,
};

static const struct operation get_health = {"GetHealth", admin_get_health};
static const struct operation get_info = {"GetInfo", admin_get_info};
static const struct operation get_init = {"GetInit", admin_get_init};
static const struct operation get_init_stage = {"GetInitStage", admin_get_init_stage};
static const struct operation get_clock = {"GetClock", admin_get_clock};
static const struct operation advance_clock = {"AdvanceClock", admin_advance_clock};
static const struct operation set_clock_mode = {"SetClockMode", admin_set_clock_mode};
static const struct operation flush_stream = {"FlushStream", admin_flush_stream};
static const struct operation get_stream = {"GetStream", admin_get_stream};
static const struct operation redrive_stream = {"RedriveStream", admin_redrive};
static const struct operation drain = {"Drain", admin_drain};
static const struct operation reset = {"Reset", admin_reset};

static const struct admin_route routes[] = {
    {"/_hydrant/health", "GET, HEAD", &get_health},
    {"/_localstack/health", "GET, HEAD", &get_health},
    {"/health", "GET, HEAD", &get_health},
    {"/_localstack/info", "GET, HEAD", &get_info},
    {"/_hydrant/init", "GET, HEAD", &get_init},
    {"/_localstack/init", "GET, HEAD", &get_init},
    {"/_hydrant/init/*", "GET, HEAD", &get_init_stage},
    {"/_localstack/init/*", "GET, HEAD", &get_init_stage},
    {"/_localstack/state/reset", "POST", &reset},
    {"/_hydrant/clock", "GET, HEAD", &get_clock},
    {"/_hydrant/clock/advance", "POST", &advance_clock},
    {"/_hydrant/clock/mode", "POST", &set_clock_mode},
    {"/_hydrant/firehose/*/flush", "POST", &flush_stream},
    {"/_hydrant/firehose/*/redrive", "POST", &redrive_stream},
    {"/_hydrant/firehose/*", "GET, HEAD", &get_stream},
    {"/_hydrant/drain", "POST", &drain},
    {"/_hydrant/reset", "POST", &reset},
};

static const struct admin_route *find_route(const struct call *call)
{
    return admin_routes_find(routes, sizeof(routes) / sizeof(routes[0]), call->request.path);
}

/* LocalStack's first health check has the name a bucket may have: whoever signs means the bucket.
 */
static bool is_old_health_check(const struct http_request *request)
{
    return slice_equal(request->path, SLICE("/health")) && request->query.len == 0 &&
           request_header(request, "Authorization").ptr == NULL;
}

static bool matches(const struct http_request *request)
{
    return is_old_health_check(request) || slice_starts_with(request->path, SLICE("/_hydrant/")) ||
           slice_starts_with(request->path, SLICE("/_localstack/"));
}

/* A form, or what curl's -d sends without a header, is more likely a mistake than a command. */
static bool has_json_type(const struct call *call)
{
    struct slice type = request_header(&call->request, "Content-Type");
    struct slice name = slice_trim(slice_cut(&type, ';'));
    return slice_equal_nocase(name, SLICE("application/json"));
}

static bool has_body(const struct call *call)
{
    return call->request.is_chunked || call->request.content_length > 0;
}

static void begin(struct call *call)
{
    random_uuid(&call->sandbox->random, call->request_id);
    struct slice path = slice_first(call->request.path, SHOWN_CHARS);
    const struct admin_route *route = find_route(call);
    if (route == NULL) {
        call_fail(call, &admin_error_not_found, "There is nothing at %.*s.", SLICE_ARG(path));
        return;
    }
    call->operation = route->operation;
    if (!admin_route_takes(route, call->request.method)) {
        call_fail(call, &admin_error_method_not_allowed, "%.*s takes %s, not %.*s.",
                  SLICE_ARG(path), route->methods,
                  SLICE_ARG(slice_first(call->request.method, SHOWN_CHARS)));
        return;
    }
    if (has_body(call) && !has_json_type(call))
        call_fail(call, &admin_error_unsupported_media_type,
                  "A body must have the Content-Type application/json.");
}

/* An empty body is as good as {}. False when the call has been answered. */
static bool read_body(struct call *call)
{
    struct slice body = call->body.len > 0 ? call->body : SLICE("{}");
    enum status status = json_parse(body, &call->arena, &call->input);
    if (status == STATUS_NO_MEMORY)
        call_fail_internal(call, status, "reading the request");
    else if (status != STATUS_OK || json_kind(call->input) != JSON_OBJECT)
        call_fail(call, &admin_error_invalid_request, "The body is not a JSON object.");
    return !call_is_answered(call);
}

static void handle(struct call *call)
{
    if (call->body.len > 0 && !has_json_type(call))
        call_fail(call, &admin_error_unsupported_media_type,
                  "A body must have the Content-Type application/json.");
    else if (read_body(call))
        call->operation->run(call);
}

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    const struct admin_route *route = find_route(call);
    json_begin_object(&w);
    json_key(&w, "error");
    json_begin_object(&w);
    json_put_text(&w, "code", error->code);
    json_put_string(&w, "message", message);
    json_end_object(&w);
    json_end_object(&w);
    if (route != NULL && error == &admin_error_method_not_allowed)
        call_add_header_text(call, "Allow", route->methods);
    call_answer(call, error->status, "application/json", text_slice(&body));
}

struct text admin_text(struct call *call)
{
    struct text text;
    text_init_in(&text, &call->arena, ANSWER_MAX_BYTES);
    return text;
}

void admin_answer(struct call *call, const struct text *json)
{
    if (slice_equal(call->request.method, SLICE("HEAD")) && json->status == STATUS_OK)
        call_answer_head(call, 200, "application/json", json->len);
    else
        call_answer_text(call, 200, "application/json", json);
}

bool admin_allow_members(struct call *call, const char *const *names)
{
    for (const struct json *member = json_first(call->input); member != NULL;
         member = json_next(member)) {
        size_t i = 0;
        while (names[i] != NULL && !slice_equal_text(json_name(member), names[i]))
            i++;
        if (names[i] != NULL)
            continue;
        call_fail(call, &admin_error_invalid_request, "There is no field \"%.*s\" in this request.",
                  SLICE_ARG(slice_first(json_name(member), SHOWN_CHARS)));
        return false;
    }
    return true;
}

enum status admin_path_name(struct call *call, struct slice *ret_name)
{
    struct slice segment = admin_route_segment(find_route(call), call->request.path);
    return request_decode(segment, false, &call->arena, ret_name);
}

const struct service admin_service = {
    .name = "hydrant",
    .title = "Hydrant",
    .body_max_bytes = BODY_MAX_BYTES,
    .allows_anonymous = true,
    .errors = &errors,
    .matches = matches,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};
