#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/item_write.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/update_operand.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

/* More than any item that is not too large takes as a document. */
#define DOCUMENT_MAX_BYTES ((size_t)8 * 1024 * 1024)

static const char *const legacy[] = {"AttributeUpdates", "Expected", "ConditionalOperator", NULL};

struct item_update {
    struct item_write write;
    struct update_expression *expression; /* NULL without one */
    struct slice key;                     /* as a document */
    struct slice document;                /* the item afterwards */
    int64_t size;
};

static enum status read_request(struct item_update *update)
{
    struct item_write *write = &update->write;
    struct work *work = write->work;
    const struct json *json = json_member(work->input, "UpdateExpression");
    bool has_any = json != NULL || json_member(work->input, "ConditionExpression") != NULL;
    enum status status = operation_refuse_parameters(work, work->input, legacy);
    if (status == STATUS_OK)
        status = item_write_read_return_values(write);
    if (status == STATUS_OK)
        status =
            placeholders_read(work->input, has_any,
                              has_any ? NULL : "UpdateExpression and ConditionExpression are null",
                              &work->refusal, &write->placeholders);
    if (status == STATUS_OK && json != NULL)
        status = update_expression_parse(json_string(json), &write->placeholders, &work->refusal,
                                         &update->expression);
    if (status == STATUS_OK)
        status = item_write_read_condition(write);
    if (status == STATUS_OK)
        status = placeholders_check_used(&write->placeholders, &work->refusal);
    return status;
}

/* ---- keys stay as they are ------------------------------------------------------------------ */

static bool is_key(const struct table *table, struct slice name)
{
    return slice_equal(name, table->hash_name) ||
           (table->range_name.len > 0 && slice_equal(name, table->range_name));
}

static enum status check_action(struct work *work, const struct table *table,
                                const struct update_action *action)
{
    struct slice name = action->path.first->name;
    if (!is_key(table, name)) {
        const struct expression *operand = action->operand;
        return item_write_check_key_paths(work, table, operand);
    }
    if (action->path.count > 1)
        return refuse(&work->refusal,
                      "Key attributes must be scalars; list random access '[]' and map lookup '.' "
                      "are not allowed: Key: %.*s",
                      SLICE_ARG(name));
    return refuse(&work->refusal,
                  "One or more parameter values were invalid: Cannot update attribute %.*s. This "
                  "attribute is part of the key",
                  SLICE_ARG(name));
}

static enum status check_keys(struct item_update *update)
{
    const struct item_write *write = &update->write;
    enum status status = item_write_check_key_paths(write->work, write->table, write->condition);
    if (update->expression == NULL)
        return status;
    for (const struct update_action *a = update->expression->first;
         a != NULL && status == STATUS_OK; a = a->next)
        status = check_action(write->work, write->table, a);
    return status;
}

/* ---- the update -------------------------------------------------------------------------------
 */

static enum status apply(struct item_update *update)
{
    struct work *work = update->write.work;
    bool is_new = update->write.old.row == 0;
    struct slice before = is_new ? update->key : update->write.old.document;
    update->document = before;
    if (update->expression != NULL) {
        struct text out;
        text_init_in(&out, work->arena, DOCUMENT_MAX_BYTES);
        enum status status = update_apply(update->expression, before, &work->refusal, &out);
        if (status == STATUS_TOO_LARGE)
            return update_operand_refuse_size(&work->refusal);
        if (status != STATUS_OK)
            return status;
        update->document = text_slice(&out);
    }
    update->size = value_item_size(update->document);
    if (update->size > ITEM_MAX_BYTES)
        return update_operand_refuse_size(&work->refusal);
    return STATUS_OK;
}

/* Only taking away from what is not there makes no item. */
static bool makes_nothing(const struct item_update *update)
{
    if (update->write.old.row != 0 || update->expression == NULL)
        return false;
    for (const struct update_action *a = update->expression->first; a != NULL; a = a->next)
        if (a->kind == UPDATE_SET || a->kind == UPDATE_ADD)
            return false;
    return true;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static enum status choose_attributes(const struct item_update *update, struct slice *ret_item)
{
    const struct item_write *write = &update->write;
    bool is_old =
        write->return_values == RETURN_ALL_OLD || write->return_values == RETURN_UPDATED_OLD;
    bool is_partial =
        write->return_values == RETURN_UPDATED_OLD || write->return_values == RETURN_UPDATED_NEW;
    struct slice item = is_old ? write->old.document : update->document;
    *ret_item = SLICE("");
    if (write->return_values == RETURN_NONE || (is_partial && update->expression == NULL))
        return STATUS_OK;
    if (!is_partial) {
        *ret_item = item;
        return STATUS_OK;
    }
    return projection_apply(&update->expression->paths, item, write->work->arena, ret_item);
}

static enum status answer(const struct item_update *update)
{
    struct work *work = update->write.work;
    struct slice attributes = {NULL, 0};
    enum status status = choose_attributes(update, &attributes);
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

static enum status update_item(struct work *work)
{
    struct item_update update = {.write = {.work = work}};
    struct item_write *write = &update.write;
    enum status status = read_request(&update);
    if (status == STATUS_OK)
        status = operation_table(work, &write->table);
    if (status == STATUS_OK)
        status = key_codec_read(write->table, json_member(work->input, "Key"), &work->refusal,
                                &update.key, &write->key);
    if (status == STATUS_OK)
        status = check_keys(&update);
    if (status == STATUS_OK)
        status = item_write_find_document(write);
    if (status == STATUS_OK)
        status = apply(&update);
    if (status != STATUS_OK)
        return status;
    if (makes_nothing(&update)) {
        update.document = SLICE("");
        update.size = 0;
    } else {
        status = item_write_put(write, update.document, update.size);
    }
    return status == STATUS_OK ? answer(&update) : status;
}

void dynamodb_update_item(struct call *call)
{
    operation_run(call, update_item);
}
