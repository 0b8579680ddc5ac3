#include "handlers/dynamodb/item_write.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/index_key.h"
#include "handlers/dynamodb/item_change.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/operation.h"
#include "storage/table_store.h"

#define DOCUMENT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define DOCUMENT_FIRST_BYTES ((size_t)512 * 1024)

struct text item_write_text(struct work *work)
{
    struct text text;
    size_t guess = work->call->body.len;
    text_init_in(&text, work->arena, DOCUMENT_MAX_BYTES);
    if (guess > 0 && guess < DOCUMENT_FIRST_BYTES)
        (void)text_reserve(&text, guess);
    return text;
}

/* ---- options ------------------------------------------------------------------------------ */

enum status item_write_read_return_values(struct item_write *write)
{
    static const char *const names[] = {
        [RETURN_NONE] = "NONE",
        [RETURN_ALL_OLD] = "ALL_OLD",
        [RETURN_ALL_NEW] = "ALL_NEW",
        [RETURN_UPDATED_OLD] = "UPDATED_OLD",
        [RETURN_UPDATED_NEW] = "UPDATED_NEW",
    };
    struct slice wish = json_member_string(write->input, "ReturnValues");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (slice_equal_text(wish, names[i]))
            write->return_values = (enum return_values)i;
    struct slice on_failure =
        json_member_string(write->input, "ReturnValuesOnConditionCheckFailure");
    write->shows_item_on_failure = slice_equal(on_failure, SLICE("ALL_OLD"));
    return STATUS_OK;
}

enum status item_write_read_condition(struct item_write *write)
{
    const struct json *json = json_member(write->input, "ConditionExpression");
    if (json == NULL && write->input == write->work->input)
        return legacy_condition_read(write->input, "Expected", &write->work->refusal,
                                     &write->condition);
    if (json == NULL)
        return STATUS_OK;
    return condition_parse(json_string(json), "ConditionExpression", &write->placeholders,
                           &write->work->refusal, &write->condition);
}

bool item_write_is_key(const struct table *table, struct slice name)
{
    return slice_equal(name, table->hash_name) ||
           (table->range_name.len > 0 && slice_equal(name, table->range_name));
}

/* Is it part of the key of an index? */
static bool is_index_key(const struct table *table, struct slice name)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (index_key_part(&table->indexes[i].keys, name) != NULL)
            return true;
    return false;
}

enum status item_write_check_scalar(struct work *work, const struct table *table, struct slice name)
{
    const char *kind = item_write_is_key(table, name) ? "Key" : "IndexKey";
    if (!item_write_is_key(table, name) && !is_index_key(table, name))
        return STATUS_OK;
    return refuse(&work->refusal,
                  "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
                  "not allowed: %s: %.*s",
                  kind, SLICE_ARG(name));
}

enum status item_write_check_key_paths(struct work *work, const struct table *table,
                                       const struct expression *expression)
{
    if (expression == NULL)
        return STATUS_OK;
    if (expression->kind == EXPRESSION_PATH && expression->path.count > 1) {
        enum status status = item_write_check_scalar(work, table, expression->path.first->name);
        if (status != STATUS_OK)
            return status;
    }
    for (const struct expression *e = expression->first; e != NULL; e = e->next) {
        enum status status = item_write_check_key_paths(work, table, e);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- finding ------------------------------------------------------------------------------ */

static enum status ask_condition(struct item_write *write)
{
    struct refusal *refusal = &write->work->refusal;
    if (write->condition == NULL || condition_holds(write->condition, write->old.document))
        return STATUS_OK;
    if (write->shows_item_on_failure && write->old.row != 0) {
        refusal->item = write->old.document;
        refusal->has_item = true;
    }
    return refuse_as(refusal, &dynamodb_error_conditional_check_failed,
                     "The conditional request failed");
}

enum status item_write_find_document(struct item_write *write)
{
    struct work *work = write->work;
    enum status status =
        item_store_get(work->db, write->table->id, &write->key, work->arena, &write->old);
    if (status == STATUS_OK)
        status = ask_condition(write);
    return status;
}

enum status item_write_find(struct item_write *write)
{
    bool needs_document = write->condition != NULL || write->return_values != RETURN_NONE ||
                          item_change_needs_old(write->table);
    if (needs_document)
        return item_write_find_document(write);
    return item_store_find(write->work->db, write->table->id, &write->key, &write->old);
}

/* ---- writing ------------------------------------------------------------------------------ */

enum status item_write_check_indexes(const struct item_write *write, struct slice document)
{
    return index_key_check(write->table, document, write->is_update, &write->work->refusal);
}

static enum status run_change(struct item_write *write, struct slice document, int64_t size)
{
    struct item_change change = {
        .sandbox = write->work->call->sandbox,
        .arena = write->work->arena,
        .table = write->table,
        .key = write->key,
        .old = write->old,
        .document = document,
        .size = size,
        .index_units = write->index_units,
    };
    return item_change_run(&change);
}

enum status item_write_put(struct item_write *write, struct slice document, int64_t size)
{
    enum status status = item_write_check_indexes(write, document);
    return status == STATUS_OK ? run_change(write, document, size) : status;
}

enum status item_write_remove(struct item_write *write)
{
    return run_change(write, slice_make(NULL, 0), 0);
}

void item_write_put_capacity(const struct item_write *write, int64_t new_size,
                             struct json_writer *w)
{
    const struct capacity_use use = {
        .table = write->table,
        .half_units = capacity_of_write(write->old.size, new_size),
        .index_units = write->index_units,
    };
    capacity_put_use(w, capacity_wished(write->work->input), &use);
}
