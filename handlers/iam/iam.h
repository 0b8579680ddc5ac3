/*
 * iam.h -- the IAM API as a service. It is of the whole account: regions do not matter.
 */
#ifndef HANDLERS_IAM_IAM_H
#define HANDLERS_IAM_IAM_H

#include "emulator/http/service.h"

extern const struct service iam_service;

#endif
