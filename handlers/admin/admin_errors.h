/*
 * admin_errors.h -- every error of the admin API: its code and HTTP status.
 */
#ifndef HANDLERS_ADMIN_ADMIN_ERRORS_H
#define HANDLERS_ADMIN_ADMIN_ERRORS_H

#include "emulator/http/service.h"

#define ADMIN_ERRORS(X)                                    \
    X(invalid_request, "InvalidRequest", 400)              \
    X(not_found, "NotFound", 404)                          \
    X(method_not_allowed, "MethodNotAllowed", 405)         \
    X(conflict, "Conflict", 409)                           \
    X(too_large, "RequestTooLarge", 413)                   \
    X(unsupported_media_type, "UnsupportedMediaType", 415) \
    X(internal, "InternalError", 500)                      \
    X(unavailable, "Unavailable", 503)

#define X(name, code, status) extern const struct api_error admin_error_##name;
ADMIN_ERRORS(X)
#undef X

#endif
