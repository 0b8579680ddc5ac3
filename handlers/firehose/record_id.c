#include "handlers/firehose/record_id.h"

#include <string.h>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"
#include "emulator/loop/random.h"

enum { WORDS = RECORD_ID_CHARS / 4 * 3 / 8 };

struct record_id_source record_id_source_make(struct random *random)
{
    struct record_id_source source;
    random_bytes(random, &source, sizeof(source));
    return source;
}

/* splitmix64 (Vigna, public domain): every state gives another word. */
static uint64_t next_word(struct record_id_source *source)
{
    uint64_t z = (source->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31) ^ source->mask;
}

void record_id_append(struct record_id_source *source, struct text *out)
{
    uint64_t words[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        words[i] = next_word(source);
    base64_append(out, slice_make(words, sizeof(words)));
}
