/*
 * dynamodb_errors.h -- every error DynamoDB answers: its code on the wire, HTTP status, prefix in
 * __type, and whether the message member is "Message".
 */
#ifndef HANDLERS_DYNAMODB_DYNAMODB_ERRORS_H
#define HANDLERS_DYNAMODB_DYNAMODB_ERRORS_H

#include "emulator/http/service.h"

#define MODELLED "com.amazonaws.dynamodb.v20120810#"
#define CORAL_SERVICE "com.amazon.coral.service#"
#define CORAL_VALIDATE "com.amazon.coral.validate#"

#define DYNAMODB_ERRORS(X)                                                                      \
    X(conditional_check_failed, "ConditionalCheckFailedException", 400, MODELLED, false)        \
    X(duplicate_item, "DuplicateItemException", 400, MODELLED, false)                           \
    X(idempotent_mismatch, "IdempotentParameterMismatchException", 400, MODELLED, true)         \
    X(transaction_canceled, "TransactionCanceledException", 400, MODELLED, true)                \
    X(limit_exceeded, "LimitExceededException", 400, MODELLED, false)                           \
    X(resource_in_use, "ResourceInUseException", 400, MODELLED, false)                          \
    X(resource_not_found, "ResourceNotFoundException", 400, MODELLED, false)                    \
    X(table_not_found, "TableNotFoundException", 400, MODELLED, false)                          \
    X(internal, "InternalServerError", 500, MODELLED, false)                                    \
    X(unavailable, "InternalServerError", 500, MODELLED, false)                                 \
    X(validation, "ValidationException", 400, CORAL_VALIDATE, false)                            \
    X(access_denied, "AccessDeniedException", 400, CORAL_SERVICE, true)                         \
    X(serialization, "SerializationException", 400, CORAL_SERVICE, true)                        \
    X(unknown_operation, "UnknownOperationException", 400, CORAL_SERVICE, false)                \
    X(missing_authentication, "MissingAuthenticationTokenException", 400, CORAL_SERVICE, false) \
    X(incomplete_signature, "IncompleteSignatureException", 400, CORAL_SERVICE, false)          \
    X(invalid_key, "UnrecognizedClientException", 400, CORAL_SERVICE, false)                    \
    X(expired_key, "ExpiredTokenException", 400, CORAL_SERVICE, false)                          \
    X(too_large, "RequestEntityTooLargeException", 413, CORAL_SERVICE, false)                   \
    X(headers_too_large, "RequestHeaderTooLargeException", 400, CORAL_SERVICE, false)

#define X(name, code, status, prefix, capital) extern const struct api_error dynamodb_error_##name;
DYNAMODB_ERRORS(X)
#undef X

#endif
