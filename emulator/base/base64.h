/*
 * base64.h -- the standard alphabet with padding (RFC 4648). OpenSSL encodes; decoding is our
 * own, because it must be strict.
 */
#ifndef EMULATOR_BASE_BASE64_H
#define EMULATOR_BASE_BASE64_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct text;

void base64_append(struct text *out, struct slice bytes);

/* Decode into the arena. STATUS_INVALID unless it is whole, canonical base64. */
NODISCARD enum status base64_decode(struct slice encoded, struct arena *arena,
                                    struct slice *ret_bytes);

/* Decode to the end of `out`. STATUS_INVALID leaves it alone; its own errors stick. */
NODISCARD enum status base64_decode_to(struct slice encoded, struct text *out);

/* How many bytes a valid text decodes to, from its length and padding alone. */
size_t base64_decoded_size(struct slice encoded);

#endif
