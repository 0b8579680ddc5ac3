/*
 * function.c -- reading and deleting functions.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/function_alias_store.h"

/* A local file: there is no S3 bucket of Lambda's to fetch code from. */
static void write_code_location(struct call *call, struct json_writer *w,
                                const struct function_address *address)
{
    const char *path =
        lambda_engine_is_from_file(&address->row)
            ? arena_text(&call->arena, address->row.code_file)
            : lambda_engine_package_path(call->sandbox->lambda, &call->arena, &address->row);
    const char *location = path != NULL ? arena_printf(&call->arena, "file://%s", path) : NULL;
    json_key(w, "Code");
    json_begin_object(w);
    json_put_string(w, "Location", slice_of(location));
    json_put_text(w, "RepositoryType", "S3");
    json_end_object(w);
}

void lambda_get_function(struct call *call)
{
    struct function_address address;
    struct function_row latest;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address) ||
        !function_address_latest(call, &address.row, &latest))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Configuration");
    function_json_write(call, &w, &address.row, FUNCTION_READ, address.qualifier);
    write_code_location(call, &w, &address);
    if (latest.tags.len > 0)
        json_put_raw(&w, "Tags", latest.tags);
    if (latest.has_concurrency) {
        json_key(&w, "Concurrency");
        json_begin_object(&w);
        json_put_integer(&w, "ReservedConcurrentExecutions", latest.concurrency);
        json_end_object(&w);
    }
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

void lambda_get_function_configuration(struct call *call)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    function_json_write(call, &w, &address.row, FUNCTION_READ, address.qualifier);
    rest_json_answer(call, 200, &body);
}

/* ---- DeleteFunction ---------------------------------------------------------------------- */

/* The names of the aliases of a version, as AWS lists them; empty when there are none. */
static enum status list_aliases(struct call *call, struct function_alias_key key,
                                struct slice version, struct text *names)
{
    for (;;) {
        struct function_alias_row alias;
        enum status status =
            function_alias_store_next(call->sandbox->db, &key, &call->arena, &key.name, &alias);
        if (status != STATUS_OK)
            return status == STATUS_NOT_FOUND ? STATUS_OK : status;
        if (slice_equal(alias.version, version) || slice_equal(alias.other_version, version))
            text_printf(names, "%s%.*s", names->len > 0 ? ", " : "", SLICE_ARG(key.name));
    }
}

static bool is_without_alias(struct call *call, const struct function_address *address)
{
    const struct principal *principal = call->principal;
    const struct function_alias_key key = {principal->account, principal->region, address->name,
                                           SLICE("")};
    struct text names = rest_json_text(call);
    enum status status = list_aliases(call, key, address->qualifier, &names);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "looking for aliases");
    else if (names.len > 0)
        call_fail(call, &lambda_error_resource_conflict,
                  "Unable to delete version because the following aliases reference it: [%.*s]",
                  SLICE_ARG(text_slice(&names)));
    return status == STATUS_OK && names.len == 0;
}

/* One that is not there is deleted already. */
static void delete_version(struct call *call, const struct function_address *address)
{
    const struct function_row *row = &address->row;
    struct function_key key = {row->account, row->region, row->name, 0};
    if (!function_version_is_number(address->qualifier) ||
        slice_to_i64(address->qualifier, &key.version) != STATUS_OK || key.version == 0) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Deletion of aliases is not currently supported.");
        return;
    }
    if (!is_without_alias(call, address))
        return;
    enum status status = function_store_delete_version(call->sandbox->db, &key);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "deleting the version");
        return;
    }
    lambda_engine_forget_version(call->sandbox->lambda, &key);
    lambda_engine_sweep(call->sandbox->lambda);
    rest_json_answer_nothing(call, 204);
}

static void delete_whole(struct call *call, const struct function_address *address)
{
    const struct function_row *row = &address->row;
    enum status status =
        function_store_delete(call->sandbox->db, row->account, row->region, row->name);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "deleting the function");
        return;
    }
    lambda_engine_forget(call->sandbox->lambda, row->account, row->region, row->name);
    lambda_engine_sweep(call->sandbox->lambda);
    rest_json_answer_nothing(call, 204);
}

void lambda_delete_function(struct call *call)
{
    struct function_address address;
    if (!function_address_read(call, &address))
        return;
    if (slice_equal_text(address.qualifier, "$LATEST")) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "$LATEST version cannot be deleted without deleting the function.");
        return;
    }
    if (!function_address_find_stored(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    if (address.qualifier.len > 0)
        delete_version(call, &address);
    else
        delete_whole(call, &address);
}
