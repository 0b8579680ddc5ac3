/*
 * sts.h -- the STS API as a service: who is calling, and credentials that end by themselves.
 */
#ifndef HANDLERS_STS_STS_H
#define HANDLERS_STS_STS_H

#include "emulator/http/service.h"

extern const struct service sts_service;

#endif
