#include "handlers/kinesis/hash_range.h"

#include <assert.h>

#include "emulator/base/hash.h"

#define KEY_MAX (~(hash_key)0)

hash_key hash_key_of(struct slice partition_key)
{
    uint8_t digest[MD5_BYTES];
    hash_md5(partition_key, digest);
    hash_key key = 0;
    for (unsigned i = 0; i < MD5_BYTES; i++)
        key = key << 8 | digest[i];
    return key;
}

enum status hash_key_read(struct slice text, hash_key *ret_key)
{
    hash_key key = 0;
    if (text.len == 0)
        return STATUS_INVALID;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return STATUS_INVALID;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (key > (KEY_MAX - digit) / 10)
            return STATUS_TOO_LARGE;
        key = key * 10 + digit;
    }
    *ret_key = key;
    return STATUS_OK;
}

void hash_key_write(hash_key key, char *text)
{
    char reversed[HASH_KEY_TEXT_BYTES];
    size_t len = 0;
    do {
        reversed[len++] = (char)('0' + (int)(key % 10));
        key /= 10;
    } while (key > 0);
    for (size_t i = 0; i < len; i++)
        text[i] = reversed[len - 1 - i];
    text[len] = '\0';
}

/* floor(2^128 / shards); one shard has it all. */
static hash_key width(int64_t shards)
{
    assert(shards > 1);
    hash_key count = (hash_key)shards;
    return KEY_MAX / count + (KEY_MAX % count == count - 1 ? 1 : 0);
}

int64_t hash_range_shard(hash_key key, int64_t shards)
{
    if (shards == 1)
        return 0;
    hash_key shard = key / width(shards);
    return shard < (hash_key)shards ? (int64_t)shard : shards - 1;
}

hash_key hash_range_first(int64_t shard, int64_t shards)
{
    if (shards == 1)
        return 0;
    hash_key number = (hash_key)shard;
    return number * width(shards);
}

hash_key hash_range_last(int64_t shard, int64_t shards)
{
    return shard == shards - 1 ? KEY_MAX : hash_range_first(shard + 1, shards) - 1;
}
