/*
 * lambda_errors.h -- every error Lambda answers: code, HTTP status, the body's "Type", and whether
 * its text is called "Message" or "message" (it differs by error, as on AWS).
 */
#ifndef HANDLERS_LAMBDA_LAMBDA_ERRORS_H
#define HANDLERS_LAMBDA_LAMBDA_ERRORS_H

#include "emulator/http/service.h"

#define LAMBDA_ERRORS(X)                                                                        \
    X(resource_not_found, "ResourceNotFoundException", 404, "User", true)                       \
    X(resource_conflict, "ResourceConflictException", 409, "User", false)                       \
    X(invalid_parameter, "InvalidParameterValueException", 400, "User", false)                  \
    X(invalid_content, "InvalidRequestContentException", 400, "User", false)                    \
    X(precondition_failed, "PreconditionFailedException", 412, "User", false)                   \
    X(too_many_requests, "TooManyRequestsException", 429, "User", false)                        \
    X(validation, "ValidationException", 400, "", false)                                        \
    X(too_large, "RequestEntityTooLargeException", 413, "", false)                              \
    X(headers_too_large, "RequestHeaderTooLargeException", 400, "", false)                      \
    X(unknown_operation, "UnknownOperationException", 404, "", true)                            \
    X(missing_authentication, "MissingAuthenticationTokenException", 403, "", false)            \
    X(incomplete_signature, "IncompleteSignatureException", 403, "", false)                     \
    X(invalid_key, "UnrecognizedClientException", 403, "", false)                               \
    X(expired_key, "ExpiredTokenException", 403, "", false)                                     \
    X(internal, "ServiceException", 500, "Service", true)                                       \
    X(unavailable, "ServiceUnavailableException", 503, "Service", true)                         \
    X(no_provisioned_concurrency, "ProvisionedConcurrencyConfigNotFoundException", 404, "User", \
      false)                                                                                    \
    X(policy_too_long, "PolicyLengthExceededException", 400, "User", false)                     \
    X(package_too_large, "RequestEntityTooLargeException", 413, "", false)

#define X(name, code, status, type, capital) extern const struct api_error lambda_error_##name;
LAMBDA_ERRORS(X)
#undef X

#endif
