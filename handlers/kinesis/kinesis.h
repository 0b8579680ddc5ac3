/*
 * kinesis.h -- the Kinesis Data Streams API as a service.
 */
#ifndef HANDLERS_KINESIS_KINESIS_H
#define HANDLERS_KINESIS_KINESIS_H

#include "emulator/http/service.h"

extern const struct service kinesis_service;

#endif
