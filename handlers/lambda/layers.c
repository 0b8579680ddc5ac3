/*
 * layers.c -- PublishLayerVersion, GetLayerVersion, GetLayerVersionByArn, DeleteLayerVersion.
 *
 *     publish: the package is unpacked on a worker -> row -> 201
 */
#include "emulator/base/dates.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_deploy.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/lambda/layer_folder.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_code.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "handlers/lambda/layer_address.h"
#include "handlers/lambda/layer_json.h"
#include "storage/db.h"

static void write_content(struct call *call, struct json_writer *w, const struct layer_row *row)
{
    const char *path =
        layer_folder_package_path(call->sandbox->lambda, &call->arena, row->code_revision);
    const char *location = path != NULL ? arena_printf(&call->arena, "file://%s", path) : NULL;
    json_key(w, "Content");
    json_begin_object(w);
    json_put_string(w, "Location", slice_of(location));
    json_put_string(w, "CodeSha256", row->code_sha256);
    json_put_integer(w, "CodeSize", row->code_size);
    json_end_object(w);
}

static void answer_version(struct call *call, int status, const struct layer_key *key,
                           const struct layer_row *row)
{
    struct layer_key layer = *key;
    layer.version = 0;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    write_content(call, &w, row);
    json_put_string(&w, "LayerArn", layer_address_arn(call, &layer));
    layer_json_write_members(call, &w, key, row);
    json_end_object(&w);
    rest_json_answer(call, status, &body);
}

/* ---- PublishLayerVersion ----------------------------------------------------------------- */

/* In the call's arena. */
struct publishing {
    struct call *call;
    struct layer_key key;
    struct layer_row row;
    struct lambda_deploy deploy;
};

/* A list as it came; empty when there was none. */
static struct slice copy_list(struct call *call, const char *member)
{
    const struct json *list = json_member(call->input, member);
    struct text text = rest_json_text(call);
    struct json_writer w = json_writer_make(&text);
    if (json_count(list) == 0)
        return SLICE("");
    json_write_value(&w, list);
    return text_slice(&text);
}

static void store(struct publishing *own)
{
    struct db *db = own->call->sandbox->db;
    db_unit_begin(db);
    enum status status = layer_store_add(db, &own->key, &own->row);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK) {
        lambda_deploy_discard(&own->deploy);
        call_fail_internal(own->call, status, "storing the layer");
        return;
    }
    answer_version(own->call, 201, &own->key, &own->row);
}

static void on_deployed(struct lambda_deploy *deploy)
{
    struct publishing *own = list_entry(deploy, struct publishing, deploy);
    if (deploy->result != LAMBDA_DEPLOY_OK) {
        function_code_fail(own->call, deploy);
        return;
    }
    own->row.code_sha256 = slice_of(deploy->code_sha256);
    own->row.code_size = deploy->code_size;
    own->row.unzipped_bytes = deploy->unzipped_bytes;
    own->row.code_revision = slice_of(deploy->code_revision);
    own->row.created_ms = sim_clock_now_ms(&own->call->sandbox->clock);
    store(own);
}

static struct slice text_or_empty(struct slice text)
{
    return text.ptr != NULL ? text : SLICE("");
}

void lambda_publish_layer_version(struct call *call)
{
    struct publishing *own = arena_zalloc(&call->arena, sizeof(*own));
    if (own == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "unpacking the layer");
        return;
    }
    if (!layer_address_read(call, &own->key) ||
        !function_code_read(call, json_member(call->input, "Content"), &own->deploy.source))
        return;
    own->call = call;
    own->row.description = text_or_empty(json_member_string(call->input, "Description"));
    own->row.license = text_or_empty(json_member_string(call->input, "LicenseInfo"));
    own->row.runtimes = copy_list(call, "CompatibleRuntimes");
    own->row.architectures = copy_list(call, "CompatibleArchitectures");
    own->deploy.name = own->key.name;
    own->deploy.is_layer = true;
    own->deploy.done = on_deployed;
    enum status status = lambda_deploy_start(call->sandbox->lambda, &own->deploy);
    if (status != STATUS_OK) {
        package_source_release(&own->deploy.source);
        call_fail_internal(call, status, "unpacking the layer");
    }
}

/* ---- reading, deleting ------------------------------------------------------------------- */

static void fail_missing(struct call *call)
{
    call_fail(call, &lambda_error_resource_not_found, "The resource you requested does not exist.");
}

static void answer_found(struct call *call, const struct layer_key *key)
{
    struct layer_row row;
    enum status status = layer_store_find(call->sandbox->db, key, &call->arena, &row);
    if (status == STATUS_NOT_FOUND)
        fail_missing(call);
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the layer");
    else
        answer_version(call, 200, key, &row);
}

void lambda_get_layer_version(struct call *call)
{
    struct layer_key key;
    if (layer_address_read_version(call, &key))
        answer_found(call, &key);
}

void lambda_get_layer_version_by_arn(struct call *call)
{
    struct layer_key key;
    if (layer_address_parse(rest_json_query(call, "Arn"), &key) && key.version > 0)
        answer_found(call, &key);
    else
        fail_missing(call);
}

void lambda_get_layer_version_policy(struct call *call)
{
    struct layer_key key;
    if (layer_address_read_version(call, &key))
        call_fail(call, &lambda_error_resource_not_found,
                  "No policy is associated with the given resource.");
}

/* One that is not there is deleted already. Functions that have it keep it. */
void lambda_delete_layer_version(struct call *call)
{
    struct layer_key key;
    if (!layer_address_read_version(call, &key))
        return;
    enum status status = layer_store_delete(call->sandbox->db, &key);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "deleting the layer");
        return;
    }
    lambda_engine_sweep(call->sandbox->lambda);
    rest_json_answer_nothing(call, 204);
}
