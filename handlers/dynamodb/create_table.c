#include "emulator/base/arena.h"
#include "emulator/base/dates.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/table_description.h"
#include "handlers/dynamodb/tables.h"
#include "handlers/dynamodb/tags.h"

#define INVALID "One or more parameter values were invalid: "
#define LIST_MAX_BYTES ((size_t)64 * 1024)

/* ---- throughput --------------------------------------------------------------------------- */

static enum status read_throughput(struct work *work, struct table *table)
{
    const struct json *throughput = json_member(work->input, "ProvisionedThroughput");
    struct slice mode = json_member_string(work->input, "BillingMode");
    table->is_on_demand = slice_equal(mode, SLICE("PAY_PER_REQUEST"));
    if (table->is_on_demand && throughput != NULL)
        return refuse(&work->refusal,
                      INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                              "when BillingMode is PAY_PER_REQUEST");
    if (!table->is_on_demand && throughput == NULL)
        return refuse(&work->refusal,
                      INVALID "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                              "when BillingMode is PROVISIONED");
    table->read_units = json_member_integer(throughput, "ReadCapacityUnits", 0);
    table->write_units = json_member_integer(throughput, "WriteCapacityUnits", 0);
    return STATUS_OK;
}

/* ---- keys --------------------------------------------------------------------------------- */

/* "[a, b]" of a list's AttributeNames. */
static void list_names(const struct json *list, struct text *out)
{
    text_append_byte(out, '[');
    for (const struct json *e = json_first(list); e != NULL; e = json_next(e)) {
        text_append(out, json_member_string(e, "AttributeName"));
        if (json_next(e) != NULL)
            text_append_text(out, ", ");
    }
    text_append_byte(out, ']');
}

static char find_type(const struct json *definitions, struct slice name)
{
    for (const struct json *d = json_first(definitions); d != NULL; d = json_next(d))
        if (slice_equal(json_member_string(d, "AttributeName"), name))
            return json_member_string(d, "AttributeType").ptr[0];
    return '\0';
}

static enum status refuse_undefined(struct work *work, const struct json *keys,
                                    const struct json *definitions)
{
    struct text lists;
    text_init_in(&lists, work->arena, LIST_MAX_BYTES);
    text_append_text(&lists, "Keys: ");
    list_names(keys, &lists);
    text_append_text(&lists, ", AttributeDefinitions: ");
    list_names(definitions, &lists);
    return refuse(&work->refusal,
                  INVALID "Some index key attributes are not defined in AttributeDefinitions. %.*s",
                  SLICE_ARG(text_slice(&lists)));
}

static enum status check_key_order(struct work *work, const struct table *table,
                                   const struct json *first, const struct json *second)
{
    if (second != NULL && slice_equal(table->hash_name, table->range_name))
        return refuse(&work->refusal, "Both the Hash Key and the Range Key element in the "
                                      "KeySchema have the same name");
    if (!slice_equal(json_member_string(first, "KeyType"), SLICE("HASH")))
        return refuse(&work->refusal, "Invalid KeySchema: The first KeySchemaElement is not a HASH "
                                      "key type");
    if (second != NULL && !slice_equal(json_member_string(second, "KeyType"), SLICE("RANGE")))
        return refuse(&work->refusal, "Invalid KeySchema: The second KeySchemaElement is not a "
                                      "RANGE key type");
    return STATUS_OK;
}

static enum status check_key_lists(struct work *work, const struct json *keys,
                                   const struct json *definitions)
{
    if (keys == NULL || definitions == NULL)
        return refuse(&work->refusal,
                      "1 validation error detected: Value null at '%s' failed to satisfy "
                      "constraint: Member must not be null",
                      definitions == NULL ? "attributeDefinitions" : "keySchema");
    if (json_count(keys) > 2)
        return refuse(&work->refusal, "1 validation error detected: Value at 'keySchema' failed to "
                                      "satisfy constraint: Member must have length less than or "
                                      "equal to 2");
    if (json_count(keys) > json_count(definitions))
        return refuse(&work->refusal,
                      "Invalid KeySchema: Some index key attribute have no definition");
    return STATUS_OK;
}

static enum status read_keys(struct work *work, struct table *table)
{
    const struct json *keys = json_member(work->input, "KeySchema");
    const struct json *definitions = json_member(work->input, "AttributeDefinitions");
    const struct json *first = json_first(keys);
    const struct json *second = json_next(first);
    enum status status = check_key_lists(work, keys, definitions);
    if (status != STATUS_OK)
        return status;
    table->hash_name = json_member_string(first, "AttributeName");
    table->hash_type = find_type(definitions, table->hash_name);
    table->range_name = json_member_string(second, "AttributeName");
    table->range_type = 'S';
    if (second != NULL)
        table->range_type = find_type(definitions, table->range_name);
    if (table->hash_type == '\0' || table->range_type == '\0')
        return refuse_undefined(work, keys, definitions);
    status = check_key_order(work, table, first, second);
    if (status == STATUS_OK && json_count(keys) != json_count(definitions))
        status = refuse(&work->refusal,
                        INVALID "Number of attributes in KeySchema does not exactly match number "
                                "of attributes defined in AttributeDefinitions");
    return status;
}

/* ---- stream ------------------------------------------------------------------------------- */

static enum stream_view find_view(struct slice name)
{
    if (slice_equal(name, SLICE("KEYS_ONLY")))
        return STREAM_VIEW_KEYS_ONLY;
    if (slice_equal(name, SLICE("NEW_IMAGE")))
        return STREAM_VIEW_NEW_IMAGE;
    if (slice_equal(name, SLICE("OLD_IMAGE")))
        return STREAM_VIEW_OLD_IMAGE;
    return STREAM_VIEW_NEW_AND_OLD_IMAGES;
}

static enum status make_label(struct work *work, struct table *table)
{
    char date[DATE_TEXT_BYTES];
    dates_iso_ms(table->created_ms, date);
    struct slice label = slice_of(date);
    return arena_copy(work->arena, slice_first(label, label.len - 1), &table->stream_label);
}

static enum status read_stream(struct work *work, struct table *table)
{
    const struct json *stream = json_member(work->input, "StreamSpecification");
    const struct json *view = json_member(stream, "StreamViewType");
    if (!json_member_bool(stream, "StreamEnabled", false)) {
        if (view != NULL)
            return refuse(&work->refusal, INVALID "StreamViewType can only be specified when "
                                                  "StreamEnabled is true");
        return STATUS_OK;
    }
    if (view == NULL)
        return refuse(&work->refusal,
                      INVALID "StreamViewType is required when StreamEnabled is true");
    table->stream_view = find_view(json_string(view));
    return make_label(work, table);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static enum status refuse_unsupported(struct work *work)
{
    static const char *const members[] = {
        "LocalSecondaryIndexes",
        "GlobalSecondaryIndexes",
        "WarmThroughput",
        "ResourcePolicy",
        "OnDemandThroughput",
        "GlobalTableSourceArn",
        "GlobalTableSettingsReplicationMode",
    };
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (json_member(work->input, members[i]) != NULL)
            return refuse(&work->refusal, "Hydrant does not support %s of a table yet.",
                          members[i]);
    if (json_member(work->input, "SSESpecification") != NULL)
        log_line(LOG_WARNING, "dynamodb: table %.*s: SSESpecification is ignored",
                 SLICE_ARG(json_member_string(work->input, "TableName")));
    return STATUS_OK;
}

static enum status read_request(struct work *work, struct table *table)
{
    table->account = work->scope.account;
    table->region = work->scope.region;
    table->name = json_member_string(work->input, "TableName");
    table->created_ms = operation_now_ms(work);
    table->is_protected = json_member_bool(work->input, "DeletionProtectionEnabled", false);
    table->table_class = json_member_string(work->input, "TableClass");
    enum status status = read_throughput(work, table);
    if (status == STATUS_OK)
        status = read_keys(work, table);
    if (status == STATUS_OK)
        status = read_stream(work, table);
    if (status == STATUS_OK)
        status = tags_check(work, json_member(work->input, "Tags"));
    if (status == STATUS_OK)
        status = refuse_unsupported(work);
    return status;
}

static enum status store(struct work *work, struct table *table)
{
    enum status status = table_store_create(work->db, table);
    if (status == STATUS_EXISTS)
        return refuse_as(&work->refusal, &dynamodb_error_resource_in_use,
                         "Table already exists: %.*s", SLICE_ARG(table->name));
    if (status == STATUS_OK)
        status = tags_store(work, table->id, json_member(work->input, "Tags"));
    return status;
}

static enum status create_table(struct work *work)
{
    struct table table = {.id = 0};
    char uuid[UUID_CHARS + 1];
    enum status status = read_request(work, &table);
    if (status != STATUS_OK)
        return status;
    random_uuid(&work->call->sandbox->random, uuid);
    table.uuid = slice_of(uuid);
    status = store(work, &table);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    struct table_counts counts = {0, 0};
    json_begin_object(&w);
    json_key(&w, "TableDescription");
    table_description_write(&w, &table, &counts, TABLE_VIEW_CREATED);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

void dynamodb_create_table(struct call *call)
{
    operation_run(call, create_table);
}
