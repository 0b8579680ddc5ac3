#include "handlers/lambda/function_code.h"

#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_deploy.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"

void function_code_fail(struct call *call, const struct lambda_deploy *deploy)
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

/* ---- from S3 ----------------------------------------------------------------------------- */

static bool fail_object(struct call *call, const char *code, const char *message)
{
    call_fail(call, &lambda_error_invalid_parameter,
              "Error occurred while GetObject. S3 Error Code: %s. S3 Error Message: %s", code,
              message);
    return false;
}

/* Buckets have no versions here: "null" is the one every object has. */
static bool has_version(struct call *call, const struct json *members)
{
    struct slice version = json_member_string(members, "S3ObjectVersion");
    if (version.len == 0 || slice_equal_text(version, "null"))
        return true;
    return fail_object(call, "NoSuchVersion", "The specified version does not exist.");
}

static bool read_object(struct call *call, const struct json *members,
                        struct package_source *source)
{
    if (!has_version(call, members))
        return false;
    const struct sandbox *sandbox = call->sandbox;
    switch (package_source_take_object(source, sandbox->db, sandbox->blobs,
                                       json_member_string(members, "S3Bucket"),
                                       json_member_string(members, "S3Key"), &call->arena)) {
    case PACKAGE_OBJECT_OK:
        return true;
    case PACKAGE_OBJECT_NO_BUCKET:
        return fail_object(call, "NoSuchBucket", "The specified bucket does not exist");
    case PACKAGE_OBJECT_NO_KEY:
        return fail_object(call, "NoSuchKey", "The specified key does not exist.");
    case PACKAGE_OBJECT_FAILED:
        break;
    }
    call_fail_internal(call, STATUS_IO_ERROR, "reading the code from S3");
    return false;
}

/* ---- members ----------------------------------------------------------------------------- */

static bool refuse_unsupported(struct call *call, const struct json *members)
{
    static const char *const others[] = {"ImageUri", "SourceKMSKeyArn"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (function_settings_is_nothing(json_member(members, others[i])))
            continue;
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support code from %s yet; send the package as ZipFile or by "
                  "S3Bucket and S3Key.",
                  others[i]);
        return false;
    }
    return true;
}

bool function_code_read(struct call *call, const struct json *members,
                        struct package_source *ret_source)
{
    struct slice zip = json_member_string(members, "ZipFile");
    bool has_object = json_member_string(members, "S3Bucket").len > 0 &&
                      json_member_string(members, "S3Key").len > 0;
    struct package_source source = {.base64 = zip.len > 0 ? zip : slice_make(NULL, 0)};
    if (!refuse_unsupported(call, members))
        return false;
    if (zip.len > 0 && has_object) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Please do not provide other FunctionCode parameters when providing a ZipFile.");
        return false;
    }
    if (zip.len == 0 && !has_object) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Please provide a source for function code.");
        return false;
    }
    if (has_object && !read_object(call, members, &source))
        return false;
    *ret_source = source;
    return true;
}
