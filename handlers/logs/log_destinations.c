/*
 * log_destinations.c -- PutDestination, PutDestinationPolicy, DescribeDestinations and
 * DeleteDestination. The access policy is kept and told; who may subscribe is not checked.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_destination.h"
#include "handlers/logs/log_destination_tags.h"
#include "handlers/logs/log_documents.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define BODY_MAX_BYTES ((size_t)64 * 1024)
#define NOT_THERE "The specified destination does not exist."

/* One destination's JSON, as it is told. */
struct destination {
    struct slice name;
    struct slice target;
    struct slice role;
    struct slice policy; /* empty: none */
    int64_t created_ms;
};

static struct slice write_body(struct call *call, const struct destination *d)
{
    struct text body;
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "destinationName", d->name);
    json_put_string(&w, "targetArn", d->target);
    json_put_string(&w, "roleArn", d->role);
    if (d->policy.len > 0)
        json_put_string(&w, "accessPolicy", d->policy);
    json_put_text(&w, "arn",
                  arena_printf(&call->arena, "arn:aws:logs:%.*s:%.*s:destination:%.*s",
                               SLICE_ARG(call->principal->region),
                               SLICE_ARG(call->principal->account), SLICE_ARG(d->name)));
    json_put_integer(&w, "creationTime", d->created_ms);
    json_end_object(&w);
    return body.status == STATUS_OK ? text_slice(&body) : slice_make(NULL, 0);
}

/* STATUS_NOT_FOUND. */
static enum status find(struct call *call, struct slice name, struct destination *ret_destination)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_document document;
    const struct json *body = NULL;
    enum status status = log_document_find(call->sandbox->db, &owner, LOG_DESTINATION_KIND, name,
                                           &call->arena, &document);
    if (status == STATUS_OK)
        status = json_parse(document.body, &call->arena, &body);
    if (status != STATUS_OK)
        return status;
    *ret_destination = (struct destination){
        .name = name,
        .target = json_member_string(body, "targetArn"),
        .role = json_member_string(body, "roleArn"),
        .policy = json_member_string(body, "accessPolicy"),
        .created_ms = json_member_integer(body, "creationTime", 0),
    };
    return STATUS_OK;
}

/* The stored body; a NULL pointer when the call has been answered. */
static struct slice store(struct call *call, const struct destination *d)
{
    struct log_document document = {.name = d->name,
                                    .changed_ms = sim_clock_now_ms(&call->sandbox->clock),
                                    .body = write_body(call, d)};
    if (log_documents_put(call, LOG_DESTINATION_KIND, &document) != STATUS_OK)
        return slice_make(NULL, 0);
    return document.body;
}

static bool check_target(struct call *call, struct slice arn)
{
    struct log_target target;
    bool is_stream = log_target_parse(arn, &target) == STATUS_OK &&
                     (target.kind == LOG_TARGET_KINESIS || target.kind == LOG_TARGET_FIREHOSE);
    if (!is_stream)
        call_fail(call, &logs_error_invalid_parameter, "Invalid targetArn: %.*s", SLICE_ARG(arn));
    return is_stream;
}

void logs_put_destination(struct call *call)
{
    struct destination d = {.created_ms = sim_clock_now_ms(&call->sandbox->clock)};
    struct slice name = json_member_string(call->input, "destinationName");
    if (!check_target(call, json_member_string(call->input, "targetArn")))
        return;
    enum status status = find(call, name, &d);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        logs_fail_storage(call, status);
        return;
    }
    d.name = name;
    d.target = json_member_string(call->input, "targetArn");
    d.role = json_member_string(call->input, "roleArn");
    struct slice stored = store(call, &d);
    if (stored.ptr == NULL || !log_destination_tags_put(call, name))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_raw(&w, "destination", stored);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

void logs_put_destination_policy(struct call *call)
{
    struct destination d;
    enum status status = find(call, json_member_string(call->input, "destinationName"), &d);
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &logs_error_resource_not_found, NOT_THERE);
        return;
    }
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return;
    }
    d.policy = json_member_string(call->input, "accessPolicy");
    if (store(call, &d).ptr != NULL)
        aws_json_answer_nothing(call);
}

static void write(struct call *call, struct json_writer *w, const struct log_document *document)
{
    log_documents_write_members(call, w, document->body);
}

void logs_describe_destinations(struct call *call)
{
    const struct log_document_list list = {
        .kind = LOG_DESTINATION_KIND,
        .name = "destinations",
        .prefix = json_member_string(call->input, "DestinationNamePrefix"),
        .limit = "limit",
        .write = write,
    };
    log_documents_list(call, &list);
}

void logs_delete_destination(struct call *call)
{
    struct slice name = json_member_string(call->input, "destinationName");
    enum status status = log_destination_tags_drop(call, name);
    if (status == STATUS_OK)
        log_documents_delete(call, LOG_DESTINATION_KIND, name, NOT_THERE);
    else
        logs_fail_storage(call, status);
}
