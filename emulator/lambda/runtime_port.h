/*
 * runtime_port.h -- how the engine gets an address for a process's Runtime API, and learns where
 * the AWS APIs are: the composition root plugs it into HTTP servers. One address per process,
 * since nothing else in a request says which process sent it.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_RUNTIME_PORT_H
#define EMULATOR_LAMBDA_RUNTIME_PORT_H

#include <stdint.h>

#include "emulator/base/status.h"

struct runtime_api;
struct runtime_endpoint;

struct runtime_port {
    void *ctx;

    /* Serve `api` (borrowed until close) on 127.0.0.1:*ret_port. */
    enum status (*open)(void *ctx, struct runtime_api *api, struct runtime_endpoint **ret_endpoint,
                        uint16_t *ret_port);

    /* After runtime_api_close(). NULL is a no-op. */
    void (*close)(void *ctx, struct runtime_endpoint *endpoint);

    /* "http://127.0.0.1:4566", where the AWS APIs are; "" before the server has started. */
    const char *(*aws_url)(void *ctx);
};

#endif
