/*
 * service.h -- what an API is to the server: a table of operations and four functions.
 *
 * Belongs to http and is implemented by handlers, so that the router knows no service by name.
 * One operation is one table row and one function.
 */
#ifndef EMULATOR_HTTP_SERVICE_H
#define EMULATOR_HTTP_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct call;
struct http_request;

/* An AWS error is data. Tables of these stand in the handlers' <service>_errors.h. */
struct api_error {
    const char *code;   /* as on the wire, without any prefix */
    int status;         /* HTTP */
    const char *prefix; /* JSON services: before the code in __type ("com.amazon...#"), or "" */
    bool capital;       /* JSON services: the member is "Message", not "message" */
};

/* The errors every service has, for what goes wrong before or outside its operations. */
struct common_errors {
    const struct api_error *internal;               /* 500 */
    const struct api_error *unavailable;            /* 503: too much in flight, disk full */
    const struct api_error *too_large;              /* the body's maximum */
    const struct api_error *headers_too_large;      /* the head's maximum */
    const struct api_error *unknown_operation;      /* named in the message */
    const struct api_error *malformed;              /* body is not what the protocol wants */
    const struct api_error *validation;             /* a modelled constraint */
    const struct api_error *missing_authentication; /* no Authorization */
    const struct api_error *incomplete_signature;   /* a broken one */

    /* Of keys that IAM and STS made; a service without these errors does not look at them. */
    const struct api_error *invalid_key; /* switched off, or without its session token */
    const struct api_error *expired_key;
    const char *invalid_key_text; /* NULL for the words most services have */
    const char *expired_key_text;
};

struct operation {
    const char *name;               /* AWS's, such as "PutRecord" */
    void (*run)(struct call *call); /* the handler */
};

struct service {
    const char *name;          /* as in a credential scope: "firehose" */
    const char *target_prefix; /* of X-Amz-Target before the dot, or NULL */
    const char *title;         /* in messages for people: "Firehose" */
    const struct operation *operations;
    size_t operation_count;
    size_t body_max_bytes; /* what call->body_max_bytes starts with */
    bool answers_pages;    /* it decides itself which pages may call (CORS) */
    bool allows_anonymous; /* a request without credentials is the service's own decision */
    const struct common_errors *errors;
    const void *protocol; /* the protocol layer's own data, such as an aws_json_profile */

    /* Is this request mine? Asked when neither scope nor target decides; NULL says no. */
    bool (*matches)(const struct http_request *request);

    /*
     * The head is there: fill in request_id, find call->operation, choose body_max_bytes or a sink,
     * or answer at once (the body is then not read).
     */
    void (*begin)(struct call *call);

    /* The body is there: check it and run the operation. */
    void (*handle)(struct call *call);

    /* Write the answer for `error` with this message (call_fail() calls it). */
    void (*write_error)(struct call *call, const struct api_error *error, struct slice message);
};

/* By name; NULL when the service has no such operation. */
const struct operation *service_operation(const struct service *service, struct slice name);

#endif
