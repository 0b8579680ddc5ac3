#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

#define ANSWER_MAX_BYTES ((int64_t)16 * 1024 * 1024)

enum { MAX_TABLES = 100, MAX_KEYS = 100 };

static const char *const legacy[] = {"AttributesToGet", NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};

struct batch_key {
    struct item_key key;
    const struct json *json; /* as asked, for UnprocessedKeys */
    bool is_unprocessed;
};

/* What is asked of one table. */
struct batch_part {
    const struct json *json; /* KeysAndAttributes */
    const struct table *table;
    struct path_tree *projection;
    struct batch_key *keys;
    size_t count;
    size_t unprocessed;
    int64_t units;
};

struct batch {
    struct work *work;
    struct batch_part *parts;
    size_t part_count;
    size_t key_count;
    int64_t bytes; /* of the items read */
};

static enum status read_options(struct batch *batch, struct batch_part *part)
{
    struct work *work = batch->work;
    const struct json *projection = json_member(part->json, "ProjectionExpression");
    struct placeholders placeholders;
    enum status status =
        legacy_condition_check_mixing(part->json, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status =
            placeholders_read(part->json, projection != NULL, NULL, &work->refusal, &placeholders);
    if (status == STATUS_OK && projection != NULL)
        status = projection_parse(json_string(projection), &placeholders, &work->refusal,
                                  &part->projection);
    if (status == STATUS_OK && json_member(part->json, "AttributesToGet") != NULL)
        status = legacy_update_read_attributes(json_member(part->json, "AttributesToGet"),
                                               &work->refusal, &part->projection);
    if (status == STATUS_OK)
        status = placeholders_check_used(&placeholders, &work->refusal);
    return status;
}

static enum status read_key(struct batch *batch, struct batch_part *part, const struct json *json)
{
    struct refusal *refusal = &batch->work->refusal;
    struct slice document = {NULL, 0};
    if (batch->key_count++ == MAX_KEYS)
        return refuse(refusal, "Too many items requested for the BatchGetItem call");
    struct batch_key *key = &part->keys[part->count];
    *key = (struct batch_key){.json = json};
    enum status status = key_codec_read(part->table, json, refusal, &document, &key->key);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < part->count; i++)
        if (slice_equal(part->keys[i].key.p, key->key.p) &&
            slice_equal(part->keys[i].key.s, key->key.s))
            return refuse(refusal, "Provided list of item keys contains duplicates");
    part->count++;
    return STATUS_OK;
}

static enum status read_part(struct batch *batch, struct batch_part *part, const struct json *json)
{
    const struct json *keys = json_member(json, "Keys");
    if (json_count(keys) > MAX_KEYS)
        return refuse(
            &batch->work->refusal,
            "1 validation error detected: Value at 'RequestItems.%.*s.member.Keys' failed "
            "to satisfy constraint: Member must have length less than or equal to 100",
            SLICE_ARG(json_name(json)));
    *part = (struct batch_part){.json = json};
    part->keys = arena_alloc(batch->work->arena, (json_count(keys) + 1) * sizeof(*part->keys));
    if (part->keys == NULL)
        return STATUS_NO_MEMORY;
    enum status status = read_options(batch, part);
    if (status == STATUS_OK)
        status = operation_find_table(batch->work, json_name(json), false, &part->table);
    for (const struct json *k = json_first(keys); k != NULL && status == STATUS_OK;
         k = json_next(k))
        status = read_key(batch, part, k);
    return status;
}

static enum status read_request(struct batch *batch)
{
    const struct json *items = json_member(batch->work->input, "RequestItems");
    size_t count = json_count(items);
    if (count == 0)
        return refuse(&batch->work->refusal,
                      "The requestItems parameter is required for BatchGetItem");
    if (count > MAX_TABLES)
        return refuse(&batch->work->refusal, "Too many items requested for the BatchGetItem call");
    batch->parts = arena_alloc(batch->work->arena, count * sizeof(*batch->parts));
    if (batch->parts == NULL)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    for (const struct json *t = json_first(items); t != NULL && status == STATUS_OK;
         t = json_next(t))
        status = read_part(batch, &batch->parts[batch->part_count++], t);
    return status;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static enum status show_item(struct batch *batch, struct batch_part *part, struct batch_key *key,
                             struct json_writer *w)
{
    struct item_place place;
    bool is_consistent = json_member_bool(part->json, "ConsistentRead", false);
    if (batch->bytes >= ANSWER_MAX_BYTES) {
        key->is_unprocessed = true;
        part->unprocessed++;
        return STATUS_OK;
    }
    enum status status =
        item_store_get(batch->work->db, part->table->id, &key->key, batch->work->arena, &place);
    if (status != STATUS_OK)
        return status;
    part->units += capacity_of_read(place.size, is_consistent);
    batch->bytes += place.size;
    if (place.row == 0)
        return STATUS_OK;
    struct slice shown = place.document;
    if (part->projection != NULL)
        status = projection_apply(part->projection, place.document, batch->work->arena, &shown);
    if (status == STATUS_OK)
        value_writer_write_item(w, shown);
    return status;
}

static enum status show_part(struct batch *batch, struct batch_part *part, struct json_writer *w)
{
    enum status status = STATUS_OK;
    json_key_slice(w, json_name(part->json));
    json_begin_array(w);
    for (size_t i = 0; i < part->count && status == STATUS_OK; i++)
        status = show_item(batch, part, &part->keys[i], w);
    json_end_array(w);
    return status;
}

/* The request's part again, with the keys that are left. */
static void write_unprocessed(const struct batch_part *part, struct json_writer *w)
{
    json_key_slice(w, json_name(part->json));
    json_begin_object(w);
    for (const struct json *m = json_first(part->json); m != NULL; m = json_next(m)) {
        if (slice_equal(json_name(m), SLICE("Keys")))
            continue;
        json_key_slice(w, json_name(m));
        json_write_value(w, m);
    }
    json_key(w, "Keys");
    json_begin_array(w);
    for (size_t i = 0; i < part->count; i++)
        if (part->keys[i].is_unprocessed)
            json_write_value(w, part->keys[i].json);
    json_end_array(w);
    json_end_object(w);
}

static void write_rest(const struct batch *batch, struct json_writer *w)
{
    enum capacity_wish wish = capacity_wished(batch->work->input);
    json_key(w, "UnprocessedKeys");
    json_begin_object(w);
    for (size_t i = 0; i < batch->part_count; i++)
        if (batch->parts[i].unprocessed > 0)
            write_unprocessed(&batch->parts[i], w);
    json_end_object(w);
    if (wish == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    json_begin_array(w);
    for (size_t i = 0; i < batch->part_count; i++)
        capacity_write(w, wish, batch->parts[i].table->name, batch->parts[i].units);
    json_end_array(w);
}

static enum status batch_get_item(struct work *work)
{
    struct batch batch = {.work = work};
    enum status status = read_request(&batch);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Responses");
    json_begin_object(&w);
    for (size_t i = 0; i < batch.part_count && status == STATUS_OK; i++)
        status = show_part(&batch, &batch.parts[i], &w);
    json_end_object(&w);
    write_rest(&batch, &w);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(work->call, &out);
    return status;
}

void dynamodb_batch_get_item(struct call *call)
{
    operation_run(call, batch_get_item);
}
