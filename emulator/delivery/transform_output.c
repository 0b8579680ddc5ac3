#include "emulator/delivery/transform_output.h"

#include <stdlib.h>

#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/delivery/transform_batch.h"
#include "emulator/delivery/transform_error.h"

#define RESULT_MAX_BYTES ((size_t)512 * 1024 * 1024)

/* Chunks are made one behind the other in the same place. */
struct storing {
    struct delivery_batch *batch;
    struct delivery_stream *stream;
    struct transform_errors *errors;
    struct record_chunk_entry *entries; /* room for every item and accepted record */
    uint32_t capacity;
    struct text text;
    struct text line;
    struct record_chunk_builder builder;
    int64_t now_ms;
};

static void begin_chunk(struct storing *s)
{
    text_clear(&s->text);
    record_chunk_begin(&s->builder, &s->text, s->entries, s->capacity);
}

static enum status finish_chunk(struct storing *s, struct record_chunk *ret_chunk)
{
    enum status status = record_chunk_finish(&s->builder, ret_chunk);
    return s->line.status != STATUS_OK ? s->line.status : status;
}

static enum status append_chunk(struct storing *s, enum delivery_stage stage)
{
    struct record_chunk chunk;
    enum status status = finish_chunk(s, &chunk);
    if (status != STATUS_OK || chunk.records == 0)
        return status;
    return delivery_stream_append(&s->stream->buffers[stage], &chunk, s->now_ms);
}

/* ---- failures ---- */

static void count_error(struct transform_errors *errors, const struct transform_error *error,
                        struct slice data)
{
    size_t i = 0;
    while (i < errors->count && errors->kinds[i].error != error)
        i++;
    if (i == TRANSFORM_MAX_ERRORS)
        return;
    if (i == errors->count) {
        errors->count++;
        errors->kinds[i].error = error;
        errors->kinds[i].records = 0;
        errors->kinds[i].bytes = 0;
    }
    errors->kinds[i].records++;
    errors->kinds[i].bytes += (int64_t)data.len;
}

static void add_failure(struct storing *s, const struct lambda_record *record,
                        const struct transform_outcome *outcome)
{
    struct transform_failure failure = {
        .error = outcome->error,
        .why = outcome->why,
        .attempts = outcome->attempts,
        .arrival_ms = record->arrival_ms,
        .ended_ms = s->now_ms,
        .lambda_arn = s->batch->invocation.function,
        .data = record->data,
    };
    text_clear(&s->line);
    transform_error_append_line(&s->line, &failure);
    record_chunk_add(&s->builder, text_slice(&s->line), record->arrival_ms);
    count_error(s->errors, outcome->error, record->data);
}

/* Records that could not be taken apart. */
static void add_unprepared(struct storing *s, const struct transform_error *only, bool is_only)
{
    const struct transform_items *items = &s->batch->items;
    for (size_t i = 0; items->failures != NULL && i < items->accepted_count; i++) {
        struct transform_outcome outcome = {.error = items->failures[i], .attempts = 1};
        if (outcome.error != NULL && (outcome.error == only) == is_only)
            add_failure(s, &items->accepted[i], &outcome);
    }
}

/*
 * A failed item goes out as it came in. What came compressed goes out compressed, so the whole
 * record, and once.
 */
static void add_failed_items(struct storing *s)
{
    const struct transform_items *items = &s->batch->items;
    uint32_t last_source = UINT32_MAX;
    for (size_t i = 0; i < items->count; i++) {
        const struct lambda_record *record = &items->records[i];
        if (items->outcomes[i].error == NULL)
            continue;
        if (s->batch->steps.decompresses && items->sources != NULL) {
            if (items->sources[i] == last_source)
                continue;
            last_source = items->sources[i];
            record = &items->accepted[last_source];
        }
        add_failure(s, record, &items->outcomes[i]);
    }
}

static enum status store_failures(struct storing *s)
{
    const struct transform_error *unpacking = transform_error_of_unpacking();
    begin_chunk(s);
    add_unprepared(s, unpacking, true);
    enum status status = append_chunk(s, STAGE_UNPACK_ERROR);
    if (status != STATUS_OK)
        return status;
    begin_chunk(s);
    add_unprepared(s, unpacking, false);
    add_failed_items(s);
    return append_chunk(s, STAGE_ERROR);
}

/* ---- what is delivered ---- */

static bool is_delivered(const struct transform_outcome *outcome)
{
    return outcome->error == NULL && !outcome->is_dropped;
}

static enum status store_delivered(struct storing *s)
{
    const struct transform_items *items = &s->batch->items;
    begin_chunk(s);
    for (size_t i = 0; i < items->count; i++) {
        if (is_delivered(&items->outcomes[i]))
            record_chunk_add(&s->builder, items->outcomes[i].data, items->records[i].arrival_ms);
    }
    return append_chunk(s, STAGE_DELIVER);
}

/* ---- partitions ---- */

/* One item that is to be delivered, for sorting by partition and then by place. */
struct member {
    const struct transform_items *items;
    size_t index;
};

static struct slice keys_of(const struct member *member)
{
    return member->items->outcomes[member->index].partition;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *left = a;
    const struct member *right = b;
    int order = slice_compare(keys_of(left), keys_of(right));
    if (order != 0)
        return order;
    return left->index < right->index ? -1 : 1;
}

static size_t collect_members(const struct transform_items *items, struct member *members)
{
    size_t count = 0;
    for (size_t i = 0; i < items->count; i++) {
        if (is_delivered(&items->outcomes[i]))
            members[count++] = (struct member){items, i};
    }
    if (count > 1)
        qsort(members, count, sizeof(*members), compare_members);
    return count;
}

static void refuse_group(struct storing *s, const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct transform_outcome *outcome = &s->batch->items.outcomes[members[i].index];
        outcome->error = transform_error_of_too_many_partitions();
        outcome->attempts = 1;
    }
}

/* Records with the same keys. */
static enum status store_group(struct storing *s, const struct member *members, size_t count)
{
    const struct transform_items *items = &s->batch->items;
    struct delivery_partition *partition = NULL;
    struct record_chunk chunk;
    enum status status =
        delivery_partition_get(s->stream, s->batch->steps.prefix, keys_of(members), &partition);
    if (status == STATUS_TOO_LARGE) {
        refuse_group(s, members, count);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    begin_chunk(s);
    for (size_t i = 0; i < count; i++)
        record_chunk_add(&s->builder, items->outcomes[members[i].index].data,
                         items->records[members[i].index].arrival_ms);
    status = finish_chunk(s, &chunk);
    return status == STATUS_OK ? delivery_partition_append(partition, &chunk, s->now_ms) : status;
}

static enum status store_groups(struct storing *s, const struct member *members, size_t count)
{
    enum status status = STATUS_OK;
    size_t first = 0;
    while (status == STATUS_OK && first < count) {
        size_t end = first + 1;
        while (end < count && slice_equal(keys_of(&members[end]), keys_of(&members[first])))
            end++;
        status = store_group(s, members + first, end - first);
        first = end;
    }
    return status;
}

static enum status store_partitions(struct storing *s)
{
    const struct transform_items *items = &s->batch->items;
    struct member *members = mem_alloc((items->count + 1) * sizeof(*members));
    if (members == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_groups(s, members, collect_members(items, members));
    mem_free(members);
    return status;
}

/* ---- all ---- */

enum status transform_output_store(struct delivery_batch *batch,
                                   struct transform_errors *ret_errors)
{
    struct storing s = {
        .batch = batch,
        .stream = batch->stream,
        .errors = ret_errors,
        .capacity = (uint32_t)(batch->items.count + batch->items.accepted_count),
        .now_ms = sim_clock_now_ms(batch->stream->engine->deps.clock),
    };
    ret_errors->count = 0;
    s.entries = mem_alloc(((size_t)s.capacity + 1) * sizeof(*s.entries));
    if (s.entries == NULL)
        return STATUS_NO_MEMORY;
    text_init(&s.text, RESULT_MAX_BYTES);
    text_init(&s.line, RESULT_MAX_BYTES);
    enum status status = batch->steps.is_partitioned ? store_partitions(&s) : store_delivered(&s);
    if (status == STATUS_OK)
        status = store_failures(&s); /* last: a partition too many is one, too */
    text_close(&s.text);
    text_close(&s.line);
    mem_free(s.entries);
    return status;
}
