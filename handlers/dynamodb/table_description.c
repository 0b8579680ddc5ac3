#include "handlers/dynamodb/table_description.h"

#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "storage/table_store.h"

#define ON_DEMAND_READS 12000
#define ON_DEMAND_WRITES 4000

static void write_definition(struct json_writer *w, struct slice name, char type)
{
    json_begin_object(w);
    json_put_string(w, "AttributeName", name);
    json_put_string(w, "AttributeType", slice_make(&type, 1));
    json_end_object(w);
}

static void write_key(struct json_writer *w, struct slice name, const char *type)
{
    json_begin_object(w);
    json_put_string(w, "AttributeName", name);
    json_put_text(w, "KeyType", type);
    json_end_object(w);
}

static void write_keys(struct json_writer *w, const struct table *table)
{
    bool has_range = table->range_name.len > 0;
    json_key(w, "AttributeDefinitions");
    json_begin_array(w);
    write_definition(w, table->hash_name, table->hash_type);
    if (has_range)
        write_definition(w, table->range_name, table->range_type);
    json_end_array(w);
    json_key(w, "KeySchema");
    json_begin_array(w);
    write_key(w, table->hash_name, "HASH");
    if (has_range)
        write_key(w, table->range_name, "RANGE");
    json_end_array(w);
}

static void write_throughput(struct json_writer *w, const struct table *table)
{
    json_key(w, "ProvisionedThroughput");
    json_begin_object(w);
    json_put_integer(w, "NumberOfDecreasesToday", 0);
    json_put_integer(w, "ReadCapacityUnits", table->read_units);
    json_put_integer(w, "WriteCapacityUnits", table->write_units);
    json_end_object(w);
    if (!table->is_on_demand)
        return;
    json_key(w, "BillingModeSummary");
    json_begin_object(w);
    json_put_text(w, "BillingMode", "PAY_PER_REQUEST");
    json_put_seconds(w, "LastUpdateToPayPerRequestDateTime", table->created_ms);
    json_end_object(w);
}

static void write_warm_throughput(struct json_writer *w, const struct table *table)
{
    json_key(w, "WarmThroughput");
    json_begin_object(w);
    json_put_integer(w, "ReadUnitsPerSecond",
                     table->is_on_demand ? ON_DEMAND_READS : table->read_units);
    json_put_integer(w, "WriteUnitsPerSecond",
                     table->is_on_demand ? ON_DEMAND_WRITES : table->write_units);
    json_put_text(w, "Status", "ACTIVE");
    json_end_object(w);
}

/* An ARN, straight into the answer: none of its parts needs an escape. */
static void write_arn(struct json_writer *w, const char *member, const struct table *table,
                      const char *suffix, struct slice label)
{
    json_key(w, member);
    text_printf(w->out, "\"arn:aws:dynamodb:%.*s:%.*s:table/%.*s%s%.*s\"", SLICE_ARG(table->region),
                SLICE_ARG(table->account), SLICE_ARG(table->name), suffix, SLICE_ARG(label));
    w->needs_comma = true;
}

static void write_stream(struct json_writer *w, const struct table *table)
{
    static const char *const views[] = {
        [STREAM_VIEW_NONE] = "",
        [STREAM_VIEW_KEYS_ONLY] = "KEYS_ONLY",
        [STREAM_VIEW_NEW_IMAGE] = "NEW_IMAGE",
        [STREAM_VIEW_OLD_IMAGE] = "OLD_IMAGE",
        [STREAM_VIEW_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
    };
    if (table->stream_view == STREAM_VIEW_NONE)
        return;
    json_key(w, "StreamSpecification");
    json_begin_object(w);
    json_put_bool(w, "StreamEnabled", true);
    json_put_text(w, "StreamViewType", views[table->stream_view]);
    json_end_object(w);
    json_put_string(w, "LatestStreamLabel", table->stream_label);
    write_arn(w, "LatestStreamArn", table, "/stream/", table->stream_label);
}

static void write_class(struct json_writer *w, const struct table *table)
{
    if (table->table_class.len == 0)
        return;
    json_key(w, "TableClassSummary");
    json_begin_object(w);
    json_put_string(w, "TableClass", table->table_class);
    json_end_object(w);
}

void table_description_write(struct json_writer *w, const struct table *table,
                             const struct table_counts *counts, enum table_view view)
{
    static const char *const statuses[] = {
        [TABLE_VIEW_CREATED] = "CREATING",
        [TABLE_VIEW_DESCRIBED] = "ACTIVE",
        [TABLE_VIEW_DELETED] = "DELETING",
    };
    json_begin_object(w);
    json_put_string(w, "TableName", table->name);
    json_put_text(w, "TableStatus", statuses[view]);
    if (view != TABLE_VIEW_DELETED) {
        write_keys(w, table);
        json_put_seconds(w, "CreationDateTime", table->created_ms);
    }
    write_throughput(w, table);
    if (view == TABLE_VIEW_DESCRIBED)
        write_warm_throughput(w, table);
    json_put_integer(w, "TableSizeBytes", counts->bytes);
    json_put_integer(w, "ItemCount", counts->items);
    write_arn(w, "TableArn", table, "", SLICE(""));
    json_put_string(w, "TableId", table->uuid);
    write_stream(w, table);
    write_class(w, table);
    json_put_bool(w, "DeletionProtectionEnabled", table->is_protected);
    json_end_object(w);
}
