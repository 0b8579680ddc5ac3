#include "emulator/delivery/transform_items.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/key_name.h"
#include "emulator/delivery/log_records.h"
#include "emulator/delivery/metadata_query.h"
#include "emulator/delivery/record_split.h"
#include "emulator/delivery/transform_error.h"

#define PARTITION_MAX_BYTES ((size_t)64 * 1024)

/* The last digits of a record id count the items of one record. */
enum { SUBSEQUENCE_DIGITS = 12 };

/* ---- prepare ---- */

struct preparing {
    struct transform_items *items;
    const struct delivery_steps *steps;
    struct arena *arena;
    uint32_t source;  /* the accepted record at hand */
    uint32_t number;  /* of its next item */
    size_t unpacked;  /* bytes, of all records */
    bool is_too_much; /* for one batch */
};

static enum status grow(struct preparing *p)
{
    struct transform_items *items = p->items;
    size_t capacity = items->capacity == 0 ? items->accepted_count + 1 : 2 * items->capacity;
    struct lambda_record *records = arena_alloc(p->arena, capacity * sizeof(*records));
    uint32_t *sources = arena_alloc(p->arena, capacity * sizeof(*sources));
    if (records == NULL || sources == NULL)
        return STATUS_NO_MEMORY;
    if (items->count > 0) {
        memcpy(records, items->records, items->count * sizeof(*records));
        memcpy(sources, items->sources, items->count * sizeof(*sources));
    }
    items->records = records;
    items->sources = sources;
    items->capacity = capacity;
    return STATUS_OK;
}

/* The record's id with the item's number at its end; the first item has the record's own. */
static enum status make_id(struct preparing *p, struct slice record_id, struct slice *ret_id)
{
    *ret_id = record_id;
    if (p->number == 0 || record_id.len < SUBSEQUENCE_DIGITS)
        return STATUS_OK;
    struct slice start = slice_first(record_id, record_id.len - SUBSEQUENCE_DIGITS);
    const char *id =
        arena_printf(p->arena, "%.*s%0*u", SLICE_ARG(start), (int)SUBSEQUENCE_DIGITS, p->number);
    *ret_id = slice_make(id, record_id.len);
    return id != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status add_item(struct preparing *p, struct slice data)
{
    struct transform_items *items = p->items;
    p->is_too_much |= items->count >= TRANSFORM_MAX_ITEMS;
    if (p->is_too_much)
        return STATUS_INVALID;
    enum status status = items->count == items->capacity ? grow(p) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct lambda_record *record = &items->records[items->count];
    *record = items->accepted[p->source];
    record->data = data;
    status = make_id(p, record->record_id, &record->record_id);
    items->sources[items->count++] = p->source;
    p->number++;
    return status;
}

static enum status split(struct preparing *p, struct slice data)
{
    if (!p->steps->splits)
        return add_item(p, data);
    struct record_split parts = {
        .rest = data,
        .is_json = p->steps->splits_json,
        .delimiter = p->steps->split_delimiter,
    };
    struct slice part;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && (status = record_split_next(&parts, &part)) == STATUS_OK)
        status = add_item(p, part);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status split_messages(struct preparing *p, struct slice document)
{
    struct log_messages found;
    size_t before = p->items->count;
    if (!p->steps->extracts_messages) {
        enum status split_status = split(p, document);
        bool is_empty = split_status == STATUS_OK && p->items->count == before;
        return is_empty ? STATUS_INVALID : split_status; /* nothing would be left of it */
    }
    enum status status = log_records_messages(document, p->arena, &found);
    for (size_t i = 0; status == STATUS_OK && i < found.count; i++)
        status = split(p, found.messages[i]);
    return status;
}

static enum status unpack(struct preparing *p, struct slice data, struct slice *ret_plain)
{
    *ret_plain = data;
    if (!p->steps->decompresses)
        return STATUS_OK;
    if (p->unpacked > TRANSFORM_MAX_UNPACKED_BYTES)
        return STATUS_INVALID;
    enum status status = log_records_decompress(data, p->arena, ret_plain);
    p->unpacked += status == STATUS_OK ? ret_plain->len : 0;
    return status;
}

/* A record that cannot be prepared fails as a whole: what it had given goes again. */
static enum status prepare_one(struct preparing *p)
{
    struct transform_items *items = p->items;
    const struct transform_error **failure = &items->failures[p->source];
    size_t count = items->count;
    struct slice plain;
    p->number = 0;
    enum status status = unpack(p, items->accepted[p->source].data, &plain);
    if (status == STATUS_INVALID) {
        *failure = transform_error_of_unpacking();
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = split_messages(p, plain);
    if (status != STATUS_INVALID)
        return status;
    *failure = transform_error_of_splitting();
    items->count = count;
    return STATUS_OK;
}

enum status transform_items_prepare(struct transform_items *items,
                                    const struct delivery_steps *steps, struct arena *arena)
{
    struct preparing p = {.items = items, .steps = steps, .arena = arena};
    size_t size = (items->accepted_count + 1) * sizeof(const struct transform_error *);
    items->failures = arena_zalloc(arena, size);
    enum status status = items->failures != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    for (; status == STATUS_OK && p.source < items->accepted_count; p.source++)
        status = prepare_one(&p);
    if (status != STATUS_OK)
        return status;
    items->outcomes = arena_zalloc(arena, (items->count + 1) * sizeof(*items->outcomes));
    return items->outcomes != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- partition ---- */

static void fail(struct transform_outcome *outcome, const char *why)
{
    outcome->error = transform_error_of_partitioning();
    outcome->why = why;
    outcome->attempts = 1;
}

void transform_items_answer(struct transform_outcome *outcome, const struct metadata_answer *answer)
{
    outcome->query_keys = answer->keys;
    outcome->query_key_count = answer->count;
    if (answer->trouble != METADATA_NONE)
        fail(outcome, metadata_trouble_text(answer->trouble));
}

static enum status find_partition(struct transform_outcome *outcome,
                                  const struct delivery_steps *steps, struct arena *arena,
                                  const char **ret_why)
{
    struct partition_source source = {
        .query = outcome->query_keys,
        .query_count = outcome->query_key_count,
        .lambda = outcome->keys,
        .lambda_count = outcome->key_count,
    };
    struct text values;
    text_init(&values, PARTITION_MAX_BYTES);
    enum status status = key_name_partition(steps->prefix, &source, &values, ret_why);
    if (status == STATUS_OK)
        status = arena_copy(arena, text_slice(&values), &outcome->partition);
    text_close(&values);
    return status;
}

static enum status partition_one(struct transform_outcome *outcome,
                                 const struct delivery_steps *steps, struct arena *arena)
{
    const char *why = NULL;
    enum status status = find_partition(outcome, steps, arena, &why);
    if (status == STATUS_NO_MEMORY)
        return status;
    if (status != STATUS_OK)
        fail(outcome, why);
    return STATUS_OK;
}

enum status transform_items_partition(struct transform_items *items,
                                      const struct delivery_steps *steps, struct arena *arena)
{
    for (size_t i = 0; i < items->count; i++) {
        struct transform_outcome *outcome = &items->outcomes[i];
        if (outcome->error != NULL || outcome->is_dropped)
            continue;
        enum status status = partition_one(outcome, steps, arena);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
