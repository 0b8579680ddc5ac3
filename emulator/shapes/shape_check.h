/*
 * shape_check.h -- is this request of the shape its operation takes? Every modelled
 * constraint (required, type, length, range, pattern, enum) of every operation, checked by one
 * function over constant tables generated at build time from models/. Step 4 of a record's path
 * begins here: a handler only ever sees input that passed.
 *
 * What no model can state (two members that exclude each other, the inside of a DynamoDB
 * attribute value, sizes of whole requests) stays with the handler.
 *
 * Members no model names are ignored, as AWS does, but reported so that the caller can log them.
 * JSON null counts as absent. No input makes the check deeper than it is itself nested (1,000
 * levels, on the heap), a pattern slower than a fixed number of steps, or a message longer than
 * SHAPE_MESSAGE_MAX.
 *
 * The tables are constant; any thread may check, with a cache of its own.
 */
#ifndef EMULATOR_SHAPES_SHAPE_CHECK_H
#define EMULATOR_SHAPES_SHAPE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct json;
struct shape_cache;
struct shape_service; /* shape_table.h; only this layer looks inside */
struct text;

/* Enough for ten errors with their longest values, patterns and paths. */
#define SHAPE_MESSAGE_MAX ((size_t)256 * 1024)

/* One row of the tables: an operation, as its service's model has it. Constant, never freed. */
struct shape_operation {
    const char *name;   /* "PutRecord" */
    const char *method; /* "POST" */
    const char
        *uri; /* "/", or with labels: "/2015-03-31/functions/{FunctionName}", "/{Bucket}/{Key+}" */
    const struct shape_service *service;
    unsigned input;       /* index of the input structure, or SHAPE_NONE */
    const char *required; /* a member whose absence AWS reports before all else; NULL mostly */
};

/* How a service words its messages. One constant per service, in shape_dialect.c. */
struct shape_dialect;

extern const struct shape_dialect shape_dialect_firehose; /* values left out */
extern const struct shape_dialect shape_dialect_dynamodb; /* values echoed */
extern const struct shape_dialect shape_dialect_kinesis;  /* values left out */
extern const struct shape_dialect shape_dialect_lambda;
extern const struct shape_dialect shape_dialect_logs;

/* ---- finding an operation ------------------------------------------------------------- */

/* Services by their models' names: "firehose", "s3"... NULL when there is no such operation. */
const struct shape_operation *shape_find(struct slice service, struct slice operation);

/* Every operation of a service, sorted by name; NULL behind the last. */
const struct shape_operation *shape_operation_at(struct slice service, size_t index);

/* ---- checking a request ---------------------------------------------------------------- */

/* Where a REST operation's member stands. */
enum shape_location {
    SHAPE_BODY,    /* in the JSON body */
    SHAPE_PAYLOAD, /* is the body itself, as raw bytes; never looked at here */
    SHAPE_URI,
    SHAPE_QUERY,
    SHAPE_HEADER,
    SHAPE_HEADERS, /* every header with this prefix; never looked at here */
};

/*
 * A member outside the body by its name on the wire ("Qualifier", "X-Amz-Invocation-Type";
 * compare header names without case). For a list, `index` counts its values. False when absent.
 */
typedef bool shape_param_fn(void *owner, enum shape_location where, struct slice name, size_t index,
                            struct slice *ret_value);

struct shape_input {
    const struct json *body; /* NULL when there is none, or it is a payload */
    shape_param_fn *param;   /* NULL for AWS JSON protocols: all is in the body */
    void *param_owner;
    struct shape_cache *cache; /* NULL compiles each pattern anew, slowly */
    struct text *unknown;      /* NULL, or gets the paths of ignored members, ", " between them */
};

enum shape_verdict {
    SHAPE_OK,
    SHAPE_SERIALIZATION, /* SerializationException: a wrong JSON type; the message may be empty */
    SHAPE_VALIDATION,    /* ValidationException */
    SHAPE_NO_MEMORY,
};

/*
 * Check one request. `message` (initialised by the caller, empty) gets AWS's wording when the
 * verdict is SHAPE_SERIALIZATION or SHAPE_VALIDATION and is left empty for the others. Up to ten
 * constraint failures are collected, in the model's member order.
 */
NODISCARD enum shape_verdict shape_check(const struct shape_operation *operation,
                                         const struct shape_input *input,
                                         const struct shape_dialect *dialect, struct text *message);

/* The usual dialect of an operation's service. */
const struct shape_dialect *shape_dialect_of(const struct shape_operation *operation);

/*
 * Compiled patterns, each filled in at its first use. One thread only. NULL when out of memory;
 * destroying NULL is a no-op.
 */
struct shape_cache *shape_cache_create(void);
void shape_cache_destroy(struct shape_cache *cache);

#endif
