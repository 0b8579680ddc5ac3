/*
 * random.h -- a sandbox's randomness. Unseeded it comes from the operating system; with a seed
 * the same calls give the same bytes. Loop thread only.
 */
#ifndef EMULATOR_LOOP_RANDOM_H
#define EMULATOR_LOOP_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    bool is_seeded;
    uint64_t state[4];
    uint8_t pool[256]; /* from the system, used from the end */
    size_t pool_left;
};

void random_init(struct random *r);
void random_init_seeded(struct random *r, uint64_t seed);

void random_bytes(struct random *r, void *bytes, size_t len);

/* Evenly in [0, below); `below` is at least 1. */
uint64_t random_below(struct random *r, uint64_t below);

/* A UUID (version 4, lower case) into a buffer of UUID_CHARS + 1 (emulator/base/ids.h). */
void random_uuid(struct random *r, char *text);

/* `len` characters of `alphabet` into a buffer of len + 1; len at most 256. */
void random_text(struct random *r, size_t len, const char *alphabet, char *text);

#endif
