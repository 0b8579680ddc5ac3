#include "handlers/dynamodb/partiql_write.h"

#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/expression_build.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "storage/table_store.h"

static enum status prepare_insert(struct item_update *update,
                                  const struct partiql_statement *statement)
{
    struct item_write *write = &update->write;
    struct work *work = write->work;
    update->document = statement->item;
    update->size = value_item_size(statement->item);
    write->condition =
        expression_build_function(work->arena, FUNCTION_ATTRIBUTE_NOT_EXISTS,
                                  expression_build_path(work->arena, write->table->hash_name));
    if (write->condition == NULL)
        return STATUS_NO_MEMORY;
    return key_codec_of_item(write->table, statement->item, &work->refusal, &write->key);
}

static enum status refuse_key(struct work *work)
{
    return refuse(&work->refusal,
                  "Where clause does not contain a mandatory equality on all key attributes");
}

/* What is not there can be deleted again, but neither updated nor found. */
static enum status prepare_keyed(struct item_update *update,
                                 const struct partiql_statement *statement)
{
    struct item_write *write = &update->write;
    struct work *work = write->work;
    struct partiql_key key;
    enum status status = partiql_plan_key(write->table, statement->where, work->arena, &key);
    if (status == STATUS_OK && key.missing > 0)
        status = refuse_key(work);
    if (status == STATUS_OK && statement->action == PARTIQL_EXISTS && key.others == 0)
        status = refuse(&work->refusal,
                        "EXISTS() must contain a single item read with additional condition");
    if (status != STATUS_OK)
        return status;
    update->key = key.document;
    update->expression = statement->update;
    write->is_update = statement->action == PARTIQL_UPDATE;
    write->return_values = statement->returning;
    write->condition = statement->where;
    if (statement->action == PARTIQL_DELETE)
        partiql_plan_drop_key(write->table, write->condition);
    if (statement->action == PARTIQL_DELETE && key.others == 0)
        write->condition = NULL;
    status = key_codec_of_item(write->table, key.document, &work->refusal, &write->key);
    return status == STATUS_OK ? item_update_check_keys(update) : status;
}

enum status partiql_write_prepare(struct item_update *update,
                                  const struct partiql_statement *statement)
{
    if (statement->action == PARTIQL_INSERT)
        return prepare_insert(update, statement);
    return prepare_keyed(update, statement);
}

void partiql_write_reword(struct refusal *refusal, const struct partiql_statement *statement)
{
    if (statement->action != PARTIQL_INSERT ||
        refusal->error != &dynamodb_error_conditional_check_failed)
        return;
    *refusal = refusal_make(refusal->arena);
    (void)refuse_as(refusal, &dynamodb_error_duplicate_item,
                    "Duplicate primary key exists in table");
}

static enum status run_update(struct item_update *update)
{
    enum status status = item_write_find_document(&update->write);
    if (status == STATUS_OK)
        status = item_update_apply(update);
    return status == STATUS_OK ? item_update_store(update) : status;
}

static enum status run_other(struct item_update *update, const struct partiql_statement *statement)
{
    enum status status = item_write_find(&update->write);
    if (status == STATUS_INVALID)
        partiql_write_reword(&update->write.work->refusal, statement);
    if (status != STATUS_OK)
        return status;
    if (statement->action == PARTIQL_INSERT)
        return item_write_put(&update->write, update->document, update->size);
    return item_write_remove(&update->write);
}

enum status partiql_write_run(struct item_update *update, const struct partiql_statement *statement,
                              struct slice *ret_shown)
{
    enum status status =
        statement->action == PARTIQL_UPDATE ? run_update(update) : run_other(update, statement);
    *ret_shown = SLICE("");
    if (status == STATUS_OK && update->write.old.row != 0)
        status = item_update_attributes(update, ret_shown);
    return status;
}
