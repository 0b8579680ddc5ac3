#include "handlers/s3/s3_call.h"

#include <stdarg.h>
#include <stdio.h>

#include "emulator/base/base64.h"
#include "emulator/base/dates.h"
#include "emulator/base/hash.h"
#include "emulator/base/xml.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/sandbox.h"

#define REQUEST_ID_CHARS 16
#define HOST_ID_BYTES 56
#define ANSWER_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define MESSAGE_MAX_BYTES ((size_t)8 * 1024)

struct s3_call *s3_call_of(const struct call *call)
{
    return call->service_data;
}

int64_t s3_now_ms(const struct call *call)
{
    return sim_clock_now_ms(&call->sandbox->clock);
}

/* ---- refusing ---- */

static const struct {
    struct api_error api;
    const char *message;
} errors[] = {

#define X(id, code, status, message) [S3_##id] = {{code, status, "", false}, message},
    S3_ERROR_LIST(X)
#undef X
};

const struct api_error *s3_api_error(enum s3_error error)
{
    return &errors[error].api;
}

const char *s3_error_message(enum s3_error error)
{
    return errors[error].message;
}

const struct common_errors s3_common_errors = {
    .internal = &errors[S3_INTERNAL_ERROR].api,
    .unavailable = &errors[S3_SERVICE_UNAVAILABLE].api,
    .too_large = &errors[S3_ENTITY_TOO_LARGE].api,
    .headers_too_large = &errors[S3_REQUEST_HEADERS_TOO_LARGE].api,
    .unknown_operation = &errors[S3_NOT_IMPLEMENTED].api,
    .malformed = &errors[S3_MALFORMED_XML].api,
    .validation = &errors[S3_INVALID_REQUEST].api,
    .missing_authentication = &errors[S3_ACCESS_DENIED].api,
    .incomplete_signature = &errors[S3_ACCESS_DENIED].api,
    .invalid_key = &errors[S3_INVALID_ACCESS_KEY_ID].api,
    .expired_key = &errors[S3_EXPIRED_TOKEN].api,
    .invalid_key_text = "The AWS Access Key Id you provided does not exist in our records.",
    .expired_key_text = "The provided token has expired.",
};

bool s3_refuse(struct call *call, enum s3_error error, const char *format, ...)
{
    struct s3_call *s3 = s3_call_of(call);
    if (s3->is_refused)
        return false;
    s3->is_refused = true;
    s3->error = error;
    s3->message = slice_of(s3_error_message(error));
    if (format == NULL)
        return false;
    struct text message;
    text_init_in(&message, &call->arena, MESSAGE_MAX_BYTES);
    va_list args;
    va_start(args, format);
    text_vprintf(&message, format, args);
    va_end(args);
    if (message.status == STATUS_OK)
        s3->message = text_slice(&message);
    return false;
}

bool s3_refuse_internal(struct call *call, enum status status, const char *what)
{
    struct s3_call *s3 = s3_call_of(call);
    if (!s3->is_refused) {
        s3->is_refused = true;
        s3->internal = status;
        s3->what = what;
    }
    return false;
}

void s3_detail(struct call *call, const char *name, struct slice value)
{
    struct s3_call *s3 = s3_call_of(call);
    if (!s3->is_refused && s3->detail_count < S3_MAX_DETAILS)
        s3->details[s3->detail_count++] = (struct s3_detail){name, value};
}

void s3_detail_number(struct call *call, const char *name, uint64_t value)
{
    s3_detail(call, name, slice_of(arena_printf(&call->arena, "%llu", (unsigned long long)value)));
}

void s3_refusal_header(struct call *call, const char *name, struct slice value)
{
    struct s3_call *s3 = s3_call_of(call);
    if (!s3->is_refused && s3->header_count < S3_MAX_DETAILS)
        s3->headers[s3->header_count++] = (struct s3_detail){name, value};
}

bool s3_refuse_header(struct call *call, struct slice header, const char *additional)
{
    s3_detail(call, "Header", header);
    if (additional != NULL)
        s3_detail(call, "additionalMessage", slice_of(additional));
    return s3_refuse(call, S3_NOT_IMPLEMENTED, NULL);
}

void s3_settle(struct call *call)
{
    struct s3_call *s3 = s3_call_of(call);
    if (s3 == NULL || !s3->is_refused || call_is_answered(call))
        return;
    if (s3->internal != STATUS_OK)
        call_fail_internal(call, s3->internal, s3->what);
    else
        call_fail(call, s3_api_error(s3->error), "%.*s", SLICE_ARG(s3->message));
}

/* ---- answering ---- */

static void fill_in_request_id(struct call *call)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (call->request_id[0] == '\0' && call->sandbox != NULL)
        random_text(&call->sandbox->random, REQUEST_ID_CHARS, alphabet, call->request_id);
}

/* Opaque to clients: made from the request id, so it costs no randomness. */
static struct slice host_id(struct call *call)
{
    uint8_t bytes[2 * SHA256_BYTES];
    struct slice id = slice_of(call->request_id);
    hash_sha256(id, bytes);
    hash_sha256(slice_make(bytes, SHA256_BYTES), bytes + SHA256_BYTES);
    struct text text;
    text_init_in(&text, &call->arena, MESSAGE_MAX_BYTES);
    base64_append(&text, slice_make(bytes, HOST_ID_BYTES));
    return text_slice(&text);
}

void s3_add_common_headers(struct call *call)
{
    fill_in_request_id(call);
    call_add_header_text(call, "x-amz-request-id", call->request_id);
    call_add_header(call, "x-amz-id-2", host_id(call));
    call_add_header_text(call, "Server", "AmazonS3");
}

void s3_answer_empty(struct call *call, int status)
{
    s3_add_common_headers(call);
    call_answer(call, status, NULL, slice_make(NULL, 0));
}

struct text s3_xml(struct call *call)
{
    struct text xml;
    text_init_in(&xml, &call->arena, ANSWER_MAX_BYTES);
    xml_declaration(&xml);
    return xml;
}

void s3_answer_xml(struct call *call, struct text *xml)
{
    s3_add_common_headers(call);
    call_answer_text(call, 200, "application/xml", xml);
}

static void write_error_document(struct call *call, struct text *xml, const struct api_error *error,
                                 struct slice message)
{
    const struct s3_call *s3 = s3_call_of(call);
    xml_open(xml, "Error", NULL);
    xml_put(xml, "Code", slice_of(error->code));
    xml_put(xml, "Message", message);
    for (size_t i = 0; s3 != NULL && s3->is_refused && i < s3->detail_count; i++)
        xml_put(xml, s3->details[i].name, s3->details[i].value);
    xml_put(xml, "RequestId", slice_of(call->request_id));
    xml_put(xml, "HostId", host_id(call));
    xml_close(xml, "Error");
}

static void add_error_headers(struct call *call, const struct api_error *error)
{
    const struct s3_call *s3 = s3_call_of(call);
    s3_add_common_headers(call);
    for (size_t i = 0; s3 != NULL && s3->is_refused && i < s3->header_count; i++)
        call_add_header(call, s3->headers[i].name, s3->headers[i].value);
    if (s3 != NULL && s3->bucket.region.len > 0 && s3->key.len == 0)
        call_add_header(call, "x-amz-bucket-region", s3->bucket.region);
    if (error->status >= 500 && error->status != 501)
        call_add_header_text(call, "Retry-After", "1");
}

void s3_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    add_error_headers(call, error);
    if (slice_equal(call->request.method, SLICE("HEAD")) || error->status == 304) {
        call_answer(call, error->status, NULL, slice_make(NULL, 0));
        return;
    }
    struct text xml = s3_xml(call);
    write_error_document(call, &xml, error, message);
    call_answer(call, error->status, "application/xml", text_slice(&xml));
}

void s3_add_version_header(struct call *call)
{
    const char *version = s3_call_of(call)->version.text;
    if (version[0] != '\0')
        call_add_header_text(call, "x-amz-version-id", version);
}

/* ---- small things ---- */

struct slice s3_quoted(struct call *call, struct slice etag)
{
    return slice_of(arena_printf(&call->arena, "\"%.*s\"", SLICE_ARG(etag)));
}

struct slice s3_unquoted(struct slice etag)
{
    bool is_quoted = etag.len >= 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"';
    return is_quoted ? slice_make(etag.ptr + 1, etag.len - 2) : etag;
}

void s3_canonical_id(struct slice account, char *text)
{
    uint8_t digest[SHA256_BYTES];
    hash_sha256(account, digest);
    hash_hex(digest, sizeof(digest), text);
}

struct slice s3_header_joined(struct call *call, const char *name)
{
    struct slice joined = {NULL, 0};
    for (size_t i = 0; i < call->request.header_count; i++) {
        const struct http_header *header = &call->request.headers[i];
        if (!slice_equal_nocase(header->name, slice_of(name)))
            continue;
        if (joined.ptr == NULL)
            joined =
                slice_make(header->value.ptr != NULL ? header->value.ptr : "", header->value.len);
        else
            joined = slice_of(arena_printf(&call->arena, "%.*s,%.*s", SLICE_ARG(joined),
                                           SLICE_ARG(header->value)));
    }
    return joined;
}

struct slice s3_parameter(struct call *call, const char *name)
{
    struct slice value = {NULL, 0};
    if (request_parameter(&call->request, &call->arena, name, &value) != STATUS_OK)
        return slice_make(NULL, 0);
    return value;
}

bool s3_refuse_argument(struct call *call, const char *name, struct slice value,
                        const char *message)
{
    s3_detail(call, "ArgumentName", slice_of(name));
    s3_detail(call, "ArgumentValue", value);
    return s3_refuse(call, S3_INVALID_ARGUMENT, "%s", message);
}

bool s3_parameter_number(struct call *call, const struct s3_number *rule, uint64_t *ret_number)
{
    struct slice value = s3_parameter(call, rule->name);
    uint64_t number = rule->otherwise;
    int64_t any = 0;
    char *message = NULL;
    if (value.len > 0 && slice_to_i64(value, &any) != STATUS_OK)
        message = arena_printf(&call->arena, "Provided %s not an integer or within integer range",
                               rule->name);
    else if (value.len > 0 && (any < 0 || (uint64_t)any < rule->min || (uint64_t)any > rule->max))
        message =
            arena_printf(&call->arena, "Argument %s must be an integer between %llu and %llu",
                         rule->name, (unsigned long long)rule->min, (unsigned long long)rule->max);
    else if (value.len > 0)
        number = (uint64_t)any;
    if (message != NULL)
        return s3_refuse_argument(call, rule->name, value, message);
    *ret_number = number;
    return true;
}

void s3_put_date(struct text *xml, const char *name, int64_t epoch_ms)
{
    char date[DATE_TEXT_BYTES];
    dates_iso_ms(epoch_ms / 1000 * 1000, date);
    xml_put(xml, name, slice_of(date));
}
