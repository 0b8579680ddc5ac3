/*
 * iam_errors.h -- every error IAM answers: its code and its status.
 */
#ifndef HANDLERS_IAM_IAM_ERRORS_H
#define HANDLERS_IAM_IAM_ERRORS_H

#include "emulator/http/service.h"

#define IAM_ERRORS(X)                                            \
    X(no_such_entity, "NoSuchEntity", 404)                       \
    X(already_exists, "EntityAlreadyExists", 409)                \
    X(delete_conflict, "DeleteConflict", 409)                    \
    X(limit_exceeded, "LimitExceeded", 409)                      \
    X(malformed_policy, "MalformedPolicyDocument", 400)          \
    X(invalid_input, "InvalidInput", 400)                        \
    X(validation, "ValidationError", 400)                        \
    X(access_denied, "AccessDenied", 403)                        \
    X(malformed, "MalformedInput", 400)                          \
    X(unknown_operation, "InvalidAction", 400)                   \
    X(missing_authentication, "MissingAuthenticationToken", 403) \
    X(incomplete_signature, "IncompleteSignature", 400)          \
    X(invalid_key, "InvalidClientTokenId", 403)                  \
    X(expired_key, "ExpiredToken", 403)                          \
    X(too_large, "RequestEntityTooLarge", 413)                   \
    X(headers_too_large, "RequestHeaderTooLarge", 400)           \
    X(internal, "ServiceFailure", 500)                           \
    X(unavailable, "ServiceUnavailable", 503)

#define X(name, code, status) extern const struct api_error iam_error_##name;
IAM_ERRORS(X)
#undef X

#endif
