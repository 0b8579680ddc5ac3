#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_columns.h"
#include "handlers/dynamodb/partiql_read.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/partiql_write.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

/* Each statement succeeds or fails by itself: one that fails has written nothing. */
struct batch_statement {
    const struct json *json;
    struct partiql_statement statement;
    struct item_update update;
    struct slice shown; /* of a write */
    struct refusal problem;
};

struct batch {
    struct work *work;
    struct batch_statement *statements;
    size_t count;
};

static bool is_read(const struct batch_statement *s)
{
    return s->statement.action == PARTIQL_SELECT;
}

/* ---- running -------------------------------------------------------------------------------- */

static enum status run_read(struct batch_statement *s)
{
    struct item_write *write = &s->update.write;
    enum status status = partiql_read_prepare(write, &s->statement, "BatchExecuteStatement");
    if (status != STATUS_OK)
        return status;
    return item_store_get(write->work->db, write->table->id, &write->key, write->work->arena,
                          &write->old);
}

static enum status run_statement(struct batch_statement *s)
{
    struct item_write *write = &s->update.write;
    struct slice on_failure = json_member_string(s->json, "ReturnValuesOnConditionCheckFailure");
    write->shows_item_on_failure = slice_equal(on_failure, SLICE("ALL_OLD"));
    enum status status =
        operation_find_table(write->work, s->statement.table, false, &write->table);
    if (status != STATUS_OK)
        return status;
    if (is_read(s))
        return run_read(s);
    if (s->statement.action == PARTIQL_EXISTS)
        return refuse(&write->work->refusal, "EXISTS() is only supported in ExecuteTransaction");
    status = partiql_write_prepare(&s->update, &s->statement);
    return status == STATUS_OK ? partiql_write_run(&s->update, &s->statement, &s->shown) : status;
}

/* A refusal stays with its statement. */
static enum status keep_problem(struct batch_statement *s, enum status status)
{
    struct work *work = s->update.write.work;
    if (status != STATUS_INVALID)
        return status;
    s->problem = work->refusal;
    work->refusal = refusal_make(work->arena);
    return STATUS_OK;
}

static enum status parse_all(struct batch *batch)
{
    size_t i = 0;
    for (const struct json *j = json_first(json_member(batch->work->input, "Statements"));
         j != NULL && i < batch->count; j = json_next(j)) {
        struct batch_statement *s = &batch->statements[i++];
        s->json = j;
        s->update.write.work = batch->work;
        enum status status =
            keep_problem(s, partiql_statement_parse(json_member_string(j, "Statement"),
                                                    json_member(j, "Parameters"),
                                                    &batch->work->refusal, &s->statement));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Reads and writes do not go together. */
static enum status check_mixture(const struct batch *batch)
{
    size_t reads = 0;
    size_t writes = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_statement *s = &batch->statements[i];
        if (s->problem.error == NULL)
            *(is_read(s) ? &reads : &writes) += 1;
    }
    if (reads == 0 || writes == 0)
        return STATUS_OK;
    return refuse(&batch->work->refusal, "Batch statements must be all reads or all writes");
}

static enum status run_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct batch_statement *s = &batch->statements[i];
        if (s->problem.error != NULL)
            continue;
        enum status status = keep_problem(s, run_statement(s));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static const char *problem_code(const struct api_error *error)
{
    if (error == &dynamodb_error_conditional_check_failed)
        return "ConditionalCheckFailed";
    if (error == &dynamodb_error_duplicate_item)
        return "DuplicateItem";
    if (error == &dynamodb_error_access_denied)
        return "AccessDenied";
    return error == &dynamodb_error_resource_not_found ? "ResourceNotFound" : "ValidationError";
}

static void write_problem(const struct refusal *problem, struct json_writer *w)
{
    json_key(w, "Error");
    json_begin_object(w);
    json_put_text(w, "Code", problem_code(problem->error));
    json_put_string(w, "Message", problem->message);
    if (problem->has_item) {
        json_key(w, "Item");
        value_writer_write_item(w, problem->item);
    }
    json_end_object(w);
}

static void write_response(const struct batch_statement *s, struct json_writer *w)
{
    const struct item_write *write = &s->update.write;
    json_begin_object(w);
    if (s->problem.error != NULL)
        write_problem(&s->problem, w);
    if (write->table != NULL)
        json_put_string(w, "TableName", write->table->name);
    if (s->problem.error == NULL && is_read(s) && write->old.row != 0) {
        json_key(w, "Item");
        partiql_columns_write(s->statement.columns, write->old.document, w);
    } else if (s->problem.error == NULL && s->shown.len > 0) {
        json_key(w, "Item");
        value_writer_write_item(w, s->shown);
    }
    json_end_object(w);
}

static int64_t units_of(const struct batch_statement *s)
{
    if (is_read(s))
        return capacity_of_read(s->update.write.old.size,
                                json_member_bool(s->json, "ConsistentRead", false));
    return capacity_of_write(s->update.write.old.size, s->update.size);
}

static void write_capacity(const struct batch *batch, struct json_writer *w)
{
    enum capacity_wish wish = capacity_wished(batch->work->input);
    if (wish == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    json_begin_array(w);
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_statement *s = &batch->statements[i];
        const struct capacity_use use = {
            .table = s->update.write.table,
            .half_units = units_of(s),
            .index_units = s->update.write.index_units,
        };
        if (use.table != NULL && s->problem.error == NULL)
            capacity_write_use(w, wish, &use);
    }
    json_end_array(w);
}

static void answer(const struct batch *batch)
{
    struct text out = aws_json_text(batch->work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Responses");
    json_begin_array(&w);
    for (size_t i = 0; i < batch->count; i++)
        write_response(&batch->statements[i], &w);
    json_end_array(&w);
    write_capacity(batch, &w);
    json_end_object(&w);
    aws_json_answer(batch->work->call, &out);
}

static enum status batch_execute_statement(struct work *work)
{
    struct batch batch = {.work = work};
    batch.count = json_count(json_member(work->input, "Statements"));
    batch.statements = arena_zalloc(work->arena, (batch.count + 1) * sizeof(*batch.statements));
    if (batch.statements == NULL)
        return STATUS_NO_MEMORY;
    enum status status = parse_all(&batch);
    if (status == STATUS_OK)
        status = check_mixture(&batch);
    if (status == STATUS_OK)
        status = run_all(&batch);
    if (status == STATUS_OK)
        answer(&batch);
    return status;
}

void dynamodb_batch_execute_statement(struct call *call)
{
    operation_run(call, batch_execute_statement);
}
