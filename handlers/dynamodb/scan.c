#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "handlers/dynamodb/item_page.h"
#include "handlers/dynamodb/item_write.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/operation.h"
#include "storage/table_store.h"

static const char *const legacy[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator", NULL};
static const char *const expressions[] = {"ProjectionExpression", "FilterExpression", NULL};

/* ---- segments: the first 12 bits of a partition's hash say which one it belongs to --------- */

enum { HASH_SLICES = 4096, BOUND_BYTES = 2 };

struct segment {
    int64_t number;
    int64_t total;         /* 1: the whole table */
    char low[BOUND_BYTES]; /* p from here on */
    struct slice high;     /* and below this */
    char high_bytes[KEY_HASH_BYTES + KEY_MAX_HASH_BYTES + 1];
};

static int64_t first_slice(int64_t number, int64_t total)
{
    return (HASH_SLICES * number + total - 1) / total;
}

static void put_bound(int64_t slice, char *bytes)
{
    bytes[0] = (char)(uint8_t)(slice >> 4);
    bytes[1] = (char)(uint8_t)(slice << 4);
}

static void set_bounds(struct segment *segment)
{
    int64_t end = first_slice(segment->number + 1, segment->total);
    put_bound(first_slice(segment->number, segment->total), segment->low);
    segment->high = slice_make(segment->high_bytes, BOUND_BYTES);
    put_bound(end, segment->high_bytes);
    if (end < HASH_SLICES)
        return;
    for (size_t i = 0; i < sizeof(segment->high_bytes); i++)
        segment->high_bytes[i] = (char)0xFF;
    segment->high.len = sizeof(segment->high_bytes);
}

static enum status read_segment(struct work *work, struct segment *segment)
{
    const struct json *number = json_member(work->input, "Segment");
    const struct json *total = json_member(work->input, "TotalSegments");
    segment->total = 1;
    if (number != NULL && total == NULL)
        return refuse(&work->refusal, "The TotalSegments parameter is required but was not present "
                                      "in the request when Segment parameter is present");
    if (number == NULL && total != NULL)
        return refuse(&work->refusal, "The Segment parameter is required but was not present in "
                                      "the request when parameter TotalSegments is present");
    if (number != NULL) {
        segment->number = json_integer(number);
        segment->total = json_integer(total);
    }
    if (segment->number >= segment->total)
        return refuse(&work->refusal,
                      "The Segment parameter is zero-based and must be less than parameter "
                      "TotalSegments: Segment: %lld is not less than TotalSegments: %lld",
                      (long long)segment->number, (long long)segment->total);
    set_bounds(segment);
    return STATUS_OK;
}

/* ---- the start ------------------------------------------------------------------------------ */

static enum status read_start(struct item_page *page, const struct segment *segment,
                              struct item_key *ret_after)
{
    struct work *work = page->work;
    const struct json *json = json_member(work->input, "ExclusiveStartKey");
    struct refusal inner = refusal_make(work->arena);
    struct slice document = {NULL, 0};
    struct slice low = slice_make(segment->low, BOUND_BYTES);
    *ret_after = (struct item_key){low, {NULL, 0}};
    if (json == NULL)
        return STATUS_OK;
    enum status status = key_codec_read(page->table, json, &inner, &document, ret_after);
    if (status == STATUS_INVALID)
        return refuse(&work->refusal, "The provided starting key is invalid: %.*s",
                      SLICE_ARG(inner.message));
    bool is_inside = status == STATUS_OK && slice_compare(ret_after->p, low) >= 0 &&
                     slice_compare(ret_after->p, segment->high) < 0;
    if (status == STATUS_OK && !is_inside)
        return refuse(&work->refusal,
                      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                      "ExclusiveStartKey with correct Segment. TotalSegments: %lld Segment: %lld",
                      (long long)segment->total, (long long)segment->number);
    return status;
}

static enum status read_request(struct item_page *page, struct segment *segment)
{
    struct work *work = page->work;
    bool has_filter = json_member(work->input, "FilterExpression") != NULL;
    bool has_projection = json_member(work->input, "ProjectionExpression") != NULL;
    enum status status =
        legacy_condition_check_mixing(work->input, legacy, expressions, &work->refusal);
    if (status == STATUS_OK)
        status = placeholders_read(work->input, has_filter || has_projection,
                                   has_filter ? NULL : "FilterExpression is null", &work->refusal,
                                   &page->placeholders);
    if (status == STATUS_OK)
        status = read_segment(work, segment);
    if (status == STATUS_OK)
        status = item_page_read_options(page, "ScanFilter");
    if (status == STATUS_OK)
        status = placeholders_check_used(&page->placeholders, &work->refusal);
    return status;
}

/* ---- the scan ------------------------------------------------------------------------------- */

struct scan {
    struct item_page page;
    struct segment segment;
    struct item_key after; /* where the next slice goes on */
};

static enum status walk_slice(struct item_page *page)
{
    struct scan *scan = list_entry(page, struct scan, page);
    struct arena *arena = page->work->arena;
    struct item_walk walk;
    enum status status = STATUS_OK;
    item_walk_table(&walk, page->work->db, page->table->id, &scan->after, scan->segment.high);
    if (item_page_read_slice(page, &walk)) {
        status = arena_copy(arena, walk.key.p, &scan->after.p);
        if (status == STATUS_OK)
            status = arena_copy(arena, walk.key.s, &scan->after.s);
    }
    enum status ended = item_walk_end(&walk);
    return ended != STATUS_OK ? ended : status;
}

static enum status scan(struct work *work)
{
    struct scan *scan = arena_zalloc(work->arena, sizeof(*scan));
    if (scan == NULL)
        return STATUS_NO_MEMORY;
    struct item_page *page = &scan->page;
    page->work = work;
    enum status status = read_request(page, &scan->segment);
    if (status == STATUS_OK)
        status = operation_table(work, &page->table);
    if (status == STATUS_OK)
        status = item_write_check_key_paths(work, page->table, page->filter);
    if (status == STATUS_OK)
        status = read_start(page, &scan->segment, &scan->after);
    return status == STATUS_OK ? item_page_run(page, walk_slice) : status;
}

void dynamodb_scan(struct call *call)
{
    operation_run(call, scan);
}
