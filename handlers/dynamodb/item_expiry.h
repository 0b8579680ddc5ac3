/*
 * item_expiry.h -- when an item expires: its table's time-to-live attribute, a number of seconds
 * since the epoch. What is no number, and what lies more than five years back, never does.
 */
#ifndef HANDLERS_DYNAMODB_ITEM_EXPIRY_H
#define HANDLERS_DYNAMODB_ITEM_EXPIRY_H

#include <stdint.h>

#include "emulator/base/slice.h"

/* In seconds; 0: never. */
int64_t item_expiry_of(struct slice document, struct slice attribute, int64_t now_ms);

#endif
