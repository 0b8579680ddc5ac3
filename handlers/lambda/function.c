/*
 * function.c -- reading, listing and deleting functions.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

#define PAGE_MAX_FUNCTIONS 50

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
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Configuration");
    function_json_write(call, &w, &address.row, FUNCTION_READY, address.qualifier,
                        address.row.revision_id);
    write_code_location(call, &w, &address);
    if (address.row.tags.len > 0)
        json_put_raw(&w, "Tags", address.row.tags);
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
    function_json_write(call, &w, &address.row, FUNCTION_READY, address.qualifier,
                        address.row.revision_id);
    rest_json_answer(call, 200, &body);
}

void lambda_get_function_code_signing_config(struct call *call)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "FunctionName", address.name);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

void lambda_list_versions_by_function(struct call *call)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Versions");
    json_begin_array(&w);
    if (rest_json_query(call, "Marker").len == 0)
        function_json_write(call, &w, &address.row, FUNCTION_VERSION, SLICE("$LATEST"),
                            address.row.revision_id);
    json_end_array(&w);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
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
    if (!function_address_find_changeable(call, &address))
        return;
    const struct function_row *row = &address.row;
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

/* ---- ListFunctions ----------------------------------------------------------------------- */

struct page {
    struct slice after;     /* the last name written */
    struct slice qualifier; /* in the ARNs */
    uint64_t left;
};

/* STATUS_OK: the page is full, more may follow. STATUS_NOT_FOUND: that was all. */
static enum status write_page(struct call *call, struct json_writer *w, struct page *page)
{
    for (; page->left > 0; page->left--) {
        struct function_row row;
        enum status status =
            lambda_engine_next(call->sandbox->lambda, call->principal->account,
                               call->principal->region, page->after, &call->arena, &row);
        if (status != STATUS_OK)
            return status;
        function_json_write(call, w, &row, FUNCTION_LISTED, page->qualifier, row.revision_id);
        page->after = row.name;
    }
    return STATUS_OK;
}

static bool has_more(struct call *call, const struct page *page)
{
    struct function_row row;
    return lambda_engine_next(call->sandbox->lambda, call->principal->account,
                              call->principal->region, page->after, &call->arena,
                              &row) == STATUS_OK;
}

void lambda_list_functions(struct call *call)
{
    struct page page = {.after = rest_json_query(call, "Marker")};
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &page.left) != STATUS_OK ||
        page.left > PAGE_MAX_FUNCTIONS)
        page.left = PAGE_MAX_FUNCTIONS;
    if (slice_equal_text(rest_json_query(call, "FunctionVersion"), "ALL"))
        page.qualifier = SLICE("$LATEST");
    if (rest_json_query(call, "MasterRegion").len > 0) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support MasterRegion (Lambda@Edge).");
        return;
    }
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Functions");
    json_begin_array(&w);
    enum status status = write_page(call, &w, &page);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing functions");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK && has_more(call, &page))
        json_put_string(&w, "NextMarker", page.after);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
