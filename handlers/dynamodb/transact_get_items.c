#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/transaction.h"
#include "handlers/dynamodb/value_reader.h"
#include "handlers/dynamodb/value_writer.h"

static enum status read_projection(struct transaction_entry *entry)
{
    struct item_write *write = &entry->update.write;
    struct refusal *refusal = &write->work->refusal;
    const struct json *projection = json_member(write->input, "ProjectionExpression");
    enum status status =
        placeholders_read(write->input, projection != NULL, NULL, refusal, &write->placeholders);
    if (status == STATUS_OK && projection != NULL)
        status = projection_parse(json_string(projection), &write->placeholders, refusal,
                                  &entry->projection);
    if (status == STATUS_OK)
        status = placeholders_check_used(&write->placeholders, refusal);
    return status;
}

static enum status read_entry(struct transaction_entry *entry, const struct json *json)
{
    struct item_write *write = &entry->update.write;
    struct text key = transaction_text(write->work);
    entry->action = TRANSACTION_GET;
    write->input = json_member(json, "Get");
    entry->table_name = json_member_string(write->input, "TableName");
    enum status status = read_projection(entry);
    if (status == STATUS_OK)
        status =
            value_reader_read_item(json_member(write->input, "Key"), &key, &write->work->refusal);
    return status;
}

static enum status read_request(struct transaction *t)
{
    size_t i = 0;
    enum status status = STATUS_OK;
    for (const struct json *j = json_first(json_member(t->work->input, "TransactItems"));
         j != NULL && i < t->count && status == STATUS_OK; j = json_next(j))
        status = read_entry(&t->entries[i++], j);
    return status;
}

static enum status check_size(const struct transaction *t)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < t->count; i++)
        bytes += t->entries[i].update.write.old.size;
    if (bytes > TRANSACTION_MAX_BYTES)
        return refuse(&t->work->refusal, "Transaction payload size cannot exceed 4 MB");
    return STATUS_OK;
}

static enum status show_item(const struct transaction_entry *entry, struct json_writer *w)
{
    const struct item_place *place = &entry->update.write.old;
    struct slice shown = place->document;
    if (place->row == 0)
        return STATUS_OK;
    if (entry->projection != NULL) {
        enum status status = projection_apply(entry->projection, place->document,
                                              entry->update.write.work->arena, &shown);
        if (status != STATUS_OK)
            return status;
    }
    json_key(w, "Item");
    value_writer_write_item(w, shown);
    return STATUS_OK;
}

static enum status answer(const struct transaction *t)
{
    struct text out = aws_json_text(t->work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Responses");
    json_begin_array(&w);
    for (size_t i = 0; i < t->count; i++) {
        json_begin_object(&w);
        enum status status = show_item(&t->entries[i], &w);
        if (status != STATUS_OK)
            return status;
        json_end_object(&w);
    }
    json_end_array(&w);
    transaction_put_capacity(t, true, &w);
    json_end_object(&w);
    aws_json_answer(t->work->call, &out);
    return STATUS_OK;
}

static enum status run(struct transaction *t)
{
    enum status status = read_request(t);
    if (status == STATUS_OK)
        status = transaction_locate(t);
    if (status == STATUS_OK)
        status = transaction_read(t);
    if (status == STATUS_OK)
        status = check_size(t);
    return status == STATUS_OK ? answer(t) : status;
}

static enum status transact_get_items(struct work *work)
{
    return transaction_run(work, run);
}

void dynamodb_transact_get_items(struct call *call)
{
    operation_run(call, transact_get_items);
}
