#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_columns.h"
#include "handlers/dynamodb/partiql_read.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/partiql_write.h"
#include "handlers/dynamodb/transaction.h"
#include "handlers/dynamodb/transaction_token.h"

struct execution {
    struct transaction transaction;
    struct partiql_statement *statements; /* one for each entry */
    bool is_read;
};

static enum transaction_action action_of(const struct partiql_statement *statement)
{
    static const enum transaction_action actions[] = {
        [PARTIQL_SELECT] = TRANSACTION_GET,    [PARTIQL_INSERT] = TRANSACTION_PUT,
        [PARTIQL_UPDATE] = TRANSACTION_UPDATE, [PARTIQL_DELETE] = TRANSACTION_DELETE,
        [PARTIQL_EXISTS] = TRANSACTION_CHECK,
    };

    return actions[statement->action];
}

/* ---- reading the request ----------------------------------------------------------------------
 */

static enum status parse_all(struct execution *e)
{
    struct work *work = e->transaction.work;
    size_t i = 0;
    size_t reads = 0;
    for (const struct json *j = json_first(json_member(work->input, "TransactStatements"));
         j != NULL && i < e->transaction.count; j = json_next(j), i++) {
        struct partiql_statement *statement = &e->statements[i];
        struct transaction_entry *entry = &e->transaction.entries[i];
        enum status status =
            partiql_statement_parse(json_member_string(j, "Statement"),
                                    json_member(j, "Parameters"), &work->refusal, statement);
        if (status != STATUS_OK)
            return status;
        struct slice on_failure = json_member_string(j, "ReturnValuesOnConditionCheckFailure");
        entry->update.write.shows_item_on_failure = slice_equal(on_failure, SLICE("ALL_OLD"));
        entry->action = action_of(statement);
        entry->is_insert = statement->action == PARTIQL_INSERT;
        entry->table_name = statement->table;
        reads += entry->action == TRANSACTION_GET ? 1 : 0;
    }
    e->is_read = reads > 0;
    if (reads > 0 && reads < e->transaction.count)
        return refuse(&work->refusal, "Transaction statements must be all reads or all writes");
    return STATUS_OK;
}

/* What is wrong with a statement's keys is the request's fault, and says which one. */
static enum status prepare_entry(struct execution *e, size_t i)
{
    struct work *work = e->transaction.work;
    struct item_update *update = &e->transaction.entries[i].update;
    enum status status =
        e->is_read ? partiql_read_prepare(&update->write, &e->statements[i], "ExecuteTransaction")
                   : partiql_write_prepare(update, &e->statements[i]);
    if (status != STATUS_INVALID)
        return status;
    struct slice message = work->refusal.message;
    work->refusal = refusal_make(work->arena);
    return refuse(&work->refusal, "Validation failed in TransactStatements[%zu]: %.*s", i,
                  SLICE_ARG(message));
}

static enum status locate(struct execution *e)
{
    enum status status = transaction_find_tables(&e->transaction);
    for (size_t i = 0; i < e->transaction.count && status == STATUS_OK; i++)
        status = prepare_entry(e, i);
    return status == STATUS_OK ? transaction_check_duplicates(&e->transaction) : status;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static void write_item(const struct execution *e, size_t i, struct json_writer *w)
{
    const struct item_place *place = &e->transaction.entries[i].update.write.old;
    json_begin_object(w);
    if (place->row != 0) {
        json_key(w, "Item");
        partiql_columns_write(e->statements[i].columns, place->document, w);
    }
    json_end_object(w);
}

static void answer(const struct execution *e, bool has_read)
{
    struct text out = aws_json_text(e->transaction.work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Responses");
    json_begin_array(&w);
    for (size_t i = 0; e->is_read && i < e->transaction.count; i++)
        write_item(e, i, &w);
    json_end_array(&w);
    transaction_put_capacity(&e->transaction, has_read, &w);
    json_end_object(&w);
    aws_json_answer(e->transaction.work->call, &out);
}

static enum status run(struct execution *e)
{
    struct work *work = e->transaction.work;
    bool was_done = false;
    enum status status = parse_all(e);
    if (status == STATUS_OK)
        status = locate(e);
    if (status == STATUS_OK && !e->is_read)
        status =
            transaction_token_take(work, json_member(work->input, "TransactStatements"), &was_done);
    if (status != STATUS_OK)
        return status;
    bool only_reads = e->is_read || was_done;
    status = only_reads ? transaction_read(&e->transaction) : transaction_write(&e->transaction);
    if (status == STATUS_OK)
        answer(e, only_reads);
    return status;
}

static enum status execute_transaction(struct work *work)
{
    struct execution execution = {.is_read = false};
    size_t count = json_count(json_member(work->input, "TransactStatements"));
    execution.statements = arena_zalloc(work->arena, (count + 1) * sizeof(*execution.statements));
    if (execution.statements == NULL)
        return STATUS_NO_MEMORY;
    enum status status = transaction_init(&execution.transaction, work, count);
    if (status != STATUS_OK)
        return status;
    return transaction_cancel(&execution.transaction, run(&execution));
}

void dynamodb_execute_transaction(struct call *call)
{
    operation_run(call, execute_transaction);
}
