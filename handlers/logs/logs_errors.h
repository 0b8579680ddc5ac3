/*
 * logs_errors.h -- every error CloudWatch Logs answers: its code and HTTP status.
 */
#ifndef HANDLERS_LOGS_LOGS_ERRORS_H
#define HANDLERS_LOGS_LOGS_ERRORS_H

#include "emulator/http/service.h"

#define LOGS_ERRORS(X)                                                    \
    X(invalid_parameter, "InvalidParameterException", 400)                \
    X(resource_exists, "ResourceAlreadyExistsException", 400)             \
    X(resource_not_found, "ResourceNotFoundException", 400)               \
    X(limit_exceeded, "LimitExceededException", 400)                      \
    X(too_many_tags, "TooManyTagsException", 400)                         \
    X(validation, "ValidationException", 400)                             \
    X(serialization, "SerializationException", 400)                       \
    X(unknown_operation, "UnknownOperationException", 400)                \
    X(missing_authentication, "MissingAuthenticationTokenException", 400) \
    X(incomplete_signature, "IncompleteSignatureException", 400)          \
    X(invalid_key, "UnrecognizedClientException", 400)                    \
    X(expired_key, "ExpiredTokenException", 400)                          \
    X(too_large, "RequestEntityTooLargeException", 413)                   \
    X(headers_too_large, "RequestHeaderTooLargeException", 400)           \
    X(internal, "InternalFailure", 500)                                   \
    X(unavailable, "ServiceUnavailableException", 503)

#define X(name, code, status) extern const struct api_error logs_error_##name;
LOGS_ERRORS(X)
#undef X

#endif
