/*
 * processor_settings.h -- ProcessingConfiguration as the engine works with it. For
 * delivery_settings.c.
 */
#ifndef EMULATOR_DELIVERY_PROCESSOR_SETTINGS_H
#define EMULATOR_DELIVERY_PROCESSOR_SETTINGS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct arena;
struct delivery_settings;
struct json;

/* What is switched off is as if it were not there. STATUS_NO_MEMORY. */
NODISCARD enum status processor_settings_read(const struct json *processing, struct arena *arena,
                                              struct delivery_settings *settings);

/* A parameter's value as a number: digits, perhaps a point. False when it is none. */
bool processor_settings_number(struct slice text, double *ret_number);

#endif
