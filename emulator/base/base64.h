/*
 * base64.h -- the standard alphabet with padding (RFC 4648), done by OpenSSL.
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

/* Decode to the end of `out`, whose sticky error covers memory. */
NODISCARD enum status base64_decode_to(struct slice encoded, struct text *out);

/* How many bytes base64_decode() will give, from the length and padding alone. */
size_t base64_decoded_size(struct slice encoded);

#endif
