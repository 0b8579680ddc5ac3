/*
 * runtime_errors.h -- every error of the Runtime API: its errorType and HTTP status.
 */
#ifndef HANDLERS_RUNTIME_RUNTIME_ERRORS_H
#define HANDLERS_RUNTIME_RUNTIME_ERRORS_H

#include "emulator/http/service.h"

#define RUNTIME_ERRORS(X)                           \
    X(invalid_request, "InvalidRequest", 400)       \
    X(invalid_request_id, "InvalidRequestID", 400)  \
    X(invalid_state, "InvalidStateTransition", 403) \
    X(not_found, "NotFound", 404)                   \
    X(too_large, "RequestEntityTooLarge", 413)      \
    X(internal, "InternalServerError", 500)         \
    X(unavailable, "ServiceUnavailable", 503)

#define X(name, code, status) extern const struct api_error runtime_error_##name;
RUNTIME_ERRORS(X)
#undef X

#endif
