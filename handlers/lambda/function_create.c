/*
 * function_create.c -- CreateFunction.
 *
 *     rules -> code unpacked and tried on a worker -> row -> 201
 *
 * Until the row is written nothing refers to the unpacked code; any failure removes it.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_isolation.h"
#include "emulator/lambda/function_name.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_deploy.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/function_layers.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "handlers/lambda/versions.h"
#include "storage/db.h"
#include "storage/function_store.h"

#define NAME_MAX_CHARS 64

static bool fail_exists(struct call *call, struct slice name)
{
    call_fail(call, &lambda_error_resource_conflict, "Function already exist: %.*s",
              SLICE_ARG(name));
    return false;
}

static bool read_name(struct call *call, struct function_row *row)
{
    struct function_name name;
    struct slice given = json_member_string(call->input, "FunctionName");
    const struct principal *principal = call->principal;
    bool is_ours = function_name_parse(given, &name) == STATUS_OK && name.qualifier.len == 0 &&
                   (name.account.len == 0 || slice_equal(name.account, principal->account)) &&
                   (name.region.len == 0 || slice_equal(name.region, principal->region));
    if (!is_ours) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "%.*s does not name a function in this account and region", SLICE_ARG(given));
        return false;
    }
    if (name.name.len > NAME_MAX_CHARS) {
        call_fail(call, &lambda_error_validation,
                  "1 validation error detected: Value '%.*s' at 'functionName' failed to satisfy "
                  "constraint: Member must have length less than or equal to 64",
                  SLICE_ARG(name.name));
        return false;
    }
    row->account = principal->account;
    row->region = principal->region;
    row->name = name.name;
    return true;
}

static bool is_free(struct call *call, const struct function_row *row)
{
    struct function_row other;
    enum status status = lambda_engine_find(call->sandbox->lambda, row->account, row->region,
                                            row->name, &call->arena, &other);
    if (status == STATUS_OK)
        return fail_exists(call, row->name);
    if (status == STATUS_NOT_FOUND)
        return true;
    call_fail_internal(call, status, "looking for a function of that name");
    return false;
}

static bool read_tags(struct call *call, struct function_row *row)
{
    const struct json *tags = json_member(call->input, "Tags");
    if (json_count(tags) == 0)
        return true;
    if (!function_settings_check_isolation(call, tags, FUNCTION_ISOLATION_TAG))
        return false;
    struct text json;
    text_init_in(&json, &call->arena, call->body.len * 6 + 64);
    struct json_writer w = json_writer_make(&json);
    json_write_value(&w, tags);
    if (json.status != STATUS_OK)
        call_fail_internal(call, json.status, "reading the tags");
    row->tags = text_slice(&json);
    return json.status == STATUS_OK;
}

static bool has_what_a_package_needs(struct call *call, const struct function_row *row)
{
    if (row->runtime.len > 0 && row->handler.len > 0)
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Runtime and Handler are mandatory parameters for functions created with deployment "
              "packages.");
    return false;
}

static bool read_row(struct call *call, struct function_row *row)
{
    *row = (struct function_row){
        .description = SLICE(""),
        .timeout_s = 3,
        .memory_mb = 128,
        .storage_mb = 512,
        .environment = SLICE(""),
        .tags = SLICE(""),
        .layers = SLICE(""),
        .layer_folder = SLICE(""),
        .architecture = SLICE("x86_64"),
        .tracing = SLICE("PassThrough"),
        .log_format = SLICE("Text"),
    };
    if (!read_name(call, row))
        return false;
    row->log_group = slice_of(arena_printf(&call->arena, "/aws/lambda/%.*s", SLICE_ARG(row->name)));
    function_settings_read_architecture(call, row);
    return function_settings_read(call, row) && function_settings_refuse_publish_to(call) &&
           read_tags(call, row) && has_what_a_package_needs(call, row) && is_free(call, row);
}

static void store(struct function_deploy *deploy)
{
    struct call *call = deploy->call;
    struct db *db = call->sandbox->db;
    struct function_row made = deploy->row;
    db_unit_begin(db);
    enum status status = function_store_insert(db, &deploy->row);
    if (status == STATUS_OK && json_member_bool(call->input, "Publish", false))
        status = versions_publish(call, &deploy->row, slice_make(NULL, 0), &made);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK) {
        lambda_deploy_discard(&deploy->deploy);
        lambda_engine_sweep(call->sandbox->lambda); /* its layers */
    }
    if (status == STATUS_EXISTS) /* two at a time */
        (void)fail_exists(call, deploy->row.name);
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the function");
    else
        function_json_answer(call, 201, &made, FUNCTION_CREATED);
}

void lambda_create_function(struct call *call)
{
    struct function_deploy_plan plan = {
        .members = json_member(call->input, "Code"),
        .change = FUNCTION_CHANGE_CREATE,
        .store = store,
    };
    if (read_row(call, &plan.row) && function_layers_read(call, &plan.row, &plan.layers))
        function_deploy_start(call, &plan);
}
