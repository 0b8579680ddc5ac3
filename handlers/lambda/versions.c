/*
 * versions.c -- PublishVersion, ListVersionsByFunction.
 *
 * A version is a copy of $LATEST's row with a number. `content_hash` says what it was copied
 * from, so that publishing the same once more can be told from something new.
 */
#include "handlers/lambda/versions.h"

#include "emulator/auth/principal.h"
#include "emulator/base/hash.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_json.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/function_state.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/db.h"

#define CONTENT_MAX_BYTES ((size_t)64 * 1024)
#define PAGE_VERSIONS 50u
#define PAGE_MAX_VERSIONS 10000u

/* Of everything a version keeps. */
static enum status hash_content(struct call *call, const struct function_row *row,
                                struct slice *ret_hash)
{
    uint8_t digest[SHA256_BYTES];
    char *hex = arena_alloc(&call->arena, 2 * SHA256_BYTES + 1);
    struct text content;
    text_init_in(&content, &call->arena, CONTENT_MAX_BYTES);
    struct json_writer w = json_writer_make(&content);
    const struct slice texts[] = {
        row->code_sha256,  row->runtime,     row->role,         row->handler,
        row->description,  row->environment, row->architecture, row->tracing,
        row->log_group,    row->layers,      row->log_format,   row->application_level,
        row->system_level,
    };
    json_begin_array(&w);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        json_write_string(&w, texts[i]);
    json_write_integer(&w, row->timeout_s);
    json_write_integer(&w, row->memory_mb);
    json_write_integer(&w, row->storage_mb);
    json_end_array(&w);
    if (hex == NULL || content.status != STATUS_OK)
        return STATUS_NO_MEMORY;
    hash_sha256(text_slice(&content), digest);
    hash_hex(digest, sizeof(digest), hex);
    *ret_hash = slice_of(hex);
    return STATUS_OK;
}

/* STATUS_NOT_FOUND: there is none, it was deleted, or it is of something else. */
static enum status find_same(struct call *call, const struct function_row *latest,
                             struct slice hash, struct function_row *ret_version)
{
    const struct function_key key = {latest->account, latest->region, latest->name,
                                     latest->last_version};
    if (key.version == 0)
        return STATUS_NOT_FOUND;
    struct function_row last;
    enum status status = function_store_find_version(call->sandbox->db, &key, &call->arena, &last);
    if (status == STATUS_OK && !slice_equal(last.content_hash, hash))
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_version = last;
    return status;
}

static enum status insert_next(struct call *call, const struct function_row *latest,
                               struct function_row *version)
{
    struct function_row counted = *latest;
    char *ids = arena_alloc(&call->arena, (size_t)2 * (UUID_CHARS + 1));
    if (ids == NULL)
        return STATUS_NO_MEMORY;
    random_uuid(&call->sandbox->random, ids);
    random_uuid(&call->sandbox->random, ids + UUID_CHARS + 1);
    counted.last_version++;
    version->version = counted.last_version;
    version->revision_id = slice_of(ids);
    version->change_revision_id = slice_of(ids + UUID_CHARS + 1);
    version->change = SLICE("create");
    version->ready_ms = sim_clock_now_ms(&call->sandbox->clock) + call->sandbox->lambda_pending_ms;
    version->tags = SLICE("");
    version->has_concurrency = false;
    version->last_version = 0;
    enum status status = function_store_update(call->sandbox->db, &counted);
    return status == STATUS_OK ? function_store_insert(call->sandbox->db, version) : status;
}

enum status versions_publish(struct call *call, const struct function_row *latest,
                             struct slice description, struct function_row *ret_version)
{
    struct slice hash;
    enum status status = hash_content(call, latest, &hash);
    if (status == STATUS_OK)
        status = find_same(call, latest, hash, ret_version);
    if (status != STATUS_NOT_FOUND)
        return status;
    struct function_row version = *latest;
    version.content_hash = hash;
    if (description.ptr != NULL)
        version.description = description;
    status = insert_next(call, latest, &version);
    if (status == STATUS_OK)
        *ret_version = version;
    return status;
}

/* ---- PublishVersion ---------------------------------------------------------------------- */

static bool has_code(struct call *call, const struct function_row *row)
{
    struct slice wanted = json_member_string(call->input, "CodeSha256");
    if (wanted.len == 0 || slice_equal(wanted, row->code_sha256))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "CodeSHA256 (%.*s) is different from current CodeSHA256 in $LATEST (%.*s). Please "
              "try again with the CodeSHA256 in $LATEST.",
              SLICE_ARG(wanted), SLICE_ARG(row->code_sha256));
    return false;
}

void lambda_publish_version(struct call *call)
{
    struct function_address address;
    if (!function_address_find_changeable(call, &address) ||
        !function_settings_refuse_publish_to(call) ||
        !function_state_allows_change(call, &address.row) ||
        !function_address_has_revision(call, function_state_revision(call, &address.row),
                                       json_member_string(call->input, "RevisionId")) ||
        !has_code(call, &address.row))
        return;
    struct function_row version;
    struct slice description = json_member_string(call->input, "Description");
    if (description.len == 0)
        description = slice_make(NULL, 0);
    enum status status = versions_publish(call, &address.row, description, &version);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "publishing the version");
        return;
    }
    bool is_new = version.version == address.row.last_version + 1;
    function_json_answer(call, 201, &version, is_new ? FUNCTION_CREATED : FUNCTION_READ);
}

/* ---- ListVersionsByFunction -------------------------------------------------------------- */

/* Versions from behind `at` on, which moves to the last one written. */
static enum status write_page(struct call *call, struct json_writer *w, struct function_key *at,
                              uint64_t left, bool *ret_has_more)
{
    for (;; left--) {
        struct function_row row;
        enum status status = function_store_next_version(call->sandbox->db, at, &call->arena, &row);
        *ret_has_more = status == STATUS_OK;
        if (status == STATUS_NOT_FOUND || (status == STATUS_OK && left == 0))
            return STATUS_OK;
        if (status != STATUS_OK)
            return status;
        char version[FUNCTION_VERSION_TEXT_BYTES];
        function_version_text(&row, version);
        function_json_write(call, w, &row, FUNCTION_VERSION, slice_of(version));
        at->version = row.version;
    }
}

static uint64_t page_size(struct call *call)
{
    uint64_t size = 0;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &size) != STATUS_OK || size == 0)
        return PAGE_VERSIONS;
    return size < PAGE_MAX_VERSIONS ? size : PAGE_MAX_VERSIONS;
}

void lambda_list_versions_by_function(struct call *call)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    const struct principal *principal = call->principal;
    struct function_key at = {principal->account, principal->region, address.name, -1};
    if (slice_to_i64(rest_json_query(call, "Marker"), &at.version) != STATUS_OK)
        at.version = -1;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Versions");
    json_begin_array(&w);
    bool has_more = false;
    enum status status = STATUS_OK;
    if (lambda_engine_is_from_file(&address.row))
        function_json_write(call, &w, &address.row, FUNCTION_VERSION, SLICE("$LATEST"));
    else
        status = write_page(call, &w, &at, page_size(call), &has_more);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "listing versions");
        return;
    }
    json_end_array(&w);
    if (has_more) {
        char marker[FUNCTION_VERSION_TEXT_BYTES];
        function_version_text(&(struct function_row){.version = at.version}, marker);
        json_put_text(&w, "NextMarker", at.version == 0 ? "0" : marker);
    }
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
