/*
 * runtime_server.h -- the servers functions' processes speak to: one address each, one
 * struct runtime_api behind it (emulator/lambda/runtime_port.h).
 */
#ifndef EMULATOR_RUNTIME_SERVER_H
#define EMULATOR_RUNTIME_SERVER_H

#include <stddef.h>

#include "emulator/lambda/runtime_port.h"

struct loop;
struct sandbox;

/* Embed it; `aws_url` may be set later, before the first function is started. */
struct runtime_server {
    struct sandbox *sandbox; /* borrowed */
    const char *aws_url;     /* borrowed */
    size_t endpoints;        /* open, or being closed: wait until there is none */
};

struct runtime_port runtime_server_port(struct runtime_server *server);

#endif
