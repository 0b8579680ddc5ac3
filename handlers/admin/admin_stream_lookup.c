/*
 * admin_stream_lookup.c -- the delivery stream a path names, in the account and region of the query
 * or of the credentials.
 */
#include "emulator/auth/principal.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

#define SHOWN_CHARS 200

/* The parameter, or what the credentials say. */
static struct slice parameter_or(struct call *call, const char *name, struct slice otherwise)
{
    struct slice value = {NULL, 0};
    enum status status = request_parameter(&call->request, &call->arena, name, &value);
    return status == STATUS_OK && value.len > 0 ? value : otherwise;
}

static bool check_parameters(struct call *call)
{
    struct slice rest = call->request.query;
    struct slice name;
    struct slice value;
    while (request_next_parameter(&rest, &name, &value)) {
        if (slice_equal(name, SLICE("region")) || slice_equal(name, SLICE("account")))
            continue;
        call_fail(call, &admin_error_invalid_request,
                  "There is no parameter \"%.*s\" in this request.",
                  SLICE_ARG(slice_first(name, SHOWN_CHARS)));
        return false;
    }
    return true;
}

struct delivery_stream *admin_require_stream(struct call *call)
{
    static const char *const members[] = {NULL};
    struct slice name;
    if (!admin_allow_members(call, members) || !check_parameters(call))
        return NULL;
    if (admin_path_name(call, &name) != STATUS_OK) {
        call_fail_internal(call, STATUS_NO_MEMORY, "reading the name of a stream");
        return NULL;
    }
    struct slice region = parameter_or(call, "region", call->principal->region);
    struct slice account = parameter_or(call, "account", call->principal->account);
    struct delivery_stream *stream =
        delivery_stream_find(call->sandbox->delivery, account, region, name);
    if (stream == NULL)
        call_fail(call, &admin_error_not_found,
                  "There is no delivery stream %.*s in account %.*s, region %.*s.",
                  SLICE_ARG(slice_first(name, SHOWN_CHARS)), SLICE_ARG(account), SLICE_ARG(region));
    return stream;
}
