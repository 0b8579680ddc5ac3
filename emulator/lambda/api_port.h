/*
 * api_port.h -- how a function calls AWS from inside the process: the way out for a C
 * transform's put_item. The composition root plugs it into the gateway, so the call passes
 * the same checks, the same handler and the same commit as one that came over HTTP.
 */
#ifndef EMULATOR_LAMBDA_API_PORT_H
#define EMULATOR_LAMBDA_API_PORT_H

#include "emulator/base/slice.h"

struct principal;

struct api_port_call {
    const struct principal *principal; /* the function's role; borrowed until `done` */
    const char *service;               /* "dynamodb" */
    const char *operation;             /* "PutItem" */
    struct slice input;                /* JSON, borrowed until `done` */
    void (*done)(struct api_port_call *call);

    /* filled in for `done` and valid during it only */
    int http_status;
    struct slice output; /* JSON: the answer or the error */
    void *port_part;
};

/* Loop thread only. `done` runs later, after the call's COMMIT, exactly once. */
struct api_port {
    void *ctx;
    void (*call)(void *ctx, struct api_port_call *call);
};

#endif
