/*
 * lambda.h -- the Lambda API (REST-JSON, 2015-03-31 and the dates of later additions).
 */
#ifndef HANDLERS_LAMBDA_LAMBDA_H
#define HANDLERS_LAMBDA_LAMBDA_H

#include "emulator/http/service.h"

extern const struct service lambda_service;

#endif
