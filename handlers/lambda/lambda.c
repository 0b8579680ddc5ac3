#include "handlers/lambda/lambda.h"

#include "emulator/http/request.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

#define CREATE_MAX_BYTES ((size_t)70167211)
#define INVOKE_MAX_BYTES ((size_t)6291456)
#define BODY_MAX_BYTES ((size_t)1024 * 1024)

#define X(name, code, status, type, capital) \
    const struct api_error lambda_error_##name = {code, status, type, capital};
LAMBDA_ERRORS(X)
#undef X

static const struct operation operations[] = {
    {"AddPermission", lambda_add_permission},
    {"CreateAlias", lambda_create_alias},
    {"CreateEventSourceMapping", lambda_create_event_source_mapping},
    {"CreateFunction", lambda_create_function},
    {"DeleteAlias", lambda_delete_alias},
    {"DeleteEventSourceMapping", lambda_delete_event_source_mapping},
    {"DeleteFunction", lambda_delete_function},
    {"DeleteFunctionConcurrency", lambda_delete_function_concurrency},
    {"DeleteFunctionEventInvokeConfig", lambda_delete_function_event_invoke_config},
    {"DeleteLayerVersion", lambda_delete_layer_version},
    {"GetAccountSettings", lambda_get_account_settings},
    {"GetAlias", lambda_get_alias},
    {"GetEventSourceMapping", lambda_get_event_source_mapping},
    {"GetFunction", lambda_get_function},
    {"GetFunctionCodeSigningConfig", lambda_get_function_code_signing_config},
    {"GetFunctionConcurrency", lambda_get_function_concurrency},
    {"GetFunctionConfiguration", lambda_get_function_configuration},
    {"GetFunctionEventInvokeConfig", lambda_get_function_event_invoke_config},
    {"GetFunctionRecursionConfig", lambda_get_function_recursion_config},
    {"GetFunctionScalingConfig", lambda_get_function_scaling_config},
    {"GetFunctionUrlConfig", lambda_get_function_url_config},
    {"GetLayerVersion", lambda_get_layer_version},
    {"GetLayerVersionByArn", lambda_get_layer_version_by_arn},
    {"GetLayerVersionPolicy", lambda_get_layer_version_policy},
    {"GetPolicy", lambda_get_policy},
    {"GetProvisionedConcurrencyConfig", lambda_get_provisioned_concurrency_config},
    {"GetRuntimeManagementConfig", lambda_get_runtime_management_config},
    {"Invoke", lambda_invoke_function},
    {"InvokeAsync", lambda_invoke_async},
    {"ListAliases", lambda_list_aliases},
    {"ListEventSourceMappings", lambda_list_event_source_mappings},
    {"ListFunctionEventInvokeConfigs", lambda_list_function_event_invoke_configs},
    {"ListFunctionUrlConfigs", lambda_list_function_url_configs},
    {"ListFunctions", lambda_list_functions},
    {"ListLayerVersions", lambda_list_layer_versions},
    {"ListLayers", lambda_list_layers},
    {"ListProvisionedConcurrencyConfigs", lambda_list_provisioned_concurrency_configs},
    {"ListTags", lambda_list_tags},
    {"ListVersionsByFunction", lambda_list_versions_by_function},
    {"PublishLayerVersion", lambda_publish_layer_version},
    {"PublishVersion", lambda_publish_version},
    {"PutFunctionConcurrency", lambda_put_function_concurrency},
    {"PutFunctionEventInvokeConfig", lambda_put_function_event_invoke_config},
    {"RemovePermission", lambda_remove_permission},
    {"TagResource", lambda_tag_resource},
    {"UntagResource", lambda_untag_resource},
    {"UpdateAlias", lambda_update_alias},
    {"UpdateEventSourceMapping", lambda_update_event_source_mapping},
    {"UpdateFunctionCode", lambda_update_function_code},
    {"UpdateFunctionConfiguration", lambda_update_function_configuration},
    {"UpdateFunctionEventInvokeConfig", lambda_update_function_event_invoke_config},
};

static const struct common_errors errors = {
    .internal = &lambda_error_internal,
    .unavailable = &lambda_error_unavailable,
    .too_large = &lambda_error_too_large,
    .headers_too_large = &lambda_error_headers_too_large,
    .unknown_operation = &lambda_error_unknown_operation,
    .malformed = &lambda_error_invalid_content,
    .validation = &lambda_error_validation,
    .missing_authentication = &lambda_error_missing_authentication,
    .incomplete_signature = &lambda_error_incomplete_signature,
    .invalid_key = &lambda_error_invalid_key,
    .expired_key = &lambda_error_expired_key,
};

static const struct rest_json_limit limits[] = {
    {"CreateFunction", NULL, CREATE_MAX_BYTES, false},
    {"UpdateFunctionCode", NULL, CREATE_MAX_BYTES, false},
    {"PublishLayerVersion", NULL, CREATE_MAX_BYTES, false},
    {"Invoke", "InvokeFunction", INVOKE_MAX_BYTES, true},
    {"InvokeAsync", NULL, INVOKE_MAX_BYTES, true},
};

static const struct rest_json_profile profile = {
    .dialect = &shape_dialect_lambda,
    .limits = limits,
    .limit_count = sizeof(limits) / sizeof(limits[0]),
};

/* Every path of the API begins with the date its operation came with. */
static bool matches(const struct http_request *request)
{
    static const struct slice prefixes[] = {
        SLICE_INIT("/2014-11-13/functions"),
        SLICE_INIT("/2015-03-31/functions"),
        SLICE_INIT("/2015-03-31/event-source-mappings"),
        SLICE_INIT("/2016-08-19/account-settings"),
        SLICE_INIT("/2017-03-31/tags"),
        SLICE_INIT("/2017-10-31/functions"),
        SLICE_INIT("/2018-10-31/layers"),
        SLICE_INIT("/2019-09-25/functions"),
        SLICE_INIT("/2019-09-30/functions"),
        SLICE_INIT("/2020-04-22/code-signing-configs"),
        SLICE_INIT("/2020-06-30/functions"),
        SLICE_INIT("/2021-07-20/functions"),
        SLICE_INIT("/2021-10-31/functions"),
        SLICE_INIT("/2021-11-15/functions"),
        SLICE_INIT("/2024-08-31/functions"),
        SLICE_INIT("/2025-11-30/functions"),
    };
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (slice_starts_with(request->path, prefixes[i]))
            return true;
    }
    return false;
}

const struct service lambda_service = {
    .name = "lambda",
    .title = "Lambda",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .matches = matches,
    .begin = rest_json_begin,
    .handle = rest_json_handle,
    .write_error = rest_json_write_error,
};
