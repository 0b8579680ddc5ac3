/*
 * function_list.c -- ListFunctions: $LATEST of each, or all versions one after the other.
 *
 * A marker is the name of the function written last, with ":<version>" behind it when all
 * versions are listed.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/function_store.h"

#define PAGE_MAX_FUNCTIONS 50

struct page {
    struct slice after;    /* the name written last */
    int64_t after_version; /* and its version */
    bool has_versions;     /* all of them */
    uint64_t left;
};

/* The one after the page's place. */
static enum status next(struct call *call, const struct page *page, struct function_row *ret_row)
{
    const struct principal *principal = call->principal;
    const struct function_key key = {principal->account, principal->region, page->after,
                                     page->after_version};
    enum status status = STATUS_NOT_FOUND;
    if (page->has_versions && page->after.len > 0)
        status = function_store_next_version(call->sandbox->db, &key, &call->arena, ret_row);
    if (status != STATUS_NOT_FOUND)
        return status;
    return lambda_engine_next(call->sandbox->lambda, principal->account, principal->region,
                              page->after, &call->arena, ret_row);
}

/* STATUS_OK: the page is full, more may follow. STATUS_NOT_FOUND: that was all. */
static enum status write_page(struct call *call, struct json_writer *w, struct page *page)
{
    for (; page->left > 0; page->left--) {
        struct function_row row;
        enum status status = next(call, page, &row);
        if (status != STATUS_OK)
            return status;
        char version[FUNCTION_VERSION_TEXT_BYTES];
        function_version_text(&row, version);
        function_json_write(call, w, &row, FUNCTION_LISTED,
                            page->has_versions ? slice_of(version) : slice_make(NULL, 0));
        page->after = row.name;
        page->after_version = row.version;
    }
    return STATUS_OK;
}

static void write_marker(struct call *call, struct json_writer *w, const struct page *page)
{
    struct function_row row;
    if (next(call, page, &row) != STATUS_OK)
        return;
    const char *marker = arena_printf(&call->arena, page->has_versions ? "%.*s:%lld" : "%.*s",
                                      SLICE_ARG(page->after), (long long)page->after_version);
    json_put_string(w, "NextMarker", slice_of(marker));
}

static struct page read_page(struct call *call)
{
    struct page page = {.after_version = -1};
    struct slice marker = rest_json_query(call, "Marker");
    page.after = slice_cut(&marker, ':');
    if (slice_to_i64(marker, &page.after_version) != STATUS_OK)
        page.after_version = -1;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &page.left) != STATUS_OK ||
        page.left > PAGE_MAX_FUNCTIONS)
        page.left = PAGE_MAX_FUNCTIONS;
    page.has_versions = slice_equal_text(rest_json_query(call, "FunctionVersion"), "ALL");
    return page;
}

void lambda_list_functions(struct call *call)
{
    struct page page = read_page(call);
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
    if (status == STATUS_OK)
        write_marker(call, &w, &page);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
