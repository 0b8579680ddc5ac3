#include "handlers/dynamodb/item_write.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/lambda/event_source.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "storage/stream_store.h"

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

enum status item_write_check_key_paths(struct work *work, const struct table *table,
                                       const struct expression *expression)
{
    if (expression == NULL)
        return STATUS_OK;
    if (expression->kind == EXPRESSION_PATH && expression->path.count > 1 &&
        item_write_is_key(table, expression->path.first->name))
        return refuse(&work->refusal,
                      "Key attributes must be scalars; list random access '[]' and map lookup '.' "
                      "are not allowed: Key: %.*s",
                      SLICE_ARG(expression->path.first->name));
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
                          write->table->stream_view != STREAM_VIEW_NONE;
    if (needs_document)
        return item_write_find_document(write);
    return item_store_find(write->work->db, write->table->id, &write->key, &write->old);
}

/* ---- writing ------------------------------------------------------------------------------ */

static bool keeps_old(enum stream_view view)
{
    return view == STREAM_VIEW_OLD_IMAGE || view == STREAM_VIEW_NEW_AND_OLD_IMAGES;
}

static bool keeps_new(enum stream_view view)
{
    return view == STREAM_VIEW_NEW_IMAGE || view == STREAM_VIEW_NEW_AND_OLD_IMAGES;
}

/* `document` NULL pointer: the item was removed. */
static enum status keep_record(struct item_write *write, struct slice document, int64_t size)
{
    struct work *work = write->work;
    const struct table *table = write->table;
    bool is_there = document.ptr != NULL;
    struct stream_record record = {
        .stream_id = table->stream_id,
        .created_ms = operation_now_ms(work),
        .event = !is_there             ? STREAM_REMOVE
                 : write->old.row == 0 ? STREAM_INSERT
                                       : STREAM_MODIFY,
        .has_old_image = keeps_old(table->stream_view) && write->old.row != 0,
        .has_new_image = keeps_new(table->stream_view) && is_there,
        .old_image = write->old.document,
        .new_image = document,
    };
    enum status status = key_codec_extract(table, is_there ? document : write->old.document,
                                           work->arena, &record.keys);
    if (status != STATUS_OK)
        return status;
    random_bytes(&work->call->sandbox->random, record.event_id, sizeof(record.event_id));
    record.size = value_item_size(record.keys) + (record.has_old_image ? write->old.size : 0) +
                  (record.has_new_image ? size : 0);
    event_sources_notify(work->call->sandbox->event_sources);
    return stream_store_append(work->db, &record);
}

enum status item_write_put(struct item_write *write, struct slice document, int64_t size)
{
    struct item_place item = {0, size, document};
    bool has_stream = write->table->stream_view != STREAM_VIEW_NONE;
    if (has_stream && write->old.row != 0 && slice_equal(write->old.document, document))
        return STATUS_OK;
    enum status status =
        item_store_put(write->work->db, write->table->id, &write->key, &write->old, &item);
    if (status == STATUS_OK && has_stream)
        status = keep_record(write, document, size);
    return status;
}

enum status item_write_remove(struct item_write *write)
{
    if (write->old.row == 0)
        return STATUS_OK;
    enum status status = item_store_remove(write->work->db, write->table->id, &write->old);
    if (status == STATUS_OK && write->table->stream_view != STREAM_VIEW_NONE)
        status = keep_record(write, slice_make(NULL, 0), 0);
    return status;
}

void item_write_put_capacity(const struct item_write *write, int64_t new_size,
                             struct json_writer *w)
{
    capacity_put(w, capacity_wished(write->work->input), write->table->name,
                 capacity_of_write(write->old.size, new_size));
}
