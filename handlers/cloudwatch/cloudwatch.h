/*
 * cloudwatch.h -- the CloudWatch metrics API as a service. Its name in credential scopes is
 * "monitoring".
 */
#ifndef HANDLERS_CLOUDWATCH_CLOUDWATCH_H
#define HANDLERS_CLOUDWATCH_CLOUDWATCH_H

#include "emulator/http/service.h"

extern const struct service cloudwatch_service;

#endif
