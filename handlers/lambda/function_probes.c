/*
 * function_probes.c -- what provisioning tools ask of every function and Hydrant does not have:
 * answered with the state of a function that never used it.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

/* AWS's quotas. */
#define CODE_TOTAL_MAX_BYTES INT64_C(80530636800)
#define CODE_UNZIPPED_MAX_BYTES INT64_C(262144000)
#define CODE_ZIPPED_MAX_BYTES INT64_C(52428800)
#define CONCURRENCY_MAX INT64_C(1000)

static bool find(struct call *call, struct function_address *ret_address)
{
    return function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, ret_address);
}

static void answer_text(struct call *call, const char *member, struct slice value)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, member, value);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

static void answer_empty_list(struct call *call, const char *member)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, member);
    json_begin_array(&w);
    json_end_array(&w);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

void lambda_get_function_code_signing_config(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        answer_text(call, "FunctionName", address.name);
}

void lambda_get_runtime_management_config(struct call *call)
{
    struct function_address address;
    if (!find(call, &address))
        return;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "UpdateRuntimeOn", "Auto");
    json_put_string(&w, "FunctionArn", function_address_arn(call, address.name, address.qualifier));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

void lambda_get_function_recursion_config(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        answer_text(call, "RecursiveLoop", SLICE("Terminate"));
}

void lambda_get_function_scaling_config(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        answer_text(call, "FunctionArn",
                    function_address_arn(call, address.name, address.qualifier));
}

void lambda_get_function_url_config(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        call_fail(call, &lambda_error_resource_not_found,
                  "The resource you requested does not exist.");
}

void lambda_list_function_url_configs(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        answer_empty_list(call, "FunctionUrlConfigs");
}

void lambda_get_provisioned_concurrency_config(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        call_fail(call, &lambda_error_no_provisioned_concurrency,
                  "No Provisioned Concurrency Config found for this function");
}

void lambda_list_provisioned_concurrency_configs(struct call *call)
{
    struct function_address address;
    if (find(call, &address))
        answer_empty_list(call, "ProvisionedConcurrencyConfigs");
}

void lambda_get_account_settings(struct call *call)
{
    struct function_totals totals;
    enum status status = function_store_totals(call->sandbox->db, call->principal->account,
                                               call->principal->region, &totals);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "counting functions");
        return;
    }
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "AccountLimit");
    json_begin_object(&w);
    json_put_integer(&w, "TotalCodeSize", CODE_TOTAL_MAX_BYTES);
    json_put_integer(&w, "CodeSizeUnzipped", CODE_UNZIPPED_MAX_BYTES);
    json_put_integer(&w, "CodeSizeZipped", CODE_ZIPPED_MAX_BYTES);
    json_put_integer(&w, "ConcurrentExecutions", CONCURRENCY_MAX);
    json_put_integer(&w, "UnreservedConcurrentExecutions", CONCURRENCY_MAX - totals.concurrency);
    json_end_object(&w);
    json_key(&w, "AccountUsage");
    json_begin_object(&w);
    json_put_integer(&w, "TotalCodeSize", totals.code_bytes);
    json_put_integer(&w, "FunctionCount", totals.functions);
    json_end_object(&w);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
