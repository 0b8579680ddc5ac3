#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/transaction.h"
#include "handlers/dynamodb/transaction_token.h"
#include "handlers/dynamodb/value_reader.h"
#include "storage/table_store.h"

/* ---- what the request itself can get wrong, entry by entry -------------------------------- */

static enum status read_condition(struct item_write *write)
{
    struct refusal *refusal = &write->work->refusal;
    bool has_condition = json_member(write->input, "ConditionExpression") != NULL;
    enum status status = placeholders_read(write->input, has_condition,
                                           has_condition ? NULL : "ConditionExpression is null",
                                           refusal, &write->placeholders);
    if (status == STATUS_OK)
        status = item_write_read_condition(write);
    if (status == STATUS_OK)
        status = placeholders_check_used(&write->placeholders, refusal);
    return status;
}

static enum status read_values(struct item_update *update, const char *member,
                               struct slice *ret_document)
{
    struct work *work = update->write.work;
    struct text document = transaction_text(work);
    enum status status =
        value_reader_read_item(json_member(update->write.input, member), &document, &work->refusal);
    if (status == STATUS_OK)
        *ret_document = text_slice(&document);
    return status;
}

static enum status read_put(struct item_update *update)
{
    enum status status = read_condition(&update->write);
    if (status == STATUS_OK)
        status = read_values(update, "Item", &update->document);
    if (status != STATUS_OK)
        return status;
    update->size = value_item_size(update->document);
    if (update->size > ITEM_MAX_BYTES)
        return refuse(&update->write.work->refusal,
                      "Item size has exceeded the maximum allowed size");
    return STATUS_OK;
}

/* Its key is looked at again when its table is known. */
static enum status read_keyed(struct transaction_entry *entry)
{
    struct item_update *update = &entry->update;
    enum status status = entry->action == TRANSACTION_UPDATE ? item_update_read(update)
                                                             : read_condition(&update->write);
    if (status == STATUS_OK)
        status = read_values(update, "Key", &update->key);
    return status;
}

static enum status pick_action(struct transaction_entry *entry, const struct json *json)
{
    static const char *const names[] = {
        [TRANSACTION_CHECK] = "ConditionCheck",
        [TRANSACTION_PUT] = "Put",
        [TRANSACTION_UPDATE] = "Update",
        [TRANSACTION_DELETE] = "Delete",
    };
    size_t found = 0;
    for (int action = TRANSACTION_CHECK; action <= TRANSACTION_DELETE; action++) {
        const struct json *member = json_member(json, names[action]);
        if (member == NULL)
            continue;
        entry->action = (enum transaction_action)action;
        entry->update.write.input = member;
        found++;
    }
    struct refusal *refusal = &entry->update.write.work->refusal;
    if (found == 0)
        return refuse(refusal, "Invalid Request: TransactWriteRequest should contain Delete or Put "
                               "or Update request");
    if (found > 1)
        return refuse(refusal,
                      "TransactItems can only contain one of Check, Put, Update or Delete");
    return STATUS_OK;
}

static enum status read_entry(struct transaction_entry *entry, const struct json *json)
{
    struct item_write *write = &entry->update.write;
    enum status status = pick_action(entry, json);
    if (status != STATUS_OK)
        return status;
    entry->table_name = json_member_string(write->input, "TableName");
    status = item_write_read_return_values(write);
    if (status != STATUS_OK)
        return status;
    return entry->action == TRANSACTION_PUT ? read_put(&entry->update) : read_keyed(entry);
}

static int64_t payload_of(const struct transaction_entry *entry)
{
    const struct placeholder_list *values = &entry->update.write.placeholders.values;
    int64_t bytes =
        entry->action == TRANSACTION_PUT ? entry->update.size : value_item_size(entry->update.key);
    for (size_t i = 0; i < values->count; i++)
        bytes += value_size(&values->items[i].value);
    return bytes;
}

static enum status read_request(struct transaction *t)
{
    int64_t bytes = 0;
    size_t i = 0;
    for (const struct json *j = json_first(json_member(t->work->input, "TransactItems"));
         j != NULL && i < t->count; j = json_next(j)) {
        enum status status = read_entry(&t->entries[i], j);
        if (status != STATUS_OK)
            return status;
        bytes += payload_of(&t->entries[i++]);
    }
    if (bytes > TRANSACTION_MAX_BYTES)
        return refuse(&t->work->refusal, "Transaction payload size cannot exceed 4 MB");
    return STATUS_OK;
}

/* ---- the transaction ---------------------------------------------------------------------- */

static void answer(const struct transaction *t, bool is_read)
{
    struct text out = aws_json_text(t->work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    transaction_put_capacity(t, is_read, &w);
    json_end_object(&w);
    aws_json_answer(t->work->call, &out);
}

static enum status run(struct transaction *t)
{
    bool was_done = false;
    enum status status = read_request(t);
    if (status == STATUS_OK)
        status = transaction_locate(t);
    if (status == STATUS_OK)
        status = transaction_token_take(t->work, json_member(t->work->input, "TransactItems"),
                                        &was_done);
    if (status == STATUS_OK)
        status = was_done ? transaction_read(t) : transaction_write(t);
    if (status == STATUS_OK)
        answer(t, was_done);
    return status;
}

static enum status transact_write_items(struct work *work)
{
    return transaction_run(work, run);
}

void dynamodb_transact_write_items(struct call *call)
{
    operation_run(call, transact_write_items);
}
