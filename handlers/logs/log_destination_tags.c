#include "handlers/logs/log_destination_tags.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_destination.h"
#include "handlers/logs/log_documents.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tags.h"
#include "handlers/logs/logs_errors.h"

#define KIND SLICE("destination-tags")
#define BODY_MAX_BYTES ((size_t)256 * 1024)

static enum status parse(const struct call *call, struct log_target *ret_target)
{
    return log_target_parse(json_member_string(call->input, "resourceArn"), ret_target);
}

bool log_destination_tags_are_asked(const struct call *call)
{
    struct log_target target;
    return parse(call, &target) == STATUS_OK && target.kind == LOG_TARGET_DESTINATION;
}

/* The destination's name; false when the call has been answered. */
static bool require_destination(struct call *call, struct slice *ret_name)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_target target = {.kind = LOG_TARGET_DESTINATION};
    struct log_document document;
    enum status status = parse(call, &target);
    bool is_own =
        slice_equal(target.account, owner.account) && slice_equal(target.region, owner.region);
    if (status == STATUS_OK)
        status = !is_own ? STATUS_NOT_FOUND
                         : log_document_find(call->sandbox->db, &owner, LOG_DESTINATION_KIND,
                                             target.name, &call->arena, &document);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, "The specified resource does not exist.");
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    *ret_name = target.name;
    return status == STATUS_OK;
}

/* *ret_tags is NULL when there are none. */
static enum status find(struct call *call, struct slice destination, const struct json **ret_tags)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_document document;
    enum status status =
        log_document_find(call->sandbox->db, &owner, KIND, destination, &call->arena, &document);
    *ret_tags = NULL;
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    return status == STATUS_OK ? json_parse(document.body, &call->arena, ret_tags) : status;
}

/* ---- changing ---- */

static bool is_among(struct slice key, const struct json *keys)
{
    for (const struct json *k = json_first(keys); k != NULL; k = json_next(k))
        if (slice_equal(json_string(k), key))
            return true;
    return false;
}

static bool has_member(const struct json *object, struct slice name)
{
    for (const struct json *m = json_first(object); m != NULL; m = json_next(m))
        if (slice_equal(json_name(m), name))
            return true;
    return false;
}

static void write_tag(struct json_writer *w, const struct json *tag)
{
    json_key_slice(w, json_name(tag));
    json_write_string(w, json_string(tag));
}

/* The old tags but for those removed or replaced, and the added ones. */
static size_t write_tags(struct json_writer *w, const struct json *old, const struct json *added,
                         const struct json *removed)
{
    size_t count = 0;
    json_begin_object(w);
    for (const struct json *tag = json_first(old); tag != NULL; tag = json_next(tag)) {
        if (is_among(json_name(tag), removed) || has_member(added, json_name(tag)))
            continue;
        write_tag(w, tag);
        count++;
    }
    for (const struct json *tag = json_first(added); tag != NULL; tag = json_next(tag)) {
        write_tag(w, tag);
        count++;
    }
    json_end_object(w);
    return count;
}

/* False when the call has been answered. */
static bool change(struct call *call, struct slice destination, const struct json *added,
                   const struct json *removed)
{
    const struct json *old = NULL;
    struct text body;
    enum status status = find(call, destination, &old);
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return false;
    }
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    if (write_tags(&w, old, added, removed) > LOG_TAGS_MAX) {
        call_fail(call, &logs_error_too_many_tags, "The resource would have more than %d tags.",
                  LOG_TAGS_MAX);
        return false;
    }
    struct log_document document = {
        .name = destination,
        .changed_ms = sim_clock_now_ms(&call->sandbox->clock),
        .body = body.status == STATUS_OK ? text_slice(&body) : slice_make(NULL, 0),
    };
    return log_documents_put(call, KIND, &document) == STATUS_OK;
}

bool log_destination_tags_put(struct call *call, struct slice destination)
{
    const struct json *tags = json_member(call->input, "tags");
    return json_count(tags) == 0 || change(call, destination, tags, NULL);
}

enum status log_destination_tags_drop(struct call *call, struct slice destination)
{
    struct log_owner owner = log_lookup_owner(call);
    enum status status = log_document_remove(call->sandbox->db, &owner, KIND, destination);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- operations ---- */

void log_destination_tags_add(struct call *call)
{
    struct slice name;
    if (require_destination(call, &name) &&
        change(call, name, json_member(call->input, "tags"), NULL))
        aws_json_answer_nothing(call);
}

void log_destination_tags_remove(struct call *call)
{
    struct slice name;
    if (require_destination(call, &name) &&
        change(call, name, NULL, json_member(call->input, "tagKeys")))
        aws_json_answer_nothing(call);
}

void log_destination_tags_list(struct call *call)
{
    struct slice name;
    const struct json *tags = NULL;
    if (!require_destination(call, &name))
        return;
    enum status status = find(call, name, &tags);
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return;
    }
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "tags");
    (void)write_tags(&w, tags, NULL, NULL);
    json_end_object(&w);
    aws_json_answer(call, &body);
}
