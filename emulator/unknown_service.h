/*
 * unknown_service.h -- what answers a request that no service claims: an error that names what
 * was asked for, never a silent success. Older protocols want it in XML, which their requests show
 * by being forms.
 *
 * call->service_data is the service in the credential scope, a struct slice, or NULL.
 */
#ifndef EMULATOR_UNKNOWN_SERVICE_H
#define EMULATOR_UNKNOWN_SERVICE_H

struct service;

extern const struct service unknown_service;

#endif
