/*
 * cloudwatch_errors.h -- every error CloudWatch answers: its code, its shape's name and its status.
 */
#ifndef HANDLERS_CLOUDWATCH_CLOUDWATCH_ERRORS_H
#define HANDLERS_CLOUDWATCH_CLOUDWATCH_ERRORS_H

#include "emulator/http/service.h"

#define CLOUDWATCH_ERRORS(X)                                                                       \
    X(invalid_value, "InvalidParameterValue", "InvalidParameterValueException", 400)               \
    X(invalid_combination, "InvalidParameterCombination", "InvalidParameterCombinationException",  \
      400)                                                                                         \
    X(missing_parameter, "MissingParameter", "MissingRequiredParameterException", 400)             \
    X(invalid_next_token, "InvalidNextToken", "InvalidNextToken", 400)                             \
    X(limit_exceeded, "LimitExceeded", "LimitExceededFault", 400)                                  \
    X(validation, "ValidationError", "ValidationException", 400)                                   \
    X(malformed, "MalformedInput", "SerializationException", 400)                                  \
    X(unknown_operation, "InvalidAction", "UnknownOperationException", 400)                        \
    X(missing_authentication, "MissingAuthenticationToken", "MissingAuthenticationTokenException", \
      403)                                                                                         \
    X(incomplete_signature, "IncompleteSignature", "IncompleteSignatureException", 400)            \
    X(invalid_key, "InvalidClientTokenId", "UnrecognizedClientException", 403)                     \
    X(expired_key, "ExpiredToken", "ExpiredTokenException", 403)                                   \
    X(too_large, "RequestEntityTooLarge", "RequestEntityTooLargeException", 413)                   \
    X(headers_too_large, "RequestHeaderTooLarge", "RequestHeaderTooLargeException", 400)           \
    X(internal, "InternalServiceError", "InternalServiceFault", 500)                               \
    X(unavailable, "ServiceUnavailable", "ServiceUnavailableException", 503)

#define X(name, code, shape, status) extern const struct api_error cloudwatch_error_##name;
CLOUDWATCH_ERRORS(X)
#undef X

#endif
