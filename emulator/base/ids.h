/*
 * ids.h -- identifiers from random bytes the caller draws (emulator/loop/random.h), so that a
 * seeded sandbox gives the same ids. Every function NUL-terminates its text.
 */
#ifndef EMULATOR_BASE_IDS_H
#define EMULATOR_BASE_IDS_H

#include <stddef.h>
#include <stdint.h>

#define UUID_CHARS 36

/* A version 4 UUID in lower case from 16 random bytes. `text` takes UUID_CHARS + 1 bytes. */
void ids_uuid(const uint8_t random[16], char *text);

/* One character of `alphabet` (1 to 256 of them) per random byte. `text` takes len + 1 bytes. */
void ids_from_alphabet(const uint8_t *random, size_t len, const char *alphabet, char *text);

#endif
