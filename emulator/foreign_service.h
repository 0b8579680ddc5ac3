/*
 * foreign_service.h -- answers, in place of the service that is meant, those who are not to speak
 * to this machine (emulator/http/request_source.h): 403, with what to do about it.
 */
#ifndef EMULATOR_FOREIGN_SERVICE_H
#define EMULATOR_FOREIGN_SERVICE_H

#include "emulator/http/service.h"

extern const struct service foreign_host_service;
extern const struct service foreign_page_service;

#endif
