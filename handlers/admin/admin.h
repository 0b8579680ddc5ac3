/*
 * admin.h -- Hydrant's own API, for tests and people: /_hydrant/... and LocalStack's paths.
 *
 *     GET  /_hydrant/health, /_localstack/health    is it up, which services
 *     GET  /_hydrant/clock                          the sandbox's time
 *     POST /_hydrant/clock/advance                  {"by":"2m"} or {"to":"2026-11-25T10:00:00Z"}
 *     POST /_hydrant/firehose/<stream>/flush        ?region=&account=
 *     GET  /_hydrant/firehose/<stream>              what it holds and what happened last; as above
 *     POST /_hydrant/firehose/<stream>/redrive      failed records are put again; as above
 *     POST /_hydrant/drain                          flush all streams
 *     POST /_hydrant/reset
 *
 * Plain JSON, no credentials: with some, their access key says which sandbox is meant and which
 * account and region are the default. Errors are {"error":{"code":...,"message":...}}.
 */
#ifndef HANDLERS_ADMIN_ADMIN_H
#define HANDLERS_ADMIN_ADMIN_H

#include "emulator/http/service.h"

extern const struct service admin_service;

#endif
