/*
 * gzip.h -- writing one gzip member in one go. Reading is in gunzip.h.
 */
#ifndef EMULATOR_BASE_GZIP_H
#define EMULATOR_BASE_GZIP_H

#include "emulator/base/slice.h"

struct text;

/* Append `plain`, packed quickly rather than tightly. The text's own errors stick. */
NODISCARD enum status gzip_append(struct slice plain, struct text *out);

#endif
