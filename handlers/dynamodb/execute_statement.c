#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_select.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/partiql_write.h"
#include "handlers/dynamodb/value_writer.h"

static void answer(const struct item_update *update, struct slice shown)
{
    struct text out = aws_json_text(update->write.work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Items");
    json_begin_array(&w);
    if (shown.len > 0)
        value_writer_write_item(&w, shown);
    json_end_array(&w);
    item_write_put_capacity(&update->write, update->size, &w);
    json_end_object(&w);
    aws_json_answer(update->write.work->call, &out);
}

static enum status run_write(struct work *work, const struct partiql_statement *statement)
{
    struct item_update update = {.write = {.work = work, .input = work->input}};
    struct item_write *write = &update.write;
    struct slice shown = {NULL, 0};
    struct slice on_failure =
        json_member_string(work->input, "ReturnValuesOnConditionCheckFailure");
    write->shows_item_on_failure = slice_equal(on_failure, SLICE("ALL_OLD"));
    enum status status = operation_find_table(work, statement->table, false, &write->table);
    if (status == STATUS_OK)
        status = partiql_write_prepare(&update, statement);
    if (status == STATUS_OK)
        status = partiql_write_run(&update, statement, &shown);
    if (status == STATUS_OK)
        answer(&update, shown);
    return status;
}

static enum status execute_statement(struct work *work)
{
    struct partiql_statement *statement = arena_zalloc(work->arena, sizeof(*statement));
    if (statement == NULL)
        return STATUS_NO_MEMORY;
    enum status status =
        partiql_statement_parse(json_member_string(work->input, "Statement"),
                                json_member(work->input, "Parameters"), &work->refusal, statement);
    if (status != STATUS_OK)
        return status;
    if (statement->action == PARTIQL_EXISTS)
        return refuse(&work->refusal, "EXISTS() is only supported in ExecuteTransaction");
    if (statement->action == PARTIQL_SELECT)
        return partiql_select_run(work, statement);
    return run_write(work, statement);
}

void dynamodb_execute_statement(struct call *call)
{
    operation_run(call, execute_statement);
}
