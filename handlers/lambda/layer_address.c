#include "handlers/lambda/layer_address.h"

#include "emulator/auth/principal.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "handlers/lambda/lambda_errors.h"

bool layer_address_parse(struct slice arn, struct layer_key *ret_key)
{
    struct slice rest = arn;
    struct slice prefix = slice_cut(&rest, ':');
    struct slice partition = slice_cut(&rest, ':');
    struct slice service = slice_cut(&rest, ':');
    struct layer_key key = {0};
    key.region = slice_cut(&rest, ':');
    key.account = slice_cut(&rest, ':');
    struct slice kind = slice_cut(&rest, ':');
    key.name = slice_cut(&rest, ':');
    if (!slice_equal_text(prefix, "arn") || !slice_starts_with(partition, SLICE("aws")) ||
        !slice_equal_text(service, "lambda") || !slice_equal_text(kind, "layer") ||
        key.name.len == 0)
        return false;
    if (rest.ptr != NULL && (slice_to_i64(rest, &key.version) != STATUS_OK || key.version <= 0))
        return false;
    *ret_key = key;
    return true;
}

static bool fail_missing(struct call *call)
{
    call_fail(call, &lambda_error_resource_not_found, "The resource you requested does not exist.");
    return false;
}

bool layer_address_read(struct call *call, struct layer_key *ret_key)
{
    const struct principal *principal = call->principal;
    struct slice given = rest_json_label(call, "LayerName");
    struct layer_key key = {principal->account, principal->region, given, 0};
    if (slice_starts_with(given, SLICE("arn:")) &&
        (!layer_address_parse(given, &key) || !slice_equal(key.region, principal->region)))
        return fail_missing(call);
    *ret_key = key;
    return true;
}

bool layer_address_read_version(struct call *call, struct layer_key *ret_key)
{
    struct layer_key key;
    if (!layer_address_read(call, &key))
        return false;
    struct slice version = rest_json_label(call, "VersionNumber");
    if (slice_to_i64(version, &key.version) != STATUS_OK || key.version < 1) {
        call_fail(call, &lambda_error_invalid_parameter, "Layer Version Cannot be less than 1.");
        return false;
    }
    *ret_key = key;
    return true;
}

struct slice layer_address_arn(struct call *call, const struct layer_key *key)
{
    const char *arn =
        key->version > 0
            ? arena_printf(&call->arena, "arn:aws:lambda:%.*s:%.*s:layer:%.*s:%lld",
                           SLICE_ARG(key->region), SLICE_ARG(key->account), SLICE_ARG(key->name),
                           (long long)key->version)
            : arena_printf(&call->arena, "arn:aws:lambda:%.*s:%.*s:layer:%.*s",
                           SLICE_ARG(key->region), SLICE_ARG(key->account), SLICE_ARG(key->name));
    return slice_of(arn);
}
