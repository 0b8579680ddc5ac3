#include "handlers/lambda/function_address.h"

#include "emulator/auth/principal.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_name.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/lambda_errors.h"

struct slice function_address_arn(struct call *call, struct slice name, struct slice qualifier)
{
    const struct principal *principal = call->principal;
    const char *arn =
        arena_printf(&call->arena, "arn:aws:lambda:%.*s:%.*s:function:%.*s%s%.*s",
                     SLICE_ARG(principal->region), SLICE_ARG(principal->account), SLICE_ARG(name),
                     qualifier.len > 0 ? ":" : "", SLICE_ARG(qualifier));
    return slice_of(arn);
}

bool function_address_fail_not_found(struct call *call, struct slice name, struct slice qualifier)
{
    struct slice arn = function_address_arn(call, name, qualifier);
    call_fail(call, &lambda_error_resource_not_found, "Function not found: %.*s", SLICE_ARG(arn));
    return false;
}

static bool is_reachable(struct call *call, const struct function_name *name)
{
    const struct principal *principal = call->principal;
    if (name->region.len > 0 && !slice_equal(name->region, principal->region)) {
        call_fail(call, &lambda_error_resource_not_found,
                  "Functions from '%.*s' are not reachable in this region ('%.*s')",
                  SLICE_ARG(name->region), SLICE_ARG(principal->region));
        return false;
    }
    if (name->account.len > 0 && !slice_equal(name->account, principal->account)) {
        call_fail(call, &lambda_error_resource_not_found,
                  "Function not found: arn:aws:lambda:%.*s:%.*s:function:%.*s",
                  SLICE_ARG(principal->region), SLICE_ARG(name->account), SLICE_ARG(name->name));
        return false;
    }
    return true;
}

bool function_address_parse(struct call *call, struct slice given, struct slice query,
                            struct function_address *ret_address)
{
    struct function_name name;
    if (function_name_parse(given, &name) != STATUS_OK) {
        call_fail(call, &lambda_error_invalid_parameter, "%.*s is not a valid function name or ARN",
                  SLICE_ARG(given));
        return false;
    }
    if (query.len > 0 && name.qualifier.len > 0 && !slice_equal(query, name.qualifier)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "The derived qualifier from the function name does not match the specified "
                  "qualifier.");
        return false;
    }
    if (!is_reachable(call, &name))
        return false;
    *ret_address = (struct function_address){
        .name = name.name,
        .qualifier = query.len > 0 ? query : name.qualifier,
    };
    return true;
}

bool function_address_read(struct call *call, struct function_address *ret_address)
{
    return function_address_parse(call, rest_json_label(call, "FunctionName"),
                                  rest_json_query(call, "Qualifier"), ret_address);
}

bool function_address_is_latest(const struct function_address *address)
{
    return address->qualifier.len == 0 || slice_equal_text(address->qualifier, "$LATEST");
}

static bool find(struct call *call, const struct function_address *address, struct slice qualifier,
                 enum function_not_found form, struct function_row *ret_row)
{
    const struct function_target target = {call->principal->account, call->principal->region,
                                           address->name, qualifier};
    enum status status = function_version_find(call->sandbox->lambda, &target,
                                               FUNCTION_VERSION_MAIN, &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND) {
        if (qualifier.len == 0 && form == FUNCTION_NOT_FOUND_LATEST)
            qualifier = SLICE("$LATEST");
        return function_address_fail_not_found(call, address->name, qualifier);
    }
    if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the function");
    return status == STATUS_OK;
}

bool function_address_find(struct call *call, enum function_not_found form,
                           struct function_address *ret_address)
{
    struct function_address address;
    if (!function_address_read(call, &address) ||
        !find(call, &address, address.qualifier, form, &address.row))
        return false;
    *ret_address = address;
    return true;
}

bool function_address_latest(struct call *call, const struct function_row *row,
                             struct function_row *ret_latest)
{
    const struct function_address address = {.name = row->name};
    if (row->version != 0)
        return find(call, &address, slice_make(NULL, 0), FUNCTION_NOT_FOUND_PLAIN, ret_latest);
    *ret_latest = *row;
    return true;
}

static bool is_stored(struct call *call, const struct function_address *address)
{
    if (!lambda_engine_is_from_file(&address->row))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "The function %.*s was given to Hydrant on its command line (--function) and "
              "cannot be changed through the API.",
              SLICE_ARG(address->name));
    return false;
}

bool function_address_find_whole(struct call *call, enum function_not_found form,
                                 struct function_address *ret_address)
{
    struct function_address address;
    if (!function_address_read(call, &address) ||
        !find(call, &address, slice_make(NULL, 0), form, &address.row))
        return false;
    *ret_address = address;
    return true;
}

bool function_address_find_stored(struct call *call, enum function_not_found form,
                                  struct function_address *ret_address)
{
    struct function_address address;
    if (!function_address_find_whole(call, form, &address) || !is_stored(call, &address))
        return false;
    *ret_address = address;
    return true;
}

bool function_address_find_changeable(struct call *call, struct function_address *ret_address)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address) ||
        !is_stored(call, &address))
        return false;
    if (!function_address_is_latest(&address)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "The qualifier %.*s cannot be given here: only $LATEST can be changed.",
                  SLICE_ARG(address.qualifier));
        return false;
    }
    *ret_address = address;
    return true;
}

bool function_address_has_revision(struct call *call, struct slice current,
                                   struct slice revision_id)
{
    if (revision_id.len == 0 || slice_equal(revision_id, current))
        return true;
    call_fail(call, &lambda_error_precondition_failed,
              "The Revision Id provided does not match the latest Revision Id. Call the "
              "GetFunction/GetAlias API to retrieve the latest Revision Id");
    return false;
}
