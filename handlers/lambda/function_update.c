/*
 * function_update.c -- UpdateFunctionCode and UpdateFunctionConfiguration.
 */
#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_deploy.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/function_state.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "handlers/lambda/versions.h"
#include "storage/db.h"

static void fail_gone(struct call *call, const struct function_row *row)
{
    struct slice arn = function_address_arn(call, row->name, slice_make(NULL, 0));
    call_fail(call, &lambda_error_resource_not_found, "Function not found: %.*s", SLICE_ARG(arn));
}

/*
 * The code was unpacked on a later turn: the row may have changed meanwhile, so only its code
 * members are replaced.
 */
static enum status replace_code(struct db *db, struct arena *arena, struct function_row *row)
{
    struct function_row now;
    enum status status = function_store_find(db, row->account, row->region, row->name, arena, &now);
    if (status != STATUS_OK)
        return status;
    now.code_sha256 = row->code_sha256;
    now.code_size = row->code_size;
    now.code_revision = row->code_revision;
    now.code_file = row->code_file;
    now.architecture = row->architecture;
    now.revision_id = row->revision_id;
    now.modified_ms = row->modified_ms;
    now.change = row->change;
    now.ready_ms = row->ready_ms;
    now.change_revision_id = row->change_revision_id;
    *row = now;
    return function_store_update(db, row);
}

static void store_code(struct function_deploy *deploy)
{
    struct call *call = deploy->call;
    struct db *db = call->sandbox->db;
    bool is_dry = json_member_bool(call->input, "DryRun", false);
    struct function_row shown = deploy->row;
    enum status status = STATUS_OK;
    if (!is_dry) {
        db_unit_begin(db);
        status = replace_code(db, &call->arena, &deploy->row);
        shown = deploy->row;
        if (status == STATUS_OK && json_member_bool(call->input, "Publish", false))
            status = versions_publish(call, &deploy->row, slice_make(NULL, 0), &shown);
        enum status ended = db_unit_end(db, status == STATUS_OK);
        if (status == STATUS_OK)
            status = ended;
    }
    if (is_dry || status != STATUS_OK)
        lambda_deploy_discard(&deploy->deploy);
    if (status == STATUS_NOT_FOUND)
        fail_gone(call, &deploy->row);
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the function");
    else
        function_json_answer(call, 200, &shown, is_dry ? FUNCTION_READ : FUNCTION_UPDATED);
}

void lambda_update_function_code(struct call *call)
{
    struct function_address address;
    if (!function_address_find_changeable(call, &address) ||
        !function_settings_refuse_publish_to(call) ||
        !function_state_allows_change(call, &address.row) ||
        !function_address_has_revision(call, function_state_revision(call, &address.row),
                                       json_member_string(call->input, "RevisionId")))
        return;
    function_settings_read_architecture(call, &address.row);
    function_deploy_start(call, call->input, &address.row, FUNCTION_CHANGE_UPDATE, store_code);
}

void lambda_update_function_configuration(struct call *call)
{
    struct function_address address;
    if (!function_address_find_changeable(call, &address) ||
        !function_state_allows_change(call, &address.row) ||
        !function_address_has_revision(call, function_state_revision(call, &address.row),
                                       json_member_string(call->input, "RevisionId")) ||
        !function_settings_read(call, &address.row) ||
        !function_state_begin(call, &address.row, FUNCTION_CHANGE_UPDATE))
        return;
    enum status status = function_store_update(call->sandbox->db, &address.row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the function");
    else
        function_json_answer(call, 200, &address.row, FUNCTION_UPDATED);
}
