#include "handlers/dynamodb/item_page.h"

#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

#define SLICE_BYTES ((int64_t)128 * 1024)
#define ROW_COST_BYTES 400 /* of a small item beside its bytes */

static enum status check_select(struct item_page *page, bool has_projection)
{
    struct slice select = json_member_string(page->work->input, "Select");
    page->is_count = slice_equal(select, SLICE("COUNT"));
    if (slice_equal(select, SLICE("ALL_PROJECTED_ATTRIBUTES")))
        return refuse(&page->work->refusal,
                      "ALL_PROJECTED_ATTRIBUTES can be used only when Querying an index");
    bool is_specific = slice_equal(select, SLICE("SPECIFIC_ATTRIBUTES"));
    if (is_specific && !has_projection)
        return refuse(&page->work->refusal, "Must specify the AttributesToGet or "
                                            "ProjectionExpression when choosing to get "
                                            "SPECIFIC_ATTRIBUTES");
    if (has_projection && select.len > 0 && !is_specific)
        return refuse(&page->work->refusal, "Cannot specify the %s when choosing to get %s",
                      json_member(page->work->input, "AttributesToGet") != NULL
                          ? "AttributesToGet"
                          : "ProjectionExpression",
                      page->is_count ? "only the Count" : "ALL_ATTRIBUTES");
    return STATUS_OK;
}

enum status item_page_read_options(struct item_page *page, const char *legacy_filter)
{
    struct work *work = page->work;
    const struct json *filter = json_member(work->input, "FilterExpression");
    const struct json *projection = json_member(work->input, "ProjectionExpression");
    const struct json *attributes = json_member(work->input, "AttributesToGet");
    const struct json *index = json_member(work->input, "IndexName");
    page->limit = json_member_integer(work->input, "Limit", INT64_MAX);
    enum status status = check_select(page, projection != NULL || attributes != NULL);
    if (status == STATUS_OK)
        status = legacy_condition_read(work->input, legacy_filter, &work->refusal, &page->filter);
    if (status == STATUS_OK && attributes != NULL)
        status = legacy_update_read_attributes(attributes, &work->refusal, &page->projection);
    if (status == STATUS_OK && filter != NULL)
        status = condition_parse(json_string(filter), "FilterExpression", &page->placeholders,
                                 &work->refusal, &page->filter);
    if (status == STATUS_OK && projection != NULL)
        status = projection_parse(json_string(projection), &page->placeholders, &work->refusal,
                                  &page->projection);
    if (status == STATUS_OK && index != NULL) {
        status = operation_table(work, &page->table);
        if (status == STATUS_OK)
            status = refuse(&work->refusal, "The table does not have the specified index: %.*s",
                            SLICE_ARG(json_string(index)));
    }
    return status;
}

static void begin(struct item_page *page)
{
    page->out = aws_json_text(page->work->call);
    page->w = json_writer_make(&page->out);
    json_begin_object(&page->w);
    if (page->is_count)
        return;
    json_key(&page->w, "Items");
    json_begin_array(&page->w);
}

static void show(struct item_page *page, struct slice document)
{
    struct slice shown = document;
    page->matched++;
    if (page->is_count)
        return;
    if (page->projection != NULL)
        page->status = projection_apply(page->projection, document, page->work->arena, &shown);
    if (page->status == STATUS_OK)
        value_writer_write_item(&page->w, shown);
}

/* False: the page is full, or page->status says what failed. */
static bool evaluate(struct item_page *page, struct slice document, int64_t size)
{
    page->evaluated++;
    page->evaluated_bytes += size;
    if (page->filter == NULL || condition_holds(page->filter, document))
        show(page, document);
    bool is_full = page->evaluated >= page->limit || page->evaluated_bytes >= PAGE_MAX_BYTES;
    if (page->status == STATUS_OK && is_full)
        page->status = key_codec_extract(page->table, document, page->work->arena, &page->last_key);
    return page->status == STATUS_OK && !is_full;
}

bool item_page_read_slice(struct item_page *page, struct item_walk *walk)
{
    int64_t left = SLICE_BYTES;
    while (item_walk_next(walk)) {
        if (!evaluate(page, walk->document, walk->size)) {
            page->is_done = true;
            return false;
        }
        left -= walk->size + ROW_COST_BYTES;
        if (left <= 0)
            return true;
    }
    page->is_done = true;
    return false;
}

static void answer(struct item_page *page)
{
    struct json_writer *w = &page->w;
    const struct json *input = page->work->input;
    bool is_consistent = json_member_bool(input, "ConsistentRead", false);
    if (!page->is_count)
        json_end_array(w);
    json_put_integer(w, "Count", page->matched);
    json_put_integer(w, "ScannedCount", page->evaluated);
    if (page->last_key.len > 0) {
        json_key(w, "LastEvaluatedKey");
        value_writer_write_item(w, page->last_key);
    }
    capacity_put(w, capacity_wished(input), page->table->name,
                 capacity_of_read(page->evaluated_bytes, is_consistent));
    json_end_object(w);
    aws_json_answer(page->work->call, &page->out);
}

static bool take_slice(struct call_turns *turns)
{
    struct item_page *page = list_entry(turns, struct item_page, turns);
    enum status status = page->walk(page);
    if (status == STATUS_OK)
        status = page->status;
    if (status == STATUS_OK && !page->is_done)
        return true;
    if (status == STATUS_OK)
        answer(page);
    operation_end(page->work, status);
    return false;
}

enum status item_page_run(struct item_page *page, enum status (*walk)(struct item_page *page))
{
    struct call *call = page->work->call;
    page->walk = walk;
    begin(page);
    return call_turns_run(call, call->sandbox->loop, &page->turns, take_slice);
}
