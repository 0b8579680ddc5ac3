/*
 * cbor.h -- CBOR (RFC 8949) as AWS's RPC v2 protocol uses it: in, turned into JSON; out, written
 * piece by piece into a text (sticky errors).
 *
 * In: maps with text keys, arrays, text, byte strings (base64 in JSON), integers, floats, the
 * simple values, all of definite and indefinite length, and tag 1, an epoch time, which stands as
 * its number. NaN and infinities become strings, as in AWS's JSON. Anything else, nesting beyond
 * CBOR_DEPTH_MAX and bytes behind the value are STATUS_INVALID. No input takes more time than its
 * length.
 */
#ifndef EMULATOR_BASE_CBOR_H
#define EMULATOR_BASE_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

#define CBOR_DEPTH_MAX 64

struct text;

/* Append the one value `document` holds, as JSON. `json` is useless after a failure. */
NODISCARD enum status cbor_to_json(struct slice document, struct text *json);

/* A map or array: `count` pairs or elements follow. */
void cbor_put_map(struct text *out, size_t count);
void cbor_put_array(struct text *out, size_t count);
void cbor_put_text(struct text *out, struct slice value);
void cbor_put_integer(struct text *out, int64_t value);
void cbor_put_double(struct text *out, double value);
void cbor_put_time(struct text *out, double epoch_s); /* tag 1 */
void cbor_put_bool(struct text *out, bool value);
void cbor_put_null(struct text *out);

#endif
