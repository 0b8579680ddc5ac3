/*
 * status.h -- the one result type of every function that can fail inside Hydrant.
 *
 * A status says what went wrong here, never what AWS calls it: an AWS error is data
 * (see emulator/http/service.h) and is made from a status at one edge, the handler.
 * STATUS_OK is 0, so `if (status)` reads as "if it failed".
 */
#ifndef EMULATOR_BASE_STATUS_H
#define EMULATOR_BASE_STATUS_H

#define NODISCARD __attribute__((warn_unused_result))

#define STATUS_LIST(X)                              \
    X(OK, "ok")                                     \
    X(NO_MEMORY, "out of memory")                   \
    X(NOT_FOUND, "not found")                       \
    X(EXISTS, "already exists")                     \
    X(INVALID, "invalid input")                     \
    X(TOO_LARGE, "larger than its maximum")         \
    X(CONFLICT, "conflicts with the present state") \
    X(UNSUPPORTED, "not supported")                 \
    X(BUSY, "busy")                                 \
    X(TIMED_OUT, "timed out")                       \
    X(CANCELLED, "cancelled")                       \
    X(DISK_FULL, "no space left on device")         \
    X(DENIED, "permission denied or read-only")     \
    X(IO_ERROR, "input/output error")               \
    X(CORRUPT, "stored data is damaged")            \
    X(END, "no more")

enum status {

#define X(name, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
};

/* A short English text, never NULL. */
const char *status_text(enum status status);

/* The status that fits an errno value. */
enum status status_from_errno(int error);

#endif
