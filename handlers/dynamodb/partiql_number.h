/*
 * partiql_number.h -- what PartiQL makes of a number's exponent: it reads numbers as Java's
 * BigDecimal does, whose exponents are 32 bits wide.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_NUMBER_H
#define HANDLERS_DYNAMODB_PARTIQL_NUMBER_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct json;
struct refusal;

/* Do exponent and scale of this number fit? Text that is no number does. */
bool partiql_number_is_convertible(struct slice text);

/* The numbers in a parameter, at any depth an attribute may have. STATUS_INVALID: refused. */
NODISCARD enum status partiql_number_check(const struct json *value, struct refusal *refusal);

#endif
