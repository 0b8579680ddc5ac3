#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

static const char *const legacy[] = {"AttributesToGet", NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};

static enum status read_request(struct work *work, struct path_tree **ret_projection)
{
    const struct json *projection = json_member(work->input, "ProjectionExpression");
    struct placeholders placeholders;
    enum status status =
        legacy_condition_check_mixing(work->input, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status =
            placeholders_read(work->input, projection != NULL, NULL, &work->refusal, &placeholders);
    if (status == STATUS_OK && projection != NULL)
        status = projection_parse(json_string(projection), &placeholders, &work->refusal,
                                  ret_projection);
    if (status == STATUS_OK && json_member(work->input, "AttributesToGet") != NULL)
        status = legacy_update_read_attributes(json_member(work->input, "AttributesToGet"),
                                               &work->refusal, ret_projection);
    if (status == STATUS_OK)
        status = placeholders_check_used(&placeholders, &work->refusal);
    return status;
}

static void answer(struct work *work, const struct table *table, const struct item_place *place,
                   struct slice shown)
{
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    bool is_consistent = json_member_bool(work->input, "ConsistentRead", false);
    json_begin_object(&w);
    if (place->row != 0) {
        json_key(&w, "Item");
        value_writer_write_item(&w, shown);
    }
    capacity_put(&w, capacity_wished(work->input), table->name,
                 capacity_of_read(place->size, is_consistent));
    json_end_object(&w);
    aws_json_answer(work->call, &out);
}

static enum status get_item(struct work *work)
{
    const struct table *table = NULL;
    struct path_tree *projection = NULL;
    struct slice document = {NULL, 0};
    struct item_key key;
    struct item_place place;
    enum status status = read_request(work, &projection);
    if (status == STATUS_OK)
        status = operation_table(work, &table);
    if (status == STATUS_OK)
        status =
            key_codec_read(table, json_member(work->input, "Key"), &work->refusal, &document, &key);
    if (status == STATUS_OK)
        status = item_store_get(work->db, table->id, &key, work->arena, &place);
    if (status != STATUS_OK)
        return status;
    struct slice shown = place.document;
    if (projection != NULL)
        status = projection_apply(projection, place.document, work->arena, &shown);
    if (status == STATUS_OK)
        answer(work, table, &place, shown);
    return status;
}

void dynamodb_get_item(struct call *call)
{
    operation_run(call, get_item);
}
