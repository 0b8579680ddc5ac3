#include "handlers/lambda/function_deploy.h"

#include "emulator/base/json.h"
#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"

static void fail_deploy(struct call *call, const struct lambda_deploy *deploy)
{
    switch (deploy->result) {
    case LAMBDA_DEPLOY_NO_ZIP:
        call_fail(call, &lambda_error_invalid_parameter,
                  "Could not unzip uploaded file. Please check your file, then try to upload "
                  "again.");
        return;
    case LAMBDA_DEPLOY_ZIPPED_TOO_LARGE:
        call_fail(call, &lambda_error_package_too_large,
                  "Zipped size must be smaller than %zu bytes", PACKAGE_ZIPPED_MAX_BYTES);
        return;
    case LAMBDA_DEPLOY_UNZIPPED_TOO_LARGE:
        call_fail(call, &lambda_error_invalid_parameter,
                  "Unzipped size must be smaller than %zu bytes", PACKAGE_UNZIPPED_MAX_BYTES);
        return;
    case LAMBDA_DEPLOY_REFUSED:
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant cannot use this deployment package: %s", deploy->reason);
        return;
    case LAMBDA_DEPLOY_OK:
    case LAMBDA_DEPLOY_FAILED:
        break;
    }
    call_fail_internal(call, STATUS_IO_ERROR, deploy->reason);
}

static void on_deployed(struct lambda_deploy *deploy)
{
    struct function_deploy *own = list_entry(deploy, struct function_deploy, deploy);
    if (deploy->result != LAMBDA_DEPLOY_OK) {
        fail_deploy(own->call, deploy);
        return;
    }
    own->row.code_sha256 = slice_of(deploy->code_sha256);
    own->row.code_size = deploy->code_size;
    own->row.code_revision = slice_of(deploy->code_revision);
    own->row.code_file = slice_of(deploy->code_file);
    if (function_state_begin(own->call, &own->row, own->change))
        own->store(own);
    else
        lambda_deploy_discard(deploy);
}

/* Only packages in the request can be used as yet. */
static bool has_zip(struct call *call, const struct json *members)
{
    static const char *const others[] = {"S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri",
                                         "SourceKMSKeyArn"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (function_settings_is_nothing(json_member(members, others[i])))
            continue;
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support code from %s yet; send the package as ZipFile.",
                  others[i]);
        return false;
    }
    if (json_member_string(members, "ZipFile").len > 0)
        return true;
    call_fail(call, &lambda_error_invalid_parameter, "Please provide a source for function code.");
    return false;
}

void function_deploy_start(struct call *call, const struct json *members,
                           const struct function_row *row, enum function_change change,
                           void (*store)(struct function_deploy *deploy))
{
    if (!has_zip(call, members))
        return;
    struct function_deploy *own = arena_zalloc(&call->arena, sizeof(*own));
    char *handler = arena_text(&call->arena, row->handler);
    if (own == NULL || handler == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "unpacking the code");
        return;
    }
    own->call = call;
    own->row = *row;
    own->change = change;
    own->store = store;
    own->deploy.name = row->name;
    own->deploy.zip_base64 = json_member_string(members, "ZipFile");
    own->deploy.handler = handler;
    own->deploy.done = on_deployed;
    enum status status = lambda_deploy_start(call->sandbox->lambda, &own->deploy);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "unpacking the code");
}
