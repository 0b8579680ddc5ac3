#include "handlers/dynamodb/transaction_digest.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"

#define TEXT_MAX_BYTES ((size_t)128 * 1024 * 1024)

/* More than any value of a valid request nests; below it members count in their order. */
enum { MAX_DEPTH = 100 };

struct digest {
    struct arena *arena;
    struct json_writer w;
};

static enum status write_value(struct digest *d, const struct json *json, int depth);

static int compare_names(const void *a, const void *b)
{
    const struct json *const *x = a;
    const struct json *const *y = b;
    return slice_compare(json_name(*x), json_name(*y));
}

static enum status write_object(struct digest *d, const struct json *object, int depth)
{
    size_t count = json_count(object);
    const struct json **members = arena_alloc(d->arena, (count + 1) * sizeof(*members));
    if (members == NULL)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (const struct json *m = json_first(object); m != NULL && n < count; m = json_next(m))
        members[n++] = m;
    qsort(members, n, sizeof(*members), compare_names);
    enum status status = STATUS_OK;
    json_begin_object(&d->w);
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        json_key_slice(&d->w, json_name(members[i]));
        status = write_value(d, members[i], depth + 1);
    }
    json_end_object(&d->w);
    return status;
}

static enum status write_array(struct digest *d, const struct json *array, int depth)
{
    enum status status = STATUS_OK;
    json_begin_array(&d->w);
    for (const struct json *e = json_first(array); e != NULL && status == STATUS_OK;
         e = json_next(e))
        status = write_value(d, e, depth + 1);
    json_end_array(&d->w);
    return status;
}

static enum status write_value(struct digest *d, const struct json *json, int depth)
{
    if (depth < MAX_DEPTH && json_kind(json) == JSON_OBJECT)
        return write_object(d, json, depth);
    if (depth < MAX_DEPTH && json_kind(json) == JSON_ARRAY)
        return write_array(d, json, depth);
    json_write_value(&d->w, json);
    return STATUS_OK;
}

enum status transaction_digest(const struct json *json, struct arena *arena,
                               struct slice *ret_digest)
{
    struct text text;
    uint8_t *bytes = arena_alloc(arena, SHA256_BYTES);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    text_init_in(&text, arena, TEXT_MAX_BYTES);
    struct digest d = {arena, json_writer_make(&text)};
    enum status status = write_value(&d, json, 0);
    if (status == STATUS_OK)
        status = text.status;
    if (status != STATUS_OK)
        return status;
    hash_sha256(text_slice(&text), bytes);
    *ret_digest = slice_make(bytes, SHA256_BYTES);
    return STATUS_OK;
}
