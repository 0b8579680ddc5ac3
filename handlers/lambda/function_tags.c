/*
 * function_tags.c -- TagResource, UntagResource, ListTags, of functions. Tags stand in the row of $LATEST
 * as one JSON object.
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

#define TAGS_MAX 50u

static bool find(struct call *call, struct function_row *ret_row)
{
    struct slice arn = rest_json_label(call, "Resource");
    struct function_address address;
    if (slice_search(arn, SLICE(":function:")) == arn.len) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support tags of %.*s yet.", SLICE_ARG(arn));
        return false;
    }
    if (!function_address_parse(call, arn, slice_make(NULL, 0), &address))
        return false;
    if (address.qualifier.len > 0) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Tags on function aliases and versions are not supported. Please specify a "
                  "function ARN.");
        return false;
    }
    const struct function_row whole = {.name = address.name, .version = -1};
    return function_address_latest(call, &whole, ret_row);
}

/* Is `name` one of the values of "tagKeys" in the query? */
static bool is_named(struct call *call, struct slice name)
{
    struct slice rest = call->request.query;
    struct slice parameter;
    struct slice raw;
    while (request_next_parameter(&rest, &parameter, &raw)) {
        struct slice key;
        if (slice_equal_text(parameter, "tagKeys") &&
            request_decode(raw, true, &call->arena, &key) == STATUS_OK && slice_equal(key, name))
            return true;
    }
    return false;
}

static bool parse(struct call *call, const struct function_row *row, const struct json **ret_tags)
{
    *ret_tags = NULL;
    enum status status =
        row->tags.len > 0 ? json_parse(row->tags, &call->arena, ret_tags) : STATUS_OK;
    if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the tags");
    return status == STATUS_OK;
}

/* The old tags but for those in `fresh` and those the query names, then the fresh ones. */
static size_t merge(struct call *call, struct json_writer *w, const struct json *old,
                    const struct json *fresh)
{
    size_t count = json_count(fresh);
    json_begin_object(w);
    for (const struct json *tag = json_first(old); tag != NULL; tag = json_next(tag)) {
        const char *name = arena_text(&call->arena, json_name(tag));
        if (name == NULL || json_member(fresh, name) != NULL || is_named(call, json_name(tag)))
            continue;
        json_put_string(w, name, json_string(tag));
        count++;
    }
    for (const struct json *tag = json_first(fresh); tag != NULL; tag = json_next(tag)) {
        json_key_slice(w, json_name(tag));
        json_write_string(w, json_string(tag));
    }
    json_end_object(w);
    return count;
}

static void change(struct call *call, const struct json *fresh)
{
    struct function_row row;
    const struct json *old = NULL;
    if (!find(call, &row) || !parse(call, &row, &old))
        return;
    if (lambda_engine_is_from_file(&row)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "The function %.*s was given to Hydrant on its command line (--function) and "
                  "has no tags.",
                  SLICE_ARG(row.name));
        return;
    }
    struct text tags = rest_json_text(call);
    struct json_writer w = json_writer_make(&tags);
    size_t count = merge(call, &w, old, fresh);
    if (count > TAGS_MAX) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Number of tags exceeds resource tag limit.");
        return;
    }
    row.tags = count > 0 ? text_slice(&tags) : SLICE("");
    enum status status = tags.status;
    if (status == STATUS_OK)
        status = function_store_update(call->sandbox->db, &row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the tags");
    else
        rest_json_answer_nothing(call, 204);
}

void lambda_tag_resource(struct call *call)
{
    const struct json *tags = json_member(call->input, "Tags");
    if (json_count(tags) > 0) {
        change(call, tags);
        return;
    }
    call_fail(call, &lambda_error_invalid_parameter,
              "An error occurred and the request cannot be processed.");
}

void lambda_untag_resource(struct call *call)
{
    change(call, NULL);
}

void lambda_list_tags(struct call *call)
{
    struct function_row row;
    if (!find(call, &row))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_raw(&w, "Tags", row.tags.len > 0 ? row.tags : SLICE("{}"));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
