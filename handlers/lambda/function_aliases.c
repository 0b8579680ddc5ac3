/*
 * function_aliases.c -- CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/function_alias_store.h"

#define PAGE_MAX_ALIASES 50u

static struct function_alias_key key_of(const struct function_address *address, struct slice name)
{
    const struct function_row *row = &address->row;
    return (struct function_alias_key){row->account, row->region, row->name, name};
}

static void write_alias(struct call *call, struct json_writer *w,
                        const struct function_alias_key *key, const struct function_alias_row *row)
{
    json_begin_object(w);
    json_put_string(w, "AliasArn", function_address_arn(call, key->function, key->name));
    json_put_string(w, "Name", key->name);
    json_put_string(w, "FunctionVersion", row->version);
    json_put_string(w, "Description", row->description);
    if (row->other_version.len > 0) {
        json_key(w, "RoutingConfig");
        json_begin_object(w);
        json_key(w, "AdditionalVersionWeights");
        json_begin_object(w);
        json_key_slice(w, row->other_version);
        json_write_double(w, row->weight);
        json_end_object(w);
        json_end_object(w);
    }
    json_put_string(w, "RevisionId", row->revision_id);
    json_end_object(w);
}

static void answer(struct call *call, int status, const struct function_alias_key *key,
                   const struct function_alias_row *row)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    write_alias(call, &w, key, row);
    rest_json_answer(call, status, &body);
}

/* ---- rules ------------------------------------------------------------------------------- */

static bool fail_alias_not_found(struct call *call, const struct function_alias_key *key)
{
    struct slice arn = function_address_arn(call, key->function, key->name);
    call_fail(call, &lambda_error_resource_not_found, "Cannot find alias arn: %.*s",
              SLICE_ARG(arn));
    return false;
}

/* There is such a version of the function. */
static bool has_version(struct call *call, const struct function_alias_key *key,
                        struct slice version)
{
    struct function_key wanted = {key->account, key->region, key->function, 0};
    bool is_latest = slice_equal_text(version, "$LATEST");
    if (!is_latest && (slice_to_i64(version, &wanted.version) != STATUS_OK || wanted.version == 0))
        return function_address_fail_not_found(call, key->function, version);
    struct function_row row;
    enum status status =
        function_store_find_version(call->sandbox->db, &wanted, &call->arena, &row);
    if (status == STATUS_NOT_FOUND)
        return function_address_fail_not_found(call, key->function, version);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the version");
    return status == STATUS_OK;
}

static bool fail_parameter(struct call *call, const char *message)
{
    call_fail(call, &lambda_error_invalid_parameter, "%s", message);
    return false;
}

static bool check_weight(struct call *call, const struct function_alias_key *key,
                         const struct function_alias_row *row)
{
    if (slice_equal_text(row->version, "$LATEST"))
        return fail_parameter(call, "$LATEST is not supported for an alias pointing to more than 1 "
                                    "version");
    if (slice_equal(row->version, row->other_version)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Invalid function version %.*s. Function version %.*s is already included in "
                  "routing configuration.",
                  SLICE_ARG(row->version), SLICE_ARG(row->version));
        return false;
    }
    return has_version(call, key, row->other_version);
}

/* Members the input has replace those of `row`. */
static bool read_alias(struct call *call, const struct function_alias_key *key,
                       struct function_alias_row *row)
{
    struct slice version = json_member_string(call->input, "FunctionVersion");
    struct slice description = json_member_string(call->input, "Description");
    if (version.len > 0)
        row->version = version;
    if (description.ptr != NULL)
        row->description = description;
    const struct json *routing = json_member(call->input, "RoutingConfig");
    const struct json *weights = json_member(routing, "AdditionalVersionWeights");
    if (json_count(weights) > 1)
        return fail_parameter(
            call, "Number of items in AdditionalVersionWeights cannot be greater than 1");
    if (routing != NULL) {
        const struct json *weight = json_first(weights);
        row->other_version = weight != NULL ? json_name(weight) : SLICE("");
        row->weight = json_number(weight);
    }
    if (!has_version(call, key, row->version))
        return false;
    return row->other_version.len == 0 || check_weight(call, key, row);
}

static bool new_revision(struct call *call, struct function_alias_row *row)
{
    char *id = arena_alloc(&call->arena, UUID_CHARS + 1);
    if (id == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "changing the alias");
        return false;
    }
    random_uuid(&call->sandbox->random, id);
    row->revision_id = slice_of(id);
    return true;
}

/* The function and the alias the path names. */
static bool find_alias(struct call *call, struct function_alias_key *ret_key,
                       struct function_alias_row *ret_row)
{
    struct function_address address;
    if (!function_address_find_whole(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return false;
    struct function_alias_key key = key_of(&address, rest_json_label(call, "Name"));
    enum status status = function_alias_store_find(call->sandbox->db, &key, &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND)
        return fail_alias_not_found(call, &key);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "finding the alias");
        return false;
    }
    *ret_key = key;
    return true;
}

/* ---- operations -------------------------------------------------------------------------- */

void lambda_create_alias(struct call *call)
{
    struct function_address address;
    if (!function_address_find_stored(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct function_alias_key key = key_of(&address, json_member_string(call->input, "Name"));
    struct function_alias_row row = {.description = SLICE(""), .other_version = SLICE("")};
    if (!read_alias(call, &key, &row) || !new_revision(call, &row))
        return;
    enum status status = function_alias_store_insert(call->sandbox->db, &key, &row);
    if (status == STATUS_EXISTS) {
        struct slice arn = function_address_arn(call, key.function, key.name);
        call_fail(call, &lambda_error_resource_conflict, "Alias already exists: %.*s",
                  SLICE_ARG(arn));
    } else if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the alias");
    } else {
        answer(call, 201, &key, &row);
    }
}

void lambda_get_alias(struct call *call)
{
    struct function_alias_key key;
    struct function_alias_row row;
    if (find_alias(call, &key, &row))
        answer(call, 200, &key, &row);
}

void lambda_update_alias(struct call *call)
{
    struct function_alias_key key;
    struct function_alias_row row;
    if (!find_alias(call, &key, &row) ||
        !function_address_has_revision(call, row.revision_id,
                                       json_member_string(call->input, "RevisionId")) ||
        !read_alias(call, &key, &row) || !new_revision(call, &row))
        return;
    enum status status = function_alias_store_update(call->sandbox->db, &key, &row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the alias");
    else
        answer(call, 200, &key, &row);
}

/* One that is not there is deleted already. */
void lambda_delete_alias(struct call *call)
{
    struct function_address address;
    if (!function_address_find_whole(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct function_alias_key key = key_of(&address, rest_json_label(call, "Name"));
    enum status status = function_alias_store_delete(call->sandbox->db, &key);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "deleting the alias");
    else
        rest_json_answer_nothing(call, 204);
}

/* ---- ListAliases ------------------------------------------------------------------------- */

/* From behind the key's name on. STATUS_OK: the page is full and more follow. */
static enum status write_page(struct call *call, struct json_writer *w,
                              struct function_alias_key *at, uint64_t left)
{
    struct slice version = rest_json_query(call, "FunctionVersion");
    for (struct function_alias_key next = *at;;) {
        struct function_alias_row row;
        enum status status =
            function_alias_store_next(call->sandbox->db, &next, &call->arena, &next.name, &row);
        if (status != STATUS_OK)
            return status;
        if (version.len > 0 && !slice_equal(version, row.version))
            continue;
        if (left-- == 0)
            return STATUS_OK;
        write_alias(call, w, &next, &row);
        at->name = next.name;
    }
}

void lambda_list_aliases(struct call *call)
{
    struct function_address address;
    if (!function_address_find_whole(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    struct function_alias_key at = key_of(&address, rest_json_query(call, "Marker"));
    uint64_t size = 0;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &size) != STATUS_OK || size == 0 ||
        size > PAGE_MAX_ALIASES)
        size = PAGE_MAX_ALIASES;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Aliases");
    json_begin_array(&w);
    enum status status = write_page(call, &w, &at, size);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing aliases");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK)
        json_put_string(&w, "NextMarker", at.name);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
