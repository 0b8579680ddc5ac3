/*
 * logs.h -- the CloudWatch Logs API as a service.
 */
#ifndef HANDLERS_LOGS_LOGS_H
#define HANDLERS_LOGS_LOGS_H

#include "emulator/http/service.h"

extern const struct service logs_service;

#endif
