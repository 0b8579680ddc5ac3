/*
 * refusal.h -- why a request is refused: an AWS error and its message, as data.
 *
 * Codecs, parsers and evaluators take a refusal and return STATUS_INVALID after filling it in;
 * any other failing status is a fault of ours (out of memory, storage). The operation turns either
 * into the answer, at one place (operation.h). The first refusal counts.
 */
#ifndef HANDLERS_DYNAMODB_REFUSAL_H
#define HANDLERS_DYNAMODB_REFUSAL_H

#include "emulator/base/slice.h"

/* For lists and the like that become part of a message: they repeat what a request of at most
 * 16 MB holds. The message itself is cut, so that an answer stays short. */
#define REFUSAL_PART_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define REFUSAL_MESSAGE_MAX_BYTES ((size_t)64 * 1024)

struct api_error;
struct arena;

struct refusal {
    struct arena *arena;           /* borrowed; holds the message */
    const struct api_error *error; /* NULL until refused */
    struct slice message;
    struct slice item; /* a failed condition's item document, when it was asked for */
    bool has_item;
    bool is_empty_key; /* in a transaction it is the request's fault, not that of one entry */
};

struct refusal refusal_make(struct arena *arena);

/* A ValidationException. Returns STATUS_INVALID, or STATUS_NO_MEMORY. */
enum status refuse(struct refusal *refusal, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Any error. */
enum status refuse_as(struct refusal *refusal, const struct api_error *error, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

#endif
