#include "emulator/protocol/aws_query.h"

#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/random.h"
#include "emulator/protocol/answer_form.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "emulator/shapes/shape_form.h"

#define JSON_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define CONTENT_TYPE "text/xml"
#define SHOWN_CHARS 100

struct form {
    struct shape_form_param *params;
    size_t count;
};

/* ---- requests ---- */

static size_t count_params(struct slice form)
{
    size_t count = 1;
    for (size_t i = 0; i < form.len; i++)
        count += form.ptr[i] == '&';
    return count;
}

enum status aws_query_params(struct slice form, struct arena *arena,
                             struct shape_form_param **ret_params, size_t *ret_count)
{
    size_t room = count_params(form);
    if (room > AWS_QUERY_PARAMS_MAX)
        return STATUS_TOO_LARGE;
    struct shape_form_param *params = arena_alloc(arena, room * sizeof(*params));
    enum status status = params != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    size_t count = 0;
    struct slice name;
    struct slice value;
    while (status == STATUS_OK && count < room && request_next_parameter(&form, &name, &value)) {
        struct shape_form_param *param = &params[count++];
        *param = (struct shape_form_param){.value = SLICE("")};
        status = request_decode(name, true, arena, &param->name);
        if (status == STATUS_OK && value.ptr != NULL)
            status = request_decode(value, true, arena, &param->value);
    }
    if (status != STATUS_OK)
        return status;
    *ret_params = params;
    *ret_count = count;
    return STATUS_OK;
}

static struct slice find(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (!slice_equal_text(form->params[i].name, name))
            continue;
        form->params[i].is_used = true;
        return form->params[i].value;
    }
    return slice_make(NULL, 0);
}

static bool read_form(struct call *call, struct form *form)
{
    struct slice text = call->body.len > 0 ? call->body : call->request.query;
    enum status status = aws_query_params(text, &call->arena, &form->params, &form->count);
    if (status == STATUS_TOO_LARGE)
        call_fail(call, call->service->errors->malformed, "The request has too many parameters.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the request");
    return status == STATUS_OK;
}

static bool find_operation(struct call *call, const struct form *form)
{
    struct slice name = slice_first(find(form, "Action"), SHOWN_CHARS);
    (void)find(form, "Version"); /* there is one only */
    call->operation = service_operation(call->service, name);
    if (call->operation != NULL)
        return true;
    log_line(LOG_WARNING, "%s: operation \"%.*s\" is not supported", call->service->name,
             SLICE_ARG(name));
    call_fail(call, call->service->errors->unknown_operation,
              "Hydrant does not support the %s operation %.*s.", call->service->title,
              SLICE_ARG(name));
    return false;
}

static void warn_of_unused(const struct call *call, const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        struct slice name = slice_first(form->params[i].name, SHOWN_CHARS);
        if (!form->params[i].is_used && name.len > 0)
            log_line(LOG_WARNING, "%s.%s: ignored a parameter the API does not have: %.*s",
                     call->service->name, call->operation->name, SLICE_ARG(name));
    }
}

bool aws_query_read(struct call *call)
{
    struct form form = {NULL, 0};
    if (!read_form(call, &form) || !find_operation(call, &form))
        return false;
    const struct shape_operation *operation =
        shape_find(slice_of(call->service->name), slice_of(call->operation->name));
    struct text json;
    text_init_in(&json, &call->arena, JSON_MAX_BYTES);
    if (operation != NULL)
        shape_form_to_json(operation, form.params, form.count, &json);
    if (operation == NULL || json.status != STATUS_OK) {
        call_fail_internal(call, operation != NULL ? json.status : STATUS_NOT_FOUND,
                           "reading the request");
        return false;
    }
    warn_of_unused(call, &form);
    call->body = text_slice(&json);
    return true;
}

void aws_query_begin(struct call *call)
{
    random_uuid(&call->sandbox->random, call->request_id);
}

void aws_query_handle(struct call *call)
{
    if (aws_query_read(call))
        aws_json_handle(call);
}

/* ---- answers ---- */

static const char *xml_attributes(struct call *call)
{
    const struct aws_multi_profile *profile = call->service->protocol;
    return arena_printf(&call->arena, "xmlns=\"%s\"", profile->xml_namespace);
}

static void put_metadata(struct call *call, struct text *body)
{
    xml_open(body, "ResponseMetadata", NULL);
    xml_put(body, "RequestId", slice_of(call->request_id));
    xml_close(body, "ResponseMetadata");
}

static const char *name_of(struct call *call, const char *ending)
{
    return arena_printf(&call->arena, "%s%s", call->operation->name, ending);
}

static struct text open_response(struct call *call)
{
    struct text body = aws_json_text(call);
    const char *response = name_of(call, "Response");
    const char *attributes = xml_attributes(call);
    if (response != NULL && attributes != NULL)
        xml_open(&body, response, attributes);
    else
        body.status = STATUS_NO_MEMORY;
    return body;
}

static void answer_response(struct call *call, struct text *body)
{
    const char *response = name_of(call, "Response");
    put_metadata(call, body);
    if (response != NULL)
        xml_close(body, response);
    else
        body->status = STATUS_NO_MEMORY;
    call_add_header_text(call, "x-amzn-RequestId", call->request_id);
    call_answer_text(call, 200, CONTENT_TYPE, body);
}

struct text aws_query_result(struct call *call)
{
    struct text body = open_response(call);
    const char *result = name_of(call, "Result");
    if (result != NULL)
        xml_open(&body, result, NULL);
    else
        body.status = STATUS_NO_MEMORY;
    return body;
}

void aws_query_answer_result(struct call *call, struct text *result)
{
    const char *name = name_of(call, "Result");
    if (name != NULL)
        xml_close(result, name);
    else
        result->status = STATUS_NO_MEMORY;
    answer_response(call, result);
}

void aws_query_answer_nothing(struct call *call)
{
    struct text body = open_response(call);
    answer_response(call, &body);
}

void aws_query_answer(struct call *call, const struct json *value, struct answer_forms forms)
{
    if (value == NULL) {
        aws_query_answer_nothing(call);
        return;
    }
    struct text body = aws_query_result(call);
    answer_form_write_xml(value, forms, &body);
    aws_query_answer_result(call, &body);
}

void aws_query_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body = aws_json_text(call);
    xml_open(&body, "ErrorResponse", xml_attributes(call));
    xml_open(&body, "Error", NULL);
    xml_put(&body, "Type", error->status < 500 ? SLICE("Sender") : SLICE("Receiver"));
    xml_put(&body, "Code", slice_of(error->code));
    xml_put(&body, "Message", message);
    xml_close(&body, "Error");
    xml_put(&body, "RequestId", slice_of(call->request_id));
    xml_close(&body, "ErrorResponse");
    if (body.status != STATUS_OK)
        text_clear(&body); /* half of it is worse than none */
    call_add_header_text(call, "x-amzn-RequestId", call->request_id);
    call_answer(call, error->status, CONTENT_TYPE, text_slice(&body));
}
