#include "handlers/sts/sts.h"

#include "emulator/protocol/aws_multi.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/sts/sts_errors.h"
#include "handlers/sts/sts_operations.h"

#define BODY_MAX_BYTES ((size_t)256 * 1024)

#define X(name, code, status) const struct api_error sts_error_##name = {code, status, "", false};
STS_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &sts_error_internal,
    .unavailable = &sts_error_unavailable,
    .too_large = &sts_error_too_large,
    .headers_too_large = &sts_error_headers_too_large,
    .unknown_operation = &sts_error_unknown_operation,
    .malformed = &sts_error_malformed,
    .validation = &sts_error_validation,
    .missing_authentication = &sts_error_missing_authentication,
    .incomplete_signature = &sts_error_incomplete_signature,
    .invalid_key = &sts_error_invalid_key,
    .expired_key = &sts_error_expired_key,
};

static const struct aws_multi_profile profile = {
    .json = {.dialect = &shape_dialect_lambda},
    .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
};

static const struct operation operations[] = {
    {"AssumeRole", sts_assume_role},
    {"GetAccessKeyInfo", sts_get_access_key_info},
    {"GetCallerIdentity", sts_get_caller_identity},
    {"GetSessionToken", sts_get_session_token},
};

const struct service sts_service = {
    .name = "sts",
    .title = "STS",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_query_begin,
    .handle = aws_query_handle,
    .write_error = aws_query_write_error,
};
