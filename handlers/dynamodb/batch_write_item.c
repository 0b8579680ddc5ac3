#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/item_write.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/value_reader.h"
#include "storage/table_store.h"

enum { MAX_WRITES = 25 };

/* One request of the batch, checked. */
struct batch_entry {
    struct item_write write;
    bool is_put;
    struct slice document;
    int64_t size;
};

struct batch {
    struct work *work;
    struct batch_entry *entries; /* MAX_WRITES of them */
    size_t count;
};

static enum status read_put(struct batch_entry *entry, const struct json *put)
{
    struct work *work = entry->write.work;
    struct text document = item_write_text(work);
    enum status status =
        value_reader_read_item(json_member(put, "Item"), &document, &work->refusal);
    if (status != STATUS_OK)
        return status;
    entry->is_put = true;
    entry->document = text_slice(&document);
    entry->size = value_item_size(entry->document);
    if (entry->size > ITEM_MAX_BYTES)
        return refuse(&work->refusal, "Item size has exceeded the maximum allowed size");
    status =
        key_codec_of_item(entry->write.table, entry->document, &work->refusal, &entry->write.key);
    return status == STATUS_OK ? item_write_check_indexes(&entry->write, entry->document) : status;
}

static enum status read_entry(struct batch_entry *entry, const struct json *request)
{
    struct work *work = entry->write.work;
    const struct json *put = json_member(request, "PutRequest");
    const struct json *delete = json_member(request, "DeleteRequest");
    struct slice key = {NULL, 0};
    if ((put != NULL) == (delete != NULL))
        return refuse(&work->refusal,
                      put != NULL ? "Supplied AttributeValue has more than one datatypes set, must "
                                    "contain exactly one of the supported datatypes"
                                  : "Supplied AttributeValue is empty, must contain exactly one of "
                                    "the supported datatypes");
    if (put != NULL)
        return read_put(entry, put);
    return key_codec_read(entry->write.table, json_member(delete, "Key"), &work->refusal, &key,
                          &entry->write.key);
}

static enum status check_duplicates(const struct batch *batch, const struct batch_entry *entry)
{
    for (const struct batch_entry *e = batch->entries; e < entry; e++)
        if (e->write.table->id == entry->write.table->id &&
            slice_equal(e->write.key.p, entry->write.key.p) &&
            slice_equal(e->write.key.s, entry->write.key.s))
            return refuse(&batch->work->refusal, "Provided list of item keys contains duplicates");
    return STATUS_OK;
}

static enum status read_table(struct batch *batch, const struct json *requests)
{
    const struct table *table = NULL;
    enum status status = operation_find_table(batch->work, json_name(requests), false, &table);
    for (const struct json *r = json_first(requests); r != NULL && status == STATUS_OK;
         r = json_next(r)) {
        if (batch->count == MAX_WRITES)
            return refuse(&batch->work->refusal,
                          "Too many items requested for the BatchWriteItem call");
        struct batch_entry *entry = &batch->entries[batch->count++];
        *entry = (struct batch_entry){.write = {.work = batch->work, .table = table}};
        status = read_entry(entry, r);
        if (status == STATUS_OK)
            status = check_duplicates(batch, entry);
    }
    return status;
}

/* The whole request is read and checked before anything is written. */
static enum status read_request(struct batch *batch)
{
    const struct json *items = json_member(batch->work->input, "RequestItems");
    if (json_count(items) == 0)
        return refuse(&batch->work->refusal,
                      "The requestItems parameter is required for BatchWriteItem");
    for (const struct json *t = json_first(items); t != NULL; t = json_next(t)) {
        enum status status = read_table(batch, t);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status write_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct batch_entry *entry = &batch->entries[i];
        enum status status = item_write_find(&entry->write);
        if (status == STATUS_OK && entry->is_put)
            status = item_write_put(&entry->write, entry->document, entry->size);
        else if (status == STATUS_OK)
            status = item_write_remove(&entry->write);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Entries of a table stand together; returns where the next table's begin. */
static size_t answer_table(const struct batch *batch, size_t first, struct json_writer *w)
{
    int64_t index_units[INDEXES_MAX] = {0};
    const struct table *table = batch->entries[first].write.table;
    struct capacity_use use = {.table = table, .index_units = index_units};
    size_t i = first;
    for (; i < batch->count && batch->entries[i].write.table == table; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        use.half_units += capacity_of_write(entry->write.old.size, entry->size);
        for (size_t x = 0; x < table->index_count; x++)
            index_units[x] += entry->write.index_units[x];
    }
    capacity_write_use(w, capacity_wished(batch->work->input), &use);
    return i;
}

static void answer_capacity(const struct batch *batch, struct json_writer *w)
{
    if (capacity_wished(batch->work->input) == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    json_begin_array(w);
    for (size_t i = 0; i < batch->count;)
        i = answer_table(batch, i, w);
    json_end_array(w);
}

static enum status batch_write_item(struct work *work)
{
    struct batch batch = {.work = work};
    batch.entries = arena_alloc(work->arena, MAX_WRITES * sizeof(*batch.entries));
    if (batch.entries == NULL)
        return STATUS_NO_MEMORY;
    enum status status = read_request(&batch);
    if (status == STATUS_OK)
        status = write_all(&batch);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "UnprocessedItems");
    json_begin_object(&w);
    json_end_object(&w);
    answer_capacity(&batch, &w);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

void dynamodb_batch_write_item(struct call *call)
{
    operation_run(call, batch_write_item);
}
