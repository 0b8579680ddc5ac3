#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/item_page.h"
#include "handlers/dynamodb/item_write.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

static const char *const legacy[] = {"AttributesToGet", "QueryFilter", "ConditionalOperator",
                                     "KeyConditions", NULL};
static const char *const expressions[] = {"ProjectionExpression", "FilterExpression",
                                          "KeyConditionExpression", NULL};

static enum status parse_key_condition(struct item_page *page, struct key_condition *condition)
{
    struct work *work = page->work;
    const struct json *json = json_member(work->input, "KeyConditionExpression");
    if (json == NULL && json_member(work->input, "KeyConditions") != NULL)
        return legacy_condition_read_keys(work->input, &work->refusal, condition);
    if (json == NULL)
        return refuse(&work->refusal, "Either the KeyConditions or KeyConditionExpression "
                                      "parameter must be specified in the request.");
    return key_condition_parse(json_string(json), &page->placeholders, &work->refusal, condition);
}

static enum status read_request(struct item_page *page, struct key_condition *condition)
{
    struct work *work = page->work;
    bool has_key = json_member(work->input, "KeyConditionExpression") != NULL;
    bool has_filter = json_member(work->input, "FilterExpression") != NULL;
    bool has_projection = json_member(work->input, "ProjectionExpression") != NULL;
    const char *no_values = "FilterExpression and KeyConditionExpression are null";
    if (json_member_integer(work->input, "Limit", 1) < 1)
        return refuse(&work->refusal,
                      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                      "Member must have value greater than or equal to 1");
    enum status status =
        legacy_condition_check_mixing(work->input, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status = placeholders_read(work->input, has_key || has_filter || has_projection,
                                   has_key || has_filter ? NULL : no_values, &work->refusal,
                                   &page->placeholders);
    if (status == STATUS_OK)
        status = parse_key_condition(page, condition);
    if (status == STATUS_OK)
        status = item_page_read_options(page, "QueryFilter");
    if (status == STATUS_OK)
        status = placeholders_check_used(&page->placeholders, &work->refusal);
    return status;
}

static enum status check_filter(const struct item_page *page)
{
    if (page->filter == NULL)
        return STATUS_OK;
    struct slice key =
        condition_mentions(page->filter, page->table->hash_name, page->table->range_name);
    if (key.len == 0)
        return STATUS_OK;
    bool is_legacy = json_member(page->work->input, "QueryFilter") != NULL;
    return refuse(&page->work->refusal,
                  "%s can only contain non-primary key attributes: Primary key attribute: %.*s",
                  is_legacy ? "QueryFilter" : "Filter Expression", SLICE_ARG(key));
}

/* ---- ExclusiveStartKey ---------------------------------------------------------------------- */

static enum status refuse_hash_only(const struct item_page *page, struct slice key)
{
    struct slice rest = key;
    struct slice name;
    struct value value;
    struct text text;
    text_init_in(&text, page->work->arena, (size_t)64 * 1024);
    if (value_next_member(&rest, &name, &value)) {
        text_append(&text, name);
        text_append_text(&text, "=AttributeValue: ");
        value_writer_describe(&text, &value);
    }
    if (text.status != STATUS_OK)
        return text.status;
    return refuse(&page->work->refusal,
                  "The provided exclusive start key is invalid: ExclusiveStartKey: {%.*s}",
                  SLICE_ARG(text_slice(&text)));
}

/* Narrow the range to what comes behind `s` in the direction of the query. */
static enum status go_behind(const struct item_page *page, struct slice s, struct item_range *range)
{
    if (range->is_backward)
        return arena_copy(page->work->arena, s, &range->high);
    return key_condition_after(s, &page->work->refusal, &range->low);
}

static enum status start_behind(const struct item_page *page, struct slice s,
                                struct item_range *range)
{
    if (slice_compare(s, range->low) < 0 || slice_compare(s, range->high) >= 0)
        return refuse(&page->work->refusal,
                      "The provided starting key does not match the range key predicate");
    return go_behind(page, s, range);
}

static enum status read_start(const struct item_page *page, struct item_range *range)
{
    struct work *work = page->work;
    const struct json *json = json_member(work->input, "ExclusiveStartKey");
    struct refusal inner = refusal_make(work->arena);
    struct slice document = {NULL, 0};
    struct item_key key;
    if (json == NULL)
        return STATUS_OK;
    enum status status = key_codec_read(page->table, json, &inner, &document, &key);
    if (status == STATUS_INVALID)
        return refuse(&work->refusal, "The provided starting key is invalid");
    if (status != STATUS_OK)
        return status;
    if (page->table->range_name.len == 0)
        return refuse_hash_only(page, document);
    if (!slice_equal(key.p, range->p))
        return refuse(&work->refusal, "The provided starting key is outside query boundaries based "
                                      "on provided conditions");
    return start_behind(page, key.s, range);
}

/* ---- the query ------------------------------------------------------------------------------ */

struct item_query {
    struct item_page page;
    struct item_range range; /* what is left of it */
};

static enum status walk_slice(struct item_page *page)
{
    struct item_query *query = list_entry(page, struct item_query, page);
    struct item_walk walk;
    enum status status = STATUS_OK;
    item_walk_partition(&walk, page->work->db, page->table->id, &query->range);
    if (item_page_read_slice(page, &walk))
        status = go_behind(page, walk.key.s, &query->range);
    enum status ended = item_walk_end(&walk);
    return ended != STATUS_OK ? ended : status;
}

static enum status read_range(struct item_query *query, const struct key_condition *condition)
{
    struct item_page *page = &query->page;
    struct work *work = page->work;
    enum status status = key_condition_range(condition, page->table, &work->refusal, &query->range);
    if (status != STATUS_OK)
        return status;
    query->range.is_backward = !json_member_bool(work->input, "ScanIndexForward", true);
    return read_start(page, &query->range);
}

static enum status query(struct work *work)
{
    struct key_condition condition = {.count = 0};
    struct item_query *query = arena_zalloc(work->arena, sizeof(*query));
    if (query == NULL)
        return STATUS_NO_MEMORY;
    struct item_page *page = &query->page;
    page->work = work;
    enum status status = read_request(page, &condition);
    if (status == STATUS_OK)
        status = operation_table(work, &page->table);
    if (status == STATUS_OK)
        status = item_write_check_key_paths(work, page->table, page->filter);
    if (status == STATUS_OK)
        status = check_filter(page);
    if (status == STATUS_OK)
        status = read_range(query, &condition);
    return status == STATUS_OK ? item_page_run(page, walk_slice) : status;
}

void dynamodb_query(struct call *call)
{
    operation_run(call, query);
}
