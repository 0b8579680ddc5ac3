/*
 * function_update.c -- UpdateFunctionCode and UpdateFunctionConfiguration.
 */
#include "emulator/base/json.h"
#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_deploy.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/function_layers.h"
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
    now.unzipped_bytes = row->unzipped_bytes;
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
    const struct function_deploy_plan plan = {
        .members = call->input,
        .row = address.row,
        .change = FUNCTION_CHANGE_UPDATE,
        .store = store_code,
    };
    function_deploy_start(call, &plan);
}

/* ---- UpdateFunctionConfiguration --------------------------------------------------------- */

/* In the call's arena, while layers are laid out. */
struct configuring {
    struct call *call;
    struct function_row row;
    struct layer_folder_job layers;
};

/*
 * The layers were laid out on a later turn: what is no configuration may have changed meanwhile
 * and stays.
 */
static enum status replace_configuration(struct configuring *own)
{
    struct db *db = own->call->sandbox->db;
    struct function_row *row = &own->row;
    struct function_row now;
    enum status status =
        function_store_find(db, row->account, row->region, row->name, &own->call->arena, &now);
    if (status != STATUS_OK)
        return status;
    row->code_sha256 = now.code_sha256;
    row->code_size = now.code_size;
    row->unzipped_bytes = now.unzipped_bytes;
    row->code_revision = now.code_revision;
    row->code_file = now.code_file;
    row->architecture = now.architecture;
    row->tags = now.tags;
    row->has_concurrency = now.has_concurrency;
    row->concurrency = now.concurrency;
    row->last_version = now.last_version;
    return function_store_update(db, row);
}

static void on_laid_out(struct layer_folder_job *job)
{
    struct configuring *own = list_entry(job, struct configuring, layers);
    struct call *call = own->call;
    own->row.layer_folder = slice_of(job->name);
    db_unit_begin(call->sandbox->db);
    enum status status = job->status;
    if (status == STATUS_OK)
        status = replace_configuration(own);
    enum status ended = db_unit_end(call->sandbox->db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status == STATUS_OK) {
        function_json_answer(call, 200, &own->row, FUNCTION_UPDATED);
        return;
    }
    lambda_engine_sweep(call->sandbox->lambda);
    if (status == STATUS_NOT_FOUND)
        fail_gone(call, &own->row);
    else
        call_fail_internal(call, status, "storing the function");
}

static void lay_out(struct configuring *own)
{
    own->layers.done = on_laid_out;
    enum status status = layer_folder_start(own->call->sandbox->lambda, &own->layers);
    if (status != STATUS_OK)
        call_fail_internal(own->call, status, "laying out the layers");
}

static void store_configuration(struct call *call, const struct function_row *row)
{
    enum status status = function_store_update(call->sandbox->db, row);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the function");
        return;
    }
    lambda_engine_sweep(call->sandbox->lambda); /* layers it does not have any more */
    function_json_answer(call, 200, row, FUNCTION_UPDATED);
}

void lambda_update_function_configuration(struct call *call)
{
    struct function_address address;
    struct configuring *own = arena_zalloc(&call->arena, sizeof(*own));
    if (own == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "changing the function");
        return;
    }
    if (!function_address_find_changeable(call, &address) ||
        !function_state_allows_change(call, &address.row) ||
        !function_address_has_revision(call, function_state_revision(call, &address.row),
                                       json_member_string(call->input, "RevisionId")))
        return;
    own->call = call;
    own->row = address.row;
    if (!function_settings_read(call, &own->row) ||
        !function_layers_read(call, &own->row, &own->layers) ||
        !function_layers_fit(call, &own->row) ||
        !function_state_begin(call, &own->row, FUNCTION_CHANGE_UPDATE))
        return;
    if (own->layers.count > 0)
        lay_out(own);
    else
        store_configuration(call, &own->row);
}
