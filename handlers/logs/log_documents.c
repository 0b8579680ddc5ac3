#include "handlers/logs/log_documents.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"

#define LIMIT_DEFAULT 50

enum status log_documents_put(struct call *call, struct slice kind,
                              const struct log_document *document)
{
    struct log_owner owner = log_lookup_owner(call);
    enum status status = document->body.len > 0
                             ? log_document_put(call->sandbox->db, &owner, kind, document)
                             : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status;
}

void log_documents_delete(struct call *call, struct slice kind, struct slice name,
                          const char *missing)
{
    struct log_owner owner = log_lookup_owner(call);
    enum status status = log_document_remove(call->sandbox->db, &owner, kind, name);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, "%s", missing);
    else
        logs_answer_done(call, status);
}

void log_documents_write_members(struct call *call, struct json_writer *w, struct slice body)
{
    const struct json *object = NULL;
    if (json_parse(body, &call->arena, &object) != STATUS_OK) {
        w->out->status = STATUS_NO_MEMORY;
        return;
    }
    for (const struct json *member = json_first(object); member != NULL;
         member = json_next(member)) {
        json_key_slice(w, json_name(member));
        json_write_value(w, member);
    }
}

/* ---- lists ---- */

static bool is_wanted(struct call *call, const struct log_document_list *list,
                      const struct log_document *document)
{
    return slice_starts_with(document->name, list->prefix) &&
           (list->is_wanted == NULL || list->is_wanted(call, document));
}

/* `*ret_last` gets a name only when more follow. */
static enum status write_page(struct call *call, const struct log_document_list *list,
                              struct slice after, struct json_writer *w, struct slice *ret_last)
{
    int64_t limit = json_member_integer(call->input, list->limit, LIMIT_DEFAULT);
    struct log_owner owner = log_lookup_owner(call);
    struct log_cursor cursor;
    struct log_document document;
    struct slice last = {NULL, 0};
    int64_t count = 0;
    bool has_more = false;
    enum status copied = STATUS_OK;
    log_documents_begin(&cursor, call->sandbox->db, &owner, list->kind, after);
    while (!has_more && copied == STATUS_OK && log_documents_next(&cursor, &document)) {
        if (!is_wanted(call, list, &document))
            continue;
        has_more = count == limit;
        if (has_more)
            continue;
        json_begin_object(w);
        list->write(call, w, &document);
        json_end_object(w);
        if (++count == limit)
            copied = arena_copy(&call->arena, document.name, &last);
    }
    enum status status = log_cursor_end(&cursor);
    if (status == STATUS_OK && has_more)
        *ret_last = last;
    return status != STATUS_OK ? status : copied;
}

void log_documents_list(struct call *call, const struct log_document_list *list)
{
    struct slice token = json_member_string(call->input, "nextToken");
    struct log_list_place place = {0, {NULL, 0}};
    if (token.len > 0 && log_list_token_read(&call->arena, token, &place) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return;
    }
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    struct log_list_place last = {0, {NULL, 0}};
    struct slice next = {NULL, 0};
    json_begin_object(&w);
    json_key(&w, list->name);
    json_begin_array(&w);
    enum status status = write_page(call, list, place.name, &w, &last.name);
    json_end_array(&w);
    if (status == STATUS_OK && last.name.len > 0)
        status = log_list_token_write(&call->arena, &last, &next);
    if (next.len > 0)
        json_put_string(&w, "nextToken", next);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}
