/*
 * function_tags.c -- TagResource, UntagResource, ListTags, of functions and event source mappings.
 * Tags are one JSON object, in the row of $LATEST or of the mapping.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_isolation.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/event_source_store.h"

#define TAGS_MAX 50u

/* What the ARN in the path means. */
struct tagged {
    bool is_mapping;
    struct function_row function;
    struct event_source_row mapping;
    struct slice tags;
};

static bool find_function(struct call *call, struct slice arn, struct tagged *ret_tagged)
{
    struct function_address address;
    if (!function_address_parse(call, arn, slice_make(NULL, 0), &address))
        return false;
    if (address.qualifier.len > 0) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Tags on function aliases and versions are not supported. Please specify a "
                  "function ARN.");
        return false;
    }
    const struct function_row whole = {.name = address.name, .version = -1};
    if (!function_address_latest(call, &whole, &ret_tagged->function))
        return false;
    ret_tagged->tags = ret_tagged->function.tags;
    return true;
}

static bool find_mapping(struct call *call, struct slice uuid, struct tagged *ret_tagged)
{
    enum status status =
        event_source_store_find(call->sandbox->db, call->principal->account,
                                call->principal->region, uuid, &call->arena, &ret_tagged->mapping);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &lambda_error_resource_not_found,
                  "The resource you requested does not exist.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the mapping");
    ret_tagged->is_mapping = true;
    ret_tagged->tags = ret_tagged->mapping.tags;
    return status == STATUS_OK;
}

static bool find(struct call *call, struct tagged *ret_tagged)
{
    static const struct slice mapping = SLICE_INIT(":event-source-mapping:");
    struct slice arn = rest_json_label(call, "Resource");
    size_t at = slice_search(arn, mapping);
    *ret_tagged = (struct tagged){0};
    if (at < arn.len)
        return find_mapping(call, slice_from(arn, at + mapping.len), ret_tagged);
    if (slice_search(arn, SLICE(":function:")) < arn.len)
        return find_function(call, arn, ret_tagged);
    call_fail(call, &lambda_error_invalid_parameter, "Hydrant does not support tags of %.*s yet.",
              SLICE_ARG(arn));
    return false;
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

static bool parse(struct call *call, struct slice tags, const struct json **ret_tags)
{
    *ret_tags = NULL;
    enum status status = tags.len > 0 ? json_parse(tags, &call->arena, ret_tags) : STATUS_OK;
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

static bool is_from_file(struct call *call, const struct tagged *tagged)
{
    if (tagged->is_mapping || !lambda_engine_is_from_file(&tagged->function))
        return false;
    call_fail(call, &lambda_error_invalid_parameter,
              "The function %.*s was given to Hydrant on its command line (--function) and "
              "has no tags.",
              SLICE_ARG(tagged->function.name));
    return true;
}

static enum status store(struct call *call, struct tagged *tagged, struct slice tags)
{
    tagged->function.tags = tags;
    tagged->mapping.tags = tags;
    return tagged->is_mapping ? event_source_store_update(call->sandbox->db, &tagged->mapping)
                              : function_store_update(call->sandbox->db, &tagged->function);
}

static void change(struct call *call, const struct json *fresh)
{
    struct tagged tagged;
    const struct json *old = NULL;
    if (!find(call, &tagged) || is_from_file(call, &tagged) || !parse(call, tagged.tags, &old))
        return;
    if (!tagged.is_mapping &&
        !function_settings_check_isolation(call, fresh, FUNCTION_ISOLATION_TAG))
        return;
    struct text tags = rest_json_text(call);
    struct json_writer w = json_writer_make(&tags);
    size_t count = merge(call, &w, old, fresh);
    if (count > TAGS_MAX) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Number of tags exceeds resource tag limit.");
        return;
    }
    enum status status = tags.status;
    if (status == STATUS_OK)
        status = store(call, &tagged, count > 0 ? text_slice(&tags) : SLICE(""));
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
    struct tagged tagged;
    if (!find(call, &tagged))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_raw(&w, "Tags", tagged.tags.len > 0 ? tagged.tags : SLICE("{}"));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
