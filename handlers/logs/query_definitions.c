/*
 * query_definitions.c -- PutQueryDefinition, DescribeQueryDefinitions and DeleteQueryDefinition.
 * Saved queries are kept and told; Hydrant runs none.
 */
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/loop/random.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_documents.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define KIND SLICE("query-definition")
#define BODY_MAX_BYTES ((size_t)256 * 1024)
#define NOT_THERE "Query definition not found"

static struct slice write_body(struct call *call)
{
    static const char *const members[] = {"queryLanguage", "name", "queryString", "logGroupNames",
                                          "parameters"};
    struct text body;
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const struct json *value = json_member(call->input, members[i]);
        if (value == NULL)
            continue;
        json_key(&w, members[i]);
        json_write_value(&w, value);
    }
    json_end_object(&w);
    return body.status == STATUS_OK ? text_slice(&body) : slice_make(NULL, 0);
}

/* One that is there, when an id is given. False when the call has been answered. */
static bool check_id(struct call *call, struct slice id)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_document old;
    if (id.len == 0)
        return true;
    enum status status = log_document_find(call->sandbox->db, &owner, KIND, id, &call->arena, &old);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, NOT_THERE);
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

void logs_put_query_definition(struct call *call)
{
    char made[UUID_CHARS + 1];
    struct slice id = json_member_string(call->input, "queryDefinitionId");
    if (!check_id(call, id))
        return;
    random_uuid(&call->sandbox->random, made);
    struct log_document document = {
        .name = id.len > 0 ? id : slice_of(made),
        .changed_ms = sim_clock_now_ms(&call->sandbox->clock),
        .body = write_body(call),
    };
    if (log_documents_put(call, KIND, &document) != STATUS_OK)
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "queryDefinitionId", document.name);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

static void write(struct call *call, struct json_writer *w, const struct log_document *document)
{
    json_put_string(w, "queryDefinitionId", document->name);
    json_put_integer(w, "lastModified", document->changed_ms);
    log_documents_write_members(call, w, document->body);
}

static bool is_wanted(struct call *call, const struct log_document *document)
{
    struct slice prefix = json_member_string(call->input, "queryDefinitionNamePrefix");
    struct slice language = json_member_string(call->input, "queryLanguage");
    const struct json *body = NULL;
    if (json_parse(document->body, &call->arena, &body) != STATUS_OK)
        return true;
    struct slice own = json_member_string(body, "queryLanguage");
    return slice_starts_with(json_member_string(body, "name"), prefix) &&
           (language.len == 0 || slice_equal(language, own.len > 0 ? own : SLICE("CWLI")));
}

void logs_describe_query_definitions(struct call *call)
{
    static const struct log_document_list list = {
        .kind = SLICE_INIT("query-definition"),
        .name = "queryDefinitions",
        .limit = "maxResults",
        .write = write,
        .is_wanted = is_wanted,
    };
    log_documents_list(call, &list);
}

void logs_delete_query_definition(struct call *call)
{
    struct log_owner owner = log_lookup_owner(call);
    enum status status = log_document_remove(call->sandbox->db, &owner, KIND,
                                             json_member_string(call->input, "queryDefinitionId"));
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &logs_error_resource_not_found, NOT_THERE);
        return;
    }
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return;
    }
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_bool(&w, "success", true);
    json_end_object(&w);
    aws_json_answer(call, &body);
}
