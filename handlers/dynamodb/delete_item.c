#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/item_write.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

static const char *const legacy[] = {"Expected", "ConditionalOperator", NULL};
static const char *const expressions[] = {"ConditionExpression", NULL};

static enum status read_request(struct item_write *write)
{
    struct work *work = write->work;
    bool has_condition = json_member(work->input, "ConditionExpression") != NULL;
    enum status status =
        legacy_condition_check_mixing(work->input, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status = item_write_read_return_values(write);
    if (status == STATUS_OK && write->return_values > RETURN_ALL_OLD)
        status = refuse(&work->refusal, "ReturnValues can only be ALL_OLD or NONE");
    if (status == STATUS_OK)
        status = placeholders_read(work->input, has_condition,
                                   has_condition ? NULL : "ConditionExpression is null",
                                   &work->refusal, &write->placeholders);
    if (status == STATUS_OK)
        status = item_write_read_condition(write);
    if (status == STATUS_OK)
        status = placeholders_check_used(&write->placeholders, &work->refusal);
    return status;
}

static void answer(const struct item_write *write)
{
    struct text out = aws_json_text(write->work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    if (write->return_values == RETURN_ALL_OLD && write->old.row != 0) {
        json_key(&w, "Attributes");
        value_writer_write_item(&w, write->old.document);
    }
    item_write_put_capacity(write, 0, &w);
    json_end_object(&w);
    aws_json_answer(write->work->call, &out);
}

static enum status delete_item(struct work *work)
{
    struct item_write write = {.work = work, .input = work->input};
    struct slice key = {NULL, 0};
    enum status status = read_request(&write);
    if (status == STATUS_OK)
        status = operation_table(work, &write.table);
    if (status == STATUS_OK)
        status = item_write_check_key_paths(work, write.table, write.condition);
    if (status == STATUS_OK)
        status = key_codec_read(write.table, json_member(work->input, "Key"), &work->refusal, &key,
                                &write.key);
    if (status == STATUS_OK)
        status = item_write_find(&write);
    if (status == STATUS_OK)
        status = item_write_remove(&write);
    if (status == STATUS_OK)
        answer(&write);
    return status;
}

void dynamodb_delete_item(struct call *call)
{
    operation_run(call, delete_item);
}
