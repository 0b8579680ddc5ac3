/*
 * runtime.h -- the Lambda Runtime API over HTTP, for one function process: what it says and asks
 * goes to emulator/lambda/runtime_api.h, which knows whether it may.
 *
 * Whoever serves it (emulator/runtime_server.h) gives every call its process's struct runtime_api
 * as service_data.
 */
#ifndef HANDLERS_RUNTIME_RUNTIME_H
#define HANDLERS_RUNTIME_RUNTIME_H

#include "emulator/http/service.h"

extern const struct service runtime_service;

#endif
