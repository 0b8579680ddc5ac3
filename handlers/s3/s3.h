/*
 * s3.h -- the S3 API. README.md in this folder says which file does what.
 */
#ifndef HANDLERS_S3_S3_H
#define HANDLERS_S3_S3_H

#include "emulator/http/service.h"

extern const struct service s3_service;

#endif
