#include "emulator/delivery/query_wire.h"

#include <assert.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/isolation/wire.h"

enum status query_wire_take(struct slice *rest, size_t most, struct slice *ret_message)
{
    int64_t len = 0;
    if (rest->len < sizeof(len))
        return STATUS_END;
    memcpy(&len, rest->ptr, sizeof(len));
    if (len < 0 || (uint64_t)len > most)
        return STATUS_INVALID;
    if (rest->len - sizeof(len) < (size_t)len)
        return STATUS_END;
    *ret_message = slice_make(rest->ptr + sizeof(len), (size_t)len);
    *rest = slice_from(*rest, sizeof(len) + (size_t)len);
    return STATUS_OK;
}

/* ---- the process's ---- */

/* The writer begins behind the head. */
static struct wire_writer begin(char *to, size_t most)
{
    return (struct wire_writer){.ptr = to + QUERY_MESSAGE_HEAD_BYTES, .room = most};
}

static size_t end(char *to, const struct wire_writer *w)
{
    int64_t len = (int64_t)w->len;
    assert(!w->is_bad); /* whoever calls keeps to the limits */
    memcpy(to, &len, sizeof(len));
    return QUERY_MESSAGE_HEAD_BYTES + w->len;
}

size_t query_wire_write_verdict(char *to, enum status status, struct slice problem)
{
    struct wire_writer w = begin(to, QUERY_VERDICT_MAX_BYTES);
    wire_put_number(&w, (int64_t)status);
    wire_put_bytes(&w, slice_first(problem, QUERY_VERDICT_MAX_BYTES / 2));
    return end(to, &w);
}

size_t query_wire_write_answer(char *to, const struct metadata_answer *answer)
{
    struct wire_writer w = begin(to, QUERY_ANSWER_MAX_BYTES);
    wire_put_number(&w, (int64_t)answer->trouble);
    wire_put_number(&w, (int64_t)answer->count);
    for (size_t i = 0; i < answer->count; i++) {
        wire_put_bytes(&w, answer->keys[i].name);
        wire_put_bytes(&w, answer->keys[i].value);
    }
    return end(to, &w);
}

/* ---- the daemon's ---- */

enum status query_wire_read_verdict(struct slice message, enum status *ret_status,
                                    struct slice *ret_problem)
{
    struct wire_reader r = {.rest = message};
    size_t status = wire_get_count(&r, STATUS_END);
    struct slice problem = wire_get_bytes(&r);
    if (r.is_bad || r.rest.len > 0)
        return STATUS_INVALID;
    *ret_status = (enum status)status;
    *ret_problem = problem;
    return STATUS_OK;
}

static bool is_good(const struct partition_key *key)
{
    return key->name.len <= METADATA_MAX_NAME_BYTES && key->value.len > 0 &&
           key->value.len <= METADATA_MAX_VALUE_BYTES &&
           slice_find(key->value, '\0') == key->value.len;
}

static enum status read_keys(struct wire_reader *r, size_t count, struct arena *arena,
                             const struct partition_key **ret_keys)
{
    struct partition_key *keys = NULL;
    struct slice copy;
    enum status status = arena_copy(arena, r->rest, &copy);
    if (status == STATUS_OK)
        keys = arena_alloc(arena, count * sizeof(*keys));
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    r->rest = copy;
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct partition_key){.name = wire_get_bytes(r)};
        keys[i].value = wire_get_bytes(r);
        r->is_bad |= !is_good(&keys[i]);
    }
    *ret_keys = keys;
    return STATUS_OK;
}

enum status query_wire_read_answer(struct slice message, struct arena *arena,
                                   struct metadata_answer *ret_answer)
{
    struct wire_reader r = {.rest = message};
    struct metadata_answer answer = {.keys = NULL};
    answer.trouble = (enum metadata_trouble)wire_get_count(&r, METADATA_TROUBLE_COUNT - 1);
    answer.count = wire_get_count(&r, PARTITION_KEYS_MAX);
    enum status status = STATUS_OK;
    if (answer.count > 0)
        status = read_keys(&r, answer.count, arena, &answer.keys);
    if (status != STATUS_OK)
        return status;
    if (r.is_bad || r.rest.len > 0 || (answer.trouble != METADATA_NONE && answer.count > 0))
        return STATUS_INVALID;
    *ret_answer = answer;
    return STATUS_OK;
}
