#include "handlers/dynamodb/item_update.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/update_operand.h"
#include "storage/table_store.h"

/* More than any item that is not too large takes as a document. */
#define DOCUMENT_MAX_BYTES ((size_t)8 * 1024 * 1024)

enum status item_update_read(struct item_update *update)
{
    struct item_write *write = &update->write;
    struct work *work = write->work;
    const struct json *json = json_member(write->input, "UpdateExpression");
    bool has_any = json != NULL || json_member(write->input, "ConditionExpression") != NULL;
    enum status status = placeholders_read(
        write->input, has_any, has_any ? NULL : "UpdateExpression and ConditionExpression are null",
        &work->refusal, &write->placeholders);
    if (status == STATUS_OK && json != NULL)
        status = update_expression_parse(json_string(json), &write->placeholders, &work->refusal,
                                         &update->expression);
    if (status == STATUS_OK && write->input == work->input)
        status = legacy_update_read(json_member(write->input, "AttributeUpdates"), &work->refusal,
                                    &update->expression);
    if (status == STATUS_OK)
        status = item_write_read_condition(write);
    if (status == STATUS_OK)
        status = placeholders_check_used(&write->placeholders, &work->refusal);
    return status;
}

/* ---- keys stay as they are ------------------------------------------------------------------ */

static enum status check_action(struct work *work, const struct table *table,
                                const struct update_action *action)
{
    struct slice name = action->path.first->name;
    if (!item_write_is_key(table, name)) {
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

enum status item_update_check_keys(struct item_update *update)
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

/* ---- the update ----------------------------------------------------------------------------- */

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

enum status item_update_apply(struct item_update *update)
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
    if (makes_nothing(update))
        update->document = SLICE("");
    update->size = value_item_size(update->document);
    if (update->size > ITEM_MAX_BYTES)
        return update_operand_refuse_size(&work->refusal);
    return STATUS_OK;
}

enum status item_update_store(struct item_update *update)
{
    if (update->document.len == 0)
        return STATUS_OK;
    return item_write_put(&update->write, update->document, update->size);
}

enum status item_update_attributes(const struct item_update *update, struct slice *ret_item)
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
