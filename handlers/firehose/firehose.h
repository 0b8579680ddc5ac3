/*
 * firehose.h -- Amazon Data Firehose's API.
 */
#ifndef HANDLERS_FIREHOSE_FIREHOSE_H
#define HANDLERS_FIREHOSE_FIREHOSE_H

#include "emulator/http/service.h"

extern const struct service firehose_service;

#endif
