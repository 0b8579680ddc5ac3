#include "emulator/loop/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "emulator/base/ids.h"

/* splitmix64 spreads a seed, also a small one, over the state (Vigna, public domain). */
static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

/* xoshiro256** (Blackman and Vigna, public domain). */
static uint64_t next_seeded(uint64_t s[4])
{
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

void random_init(struct random *r)
{
    memset(r, 0, sizeof(*r));
}

void random_init_seeded(struct random *r, uint64_t seed)
{
    random_init(r);
    r->is_seeded = true;
    for (int i = 0; i < 4; i++)
        r->state[i] = splitmix64(&seed);
}

/* Little end first on every machine: the same seed gives the same bytes everywhere. */
static void seeded_bytes(struct random *r, uint8_t *bytes, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            word = next_seeded(r->state);
        bytes[i] = (uint8_t)(word >> (i % 8 * 8));
    }
}

/*
 * Up to 256 bytes come whole or not at all. Without them keys and ids would be guessable, and
 * no kernel Hydrant runs on lacks the call: there is no going on.
 */
static void system_bytes(void *bytes, size_t len)
{
    ssize_t got = 0;
    do {
        got = getrandom(bytes, len, 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)len)
        abort();
}

/* One system call serves many small draws. A byte leaves the pool when it is given out. */
static void pooled_bytes(struct random *r, uint8_t *bytes, size_t len)
{
    while (len > 0) {
        if (r->pool_left == 0) {
            system_bytes(r->pool, sizeof(r->pool));
            r->pool_left = sizeof(r->pool);
        }
        size_t part = len < r->pool_left ? len : r->pool_left;
        uint8_t *from = r->pool + r->pool_left - part;
        memcpy(bytes, from, part);
        memset(from, 0, part);
        r->pool_left -= part;
        bytes += part;
        len -= part;
    }
}

void random_bytes(struct random *r, void *bytes, size_t len)
{
    if (r->is_seeded)
        seeded_bytes(r, bytes, len);
    else
        pooled_bytes(r, bytes, len);
}

static uint64_t next(struct random *r)
{
    if (r->is_seeded)
        return next_seeded(r->state);
    uint64_t word = 0;
    pooled_bytes(r, (uint8_t *)&word, sizeof(word));
    return word;
}

/* The lowest 2^64 mod below values are drawn again: what is left divides evenly. */
uint64_t random_below(struct random *r, uint64_t below)
{
    assert(below >= 1);
    uint64_t uneven = (UINT64_MAX - below + 1) % below;
    uint64_t word = 0;
    do {
        word = next(r);
    } while (word < uneven);
    return word % below;
}

void random_uuid(struct random *r, char *text)
{
    uint8_t bytes[16];
    random_bytes(r, bytes, sizeof(bytes));
    ids_uuid(bytes, text);
}

void random_text(struct random *r, size_t len, const char *alphabet, char *text)
{
    uint8_t bytes[256];
    assert(len <= sizeof(bytes));
    random_bytes(r, bytes, len);
    ids_from_alphabet(bytes, len, alphabet, text);
}
