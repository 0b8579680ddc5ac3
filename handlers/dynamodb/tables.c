#include "handlers/dynamodb/tables.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/table_description.h"

#define LIST_MAX_TABLES 100

static void answer(struct work *work, const char *member, const struct table *table,
                   const struct table_counts *counts, enum table_view view)
{
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, member);
    table_description_write(&w, table, counts, view);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
}

static enum status find(struct work *work, const struct table **ret_table,
                        struct table_counts *ret_counts)
{
    enum status status =
        operation_find_table(work, json_member_string(work->input, "TableName"), true, ret_table);
    if (status == STATUS_OK)
        status = table_store_count(work->db, (*ret_table)->id, ret_counts);
    return status;
}

static enum status describe_table(struct work *work)
{
    const struct table *table = NULL;
    struct table_counts counts;
    enum status status = find(work, &table, &counts);
    if (status == STATUS_OK)
        answer(work, "Table", table, &counts, TABLE_VIEW_DESCRIBED);
    return status;
}

static enum status delete_table(struct work *work)
{
    const struct table *table = NULL;
    struct table_counts counts;
    struct table_cache *cache = work->call->sandbox->tables;
    enum status status = find(work, &table, &counts);
    if (status != STATUS_OK)
        return status;
    if (table->is_protected)
        return refuse(&work->refusal,
                      "Resource cannot be deleted as it is currently protected against deletion. "
                      "Disable deletion protection first.");
    status = table_store_drop(work->db, table, operation_now_ms(work));
    if (status != STATUS_OK)
        return status;
    table_cache_forget(cache, table);
    answer(work, "TableDescription", table, &counts, TABLE_VIEW_DELETED);
    return STATUS_OK;
}

static void answer_list(struct work *work, const struct slice *names, size_t count, bool has_more)
{
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "TableNames");
    json_begin_array(&w);
    for (size_t i = 0; i < count; i++)
        json_write_string(&w, names[i]);
    json_end_array(&w);
    if (has_more)
        json_put_string(&w, "LastEvaluatedTableName", names[count - 1]);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
}

static enum status list_tables(struct work *work)
{
    struct slice names[LIST_MAX_TABLES + 1];
    size_t count = 0;
    size_t limit = (size_t)json_member_integer(work->input, "Limit", LIST_MAX_TABLES);
    if (limit > LIST_MAX_TABLES)
        limit = LIST_MAX_TABLES;
    struct table_page page = {
        .after = json_member_string(work->input, "ExclusiveStartTableName"),
        .max = limit + 1,
    };
    enum status status =
        table_store_list(work->db, &work->scope, &page, work->arena, names, &count);
    if (status != STATUS_OK)
        return status;
    bool has_more = count > limit;
    answer_list(work, names, has_more ? limit : count, has_more);
    return STATUS_OK;
}

void dynamodb_describe_table(struct call *call)
{
    operation_run(call, describe_table);
}

void dynamodb_delete_table(struct call *call)
{
    operation_run(call, delete_table);
}

void dynamodb_list_tables(struct call *call)
{
    operation_run(call, list_tables);
}
