/*
 * decimal.h -- DynamoDB's numbers: 38 significant digits, magnitudes from 1E-130 to under 1E+126.
 *
 * Three forms: text as sent ("1.50e2"), `struct decimal`, and the code that is stored and
 * compared: at most DECIMAL_CODE_BYTES bytes whose order as bytes is the numbers' order, and
 * which is the same for equal numbers.
 *
 *     zero      80
 *     positive  C0, exponent + 130, digit pairs + 1
 *     negative  40, 255 - (exponent + 130), 101 - (digit pairs + 1), 66
 */
#ifndef HANDLERS_DYNAMODB_DECIMAL_H
#define HANDLERS_DYNAMODB_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct text;

#define DECIMAL_MAX_DIGITS 38
#define DECIMAL_MIN_EXPONENT (-130)
#define DECIMAL_MAX_EXPONENT 125
#define DECIMAL_CODE_BYTES 22

/* digits[0].digits[1]... times ten to the `exponent`; no zeros at either end. */
struct decimal {
    bool is_negative;
    int exponent;
    size_t count; /* 0 for zero */
    uint8_t digits[DECIMAL_MAX_DIGITS];
};

enum decimal_problem {
    DECIMAL_FINE,
    DECIMAL_NOT_A_NUMBER,
    DECIMAL_TOO_PRECISE,
    DECIMAL_OVERFLOW,
    DECIMAL_UNDERFLOW,
};

/* AWS's message; the raw text is not part of it. Empty for DECIMAL_FINE. */
const char *decimal_problem_text(enum decimal_problem problem);

NODISCARD enum decimal_problem decimal_parse(struct slice text, struct decimal *ret_decimal);

/* The code into a buffer of DECIMAL_CODE_BYTES; returns its length. */
size_t decimal_encode(const struct decimal *decimal, uint8_t *code);

/* `code` must come from decimal_encode(). */
struct decimal decimal_decode(struct slice code);

/* Plain, without an exponent: at most 132 characters and a sign. */
void decimal_append(struct text *out, struct slice code);

NODISCARD enum decimal_problem decimal_add(const struct decimal *a, const struct decimal *b,
                                           struct decimal *ret_sum);
struct decimal decimal_negate(struct decimal decimal);

/* The bytes AWS counts for it in an item's size. */
size_t decimal_size(struct slice code);

/* Its bytes in what a partition key's hash is made of: another code, at most 22 bytes. */
size_t decimal_hash_input(const struct decimal *decimal, uint8_t *bytes);

#endif
