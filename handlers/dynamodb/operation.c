#include "handlers/dynamodb/operation.h"

#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/value_writer.h"

/* A failed condition shows the item it met, when asked to. */
static void answer_with_item(struct call *call, const struct refusal *refusal)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "__type", MODELLED "ConditionalCheckFailedException");
    json_put_string(&w, "message", refusal->message);
    json_key(&w, "Item");
    value_writer_write_item(&w, refusal->item);
    json_end_object(&w);
    aws_json_answer_error(call, refusal->error, &body);
}

void operation_end(struct work *work, enum status status)
{
    struct call *call = work->call;
    const struct refusal *refusal = &work->refusal;
    if (status == STATUS_OK)
        return;
    if (status != STATUS_INVALID || refusal->error == NULL)
        call_fail_internal(call, status, "running a DynamoDB operation");
    else if (refusal->has_item)
        answer_with_item(call, refusal);
    else
        call_fail(call, refusal->error, "%.*s", SLICE_ARG(refusal->message));
}

void operation_run(struct call *call, operation_fn *run)
{
    struct work *work = arena_alloc(&call->arena, sizeof(*work));
    if (work == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "running a DynamoDB operation");
        return;
    }
    *work = (struct work){
        .call = call,
        .arena = &call->arena,
        .db = call->sandbox->db,
        .input = call->input,
        .scope = {call->principal->account, call->principal->region},
        .refusal = refusal_make(&call->arena),
    };
    operation_end(work, run(work));
}

int64_t operation_now_ms(const struct work *work)
{
    return sim_clock_now_ms(&work->call->sandbox->clock);
}

enum status operation_table_name(struct work *work, struct slice name, struct slice *ret_name)
{
    if (!slice_starts_with(name, SLICE("arn:"))) {
        *ret_name = name;
        return STATUS_OK;
    }
    const char *prefix =
        arena_printf(work->arena, "arn:aws:dynamodb:%.*s:%.*s:table/",
                     SLICE_ARG(work->scope.region), SLICE_ARG(work->scope.account));
    if (prefix == NULL)
        return STATUS_NO_MEMORY;
    if (!slice_starts_with(name, slice_of(prefix)))
        return refuse_as(&work->refusal, &dynamodb_error_access_denied,
                         "Hydrant does not support access to tables of another account or region: "
                         "%.*s",
                         SLICE_ARG(name));
    *ret_name = slice_from(name, slice_of(prefix).len);
    return STATUS_OK;
}

static bool is_table_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == '-';
        if (!fits)
            return false;
    }
    return true;
}

/* A name that no table can have is told apart from one that none has. */
static enum status refuse_unknown_table(struct work *work, struct slice name, bool is_control)
{
    if (!is_table_name(name))
        return refuse(&work->refusal,
                      "1 validation error detected: Value '%.*s' at 'tableName' failed to satisfy "
                      "constraint: Member must satisfy regular expression pattern: "
                      "[a-zA-Z0-9_.-]+",
                      SLICE_ARG(name));
    if (is_control)
        return refuse_as(&work->refusal, &dynamodb_error_resource_not_found,
                         "Requested resource not found: Table: %.*s not found", SLICE_ARG(name));
    return refuse_as(&work->refusal, &dynamodb_error_resource_not_found,
                     "Requested resource not found");
}

enum status operation_find_table(struct work *work, struct slice name, bool is_control,
                                 const struct table **ret_table)
{
    struct slice plain = {NULL, 0};
    enum status status = operation_table_name(work, name, &plain);
    if (status != STATUS_OK)
        return status;
    status =
        table_cache_find(work->call->sandbox->tables, &work->scope, plain, work->arena, ret_table);
    if (status != STATUS_NOT_FOUND)
        return status;
    return refuse_unknown_table(work, plain, is_control);
}

enum status operation_table(struct work *work, const struct table **ret_table)
{
    return operation_find_table(work, json_member_string(work->input, "TableName"), false,
                                ret_table);
}
