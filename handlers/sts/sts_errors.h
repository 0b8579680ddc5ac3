/*
 * sts_errors.h -- every error STS answers: its code and its status.
 */
#ifndef HANDLERS_STS_STS_ERRORS_H
#define HANDLERS_STS_STS_ERRORS_H

#include "emulator/http/service.h"

#define STS_ERRORS(X)                                            \
    X(access_denied, "AccessDenied", 403)                        \
    X(validation, "ValidationError", 400)                        \
    X(invalid_value, "InvalidParameterValue", 400)               \
    X(malformed_policy, "MalformedPolicyDocument", 400)          \
    X(policy_too_large, "PackedPolicyTooLarge", 400)             \
    X(throttling, "Throttling", 400)                             \
    X(malformed, "MalformedInput", 400)                          \
    X(unknown_operation, "InvalidAction", 400)                   \
    X(missing_authentication, "MissingAuthenticationToken", 403) \
    X(incomplete_signature, "IncompleteSignature", 400)          \
    X(invalid_key, "InvalidClientTokenId", 403)                  \
    X(expired_key, "ExpiredToken", 403)                          \
    X(too_large, "RequestEntityTooLarge", 413)                   \
    X(headers_too_large, "RequestHeaderTooLarge", 400)           \
    X(internal, "InternalFailure", 500)                          \
    X(unavailable, "ServiceUnavailable", 503)

#define X(name, code, status) extern const struct api_error sts_error_##name;
STS_ERRORS(X)
#undef X

#endif
