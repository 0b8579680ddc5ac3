#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/item_update.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/value_writer.h"

static const char *const legacy[] = {"AttributeUpdates", "Expected", "ConditionalOperator", NULL};
static const char *const expressions[] = {"UpdateExpression", "ConditionExpression", NULL};

static enum status answer(const struct item_update *update)
{
    struct work *work = update->write.work;
    struct slice attributes = {NULL, 0};
    enum status status = item_update_attributes(update, &attributes);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    if (attributes.len > 0) {
        json_key(&w, "Attributes");
        value_writer_write_item(&w, attributes);
    }
    item_write_put_capacity(&update->write, update->size, &w);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

static enum status read_request(struct item_update *update)
{
    struct work *work = update->write.work;
    enum status status =
        legacy_condition_check_mixing(work->input, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status = item_write_read_return_values(&update->write);
    if (status == STATUS_OK)
        status = item_update_read(update);
    return status;
}

static enum status update_item(struct work *work)
{
    struct item_update update = {.write = {.work = work, .input = work->input}};
    struct item_write *write = &update.write;
    enum status status = read_request(&update);
    if (status == STATUS_OK)
        status = operation_table(work, &write->table);
    if (status == STATUS_OK)
        status = key_codec_read(write->table, json_member(work->input, "Key"), &work->refusal,
                                &update.key, &write->key);
    if (status == STATUS_OK)
        status = item_update_check_keys(&update);
    if (status == STATUS_OK)
        status = item_write_find_document(write);
    if (status == STATUS_OK)
        status = item_update_apply(&update);
    if (status == STATUS_OK)
        status = item_update_store(&update);
    return status == STATUS_OK ? answer(&update) : status;
}

void dynamodb_update_item(struct call *call)
{
    operation_run(call, update_item);
}
