/*
 * wire.h -- numbers and bytes, one behind the other, in memory of a fixed size.
 *
 * Sticky: what does not fit, or is not there, sets `is_bad`, and from then on nothing is written,
 * numbers are 0 and bytes are empty. Whoever is done looks once. Pure.
 */
#ifndef EMULATOR_ISOLATION_WIRE_H
#define EMULATOR_ISOLATION_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct wire_writer {
    char *ptr;
    size_t len; /* written up to now */
    size_t room;
    bool is_bad;
};

struct wire_reader {
    struct slice rest;
    bool is_bad;
};

void wire_put_number(struct wire_writer *w, int64_t number);
void wire_put_bytes(struct wire_writer *w, struct slice bytes);

/* Bytes whose number the reader will know. */
void wire_put_raw(struct wire_writer *w, struct slice bytes);

/* A text, or NULL, which comes back as such. */
void wire_put_text(struct wire_writer *w, const char *text);

int64_t wire_get_number(struct wire_reader *r);

/* One from 0 to `most`; anything else is bad. */
size_t wire_get_count(struct wire_reader *r, size_t most);
bool wire_get_flag(struct wire_reader *r);

/* Where they lie; never a NULL pointer unless it is bad. */
struct slice wire_get_bytes(struct wire_reader *r);

struct slice wire_get_raw(struct wire_reader *r, size_t len);

/* What wire_put_text() wrote; a NULL pointer for NULL. */
struct slice wire_get_text(struct wire_reader *r);

#endif
