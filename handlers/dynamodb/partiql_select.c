#include "handlers/dynamodb/partiql_select.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/http/call_turns.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/index_key.h"
#include "handlers/dynamodb/item_page.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_columns.h"
#include "handlers/dynamodb/partiql_ranges.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/partiql_token.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

#define SLICE_BYTES ((int64_t)128 * 1024)
#define ROW_COST_BYTES 400 /* of a small item beside its bytes */
#define PLACE_MAX_BYTES ((size_t)32 * 1024)

struct partiql_select {
    struct work *work;
    const struct partiql_statement *statement;
    const struct table *table;
    const struct table_index *index; /* NULL: the table itself */
    struct table keyed;              /* the table, with the index's key instead of its own */
    bool is_whole;                   /* of an index: items as they are in the table */
    struct partiql_ranges ranges;    /* none: all is scanned */
    size_t at;                       /* the range that is read */
    bool has_start;
    struct index_key after; /* has_start: where the next slice goes on */
    struct slice end;       /* of a scan: above every p */
    int64_t limit;
    int64_t evaluated;
    int64_t bytes;
    struct slice last_key; /* a document, once stopped early */
    bool is_done;
    struct text out;
    struct json_writer w;
    struct call_turns turns;
};

/* ---- where it reads ---------------------------------------------------------------------------
 */

static enum status refuse_columns(struct partiql_select *s)
{
    struct text missing;
    text_init_in(&missing, s->work->arena, REFUSAL_PART_MAX_BYTES);
    for (const struct partiql_column *c = s->statement->columns; c != NULL; c = c->next) {
        struct slice name = c->path.first->name;
        bool is_in = item_write_is_key(s->table, name) || index_key_part(&s->index->keys, name);
        for (size_t i = 0; i < s->index->attribute_count; i++)
            is_in = is_in || slice_equal(s->index->attributes[i], name);
        if (!is_in)
            text_printf(&missing, "%s%.*s", missing.len > 0 ? ", " : "", SLICE_ARG(name));
    }
    if (missing.status != STATUS_OK || missing.len == 0)
        return missing.status;
    return refuse(&s->work->refusal,
                  "One or more parameter values were invalid: Global secondary index %.*s does not "
                  "project [%.*s]",
                  SLICE_ARG(s->index->name), SLICE_ARG(text_slice(&missing)));
}

/* A local index can fetch from the table what it does not have. */
static enum status choose_view(struct partiql_select *s)
{
    s->is_whole = s->index->projection == INDEX_ALL ||
                  (!s->index->is_global && s->statement->columns != NULL);
    if (s->index->is_global && json_member_bool(s->work->input, "ConsistentRead", false))
        return refuse(&s->work->refusal,
                      "Consistent reads are not supported on global secondary indexes");
    return s->is_whole ? STATUS_OK : refuse_columns(s);
}

/* Keys of several attributes are scanned for. */
static void use_index_key(struct partiql_select *s)
{
    const struct key_schema *keys = &s->index->keys;
    bool is_single = keys->hash_count == 1;
    s->keyed.hash_name = is_single ? keys->hash[0].name : SLICE("");
    s->keyed.hash_type = keys->hash[0].type;
    s->keyed.range_name = keys->range_count == 1 ? keys->range[0].name : SLICE("");
    s->keyed.range_type = keys->range[0].type;
}

static enum status find_source(struct partiql_select *s)
{
    struct work *work = s->work;
    enum status status = operation_find_table(work, s->statement->table, false, &s->table);
    if (status != STATUS_OK)
        return status;
    s->keyed = *s->table;
    if (s->statement->index.len == 0)
        return STATUS_OK;
    s->index = index_key_find(s->table, s->statement->index);
    if (s->index == NULL || s->index->is_creating)
        return refuse(&work->refusal, "The table does not have the specified index: %.*s",
                      SLICE_ARG(s->statement->index));
    use_index_key(s);
    return choose_view(s);
}

static enum status make_plan(struct partiql_select *s)
{
    enum status status =
        partiql_ranges_make(&s->keyed, s->statement, &s->work->refusal, &s->ranges);
    if (status != STATUS_OK || s->ranges.count > 0)
        return status;
    char *end = arena_alloc(s->work->arena, PLACE_MAX_BYTES);
    if (end == NULL)
        return STATUS_NO_MEMORY;
    memset(end, 0xFF, PLACE_MAX_BYTES);
    s->end = slice_make(end, PLACE_MAX_BYTES);
    return STATUS_OK;
}

static enum status read_start(struct partiql_select *s)
{
    s->limit = json_member_integer(s->work->input, "Limit", INT64_MAX);
    s->has_start = json_member(s->work->input, "NextToken") != NULL;
    if (!s->has_start)
        return STATUS_OK;
    enum status status = partiql_token_read(s->work->input, &s->work->refusal, &s->after);
    if (status != STATUS_OK || s->ranges.count == 0)
        return status;
    s->at = partiql_ranges_find(&s->ranges, s->index != NULL ? s->after.index.p : s->after.item.p);
    if (s->at < s->ranges.count)
        return STATUS_OK;
    return refuse(&s->work->refusal, "Given NextToken is not valid for this statement");
}

/* ---- evaluating -------------------------------------------------------------------------------
 */

static enum status stop(struct partiql_select *s, struct slice document)
{
    s->is_done = true;
    if (s->index != NULL)
        return index_key_extract(s->table, s->index, document, s->work->arena, &s->last_key);
    return key_codec_extract(s->table, document, s->work->arena, &s->last_key);
}

static enum status evaluate(struct partiql_select *s, struct slice document, int64_t size)
{
    const struct partiql_statement *statement = s->statement;
    s->evaluated++;
    s->bytes += size;
    if (statement->where == NULL || condition_holds(statement->where, document))
        partiql_columns_write(statement->columns, document, &s->w);
    if (s->evaluated >= s->limit || s->bytes >= PAGE_MAX_BYTES)
        return stop(s, document);
    return STATUS_OK;
}

/* The row is where the next slice, or page, goes on. */
static enum status keep_place(struct partiql_select *s, const struct item_key *item,
                              const struct item_key *index)
{
    struct arena *arena = s->work->arena;
    s->has_start = true;
    s->after = (struct index_key){{SLICE(""), SLICE("")}, {SLICE(""), SLICE("")}};
    enum status status = arena_copy(arena, item->p, &s->after.item.p);
    if (status == STATUS_OK)
        status = arena_copy(arena, item->s, &s->after.item.s);
    if (status == STATUS_OK && index != NULL)
        status = arena_copy(arena, index->p, &s->after.index.p);
    if (status == STATUS_OK && index != NULL)
        status = arena_copy(arena, index->s, &s->after.index.s);
    return status;
}

/* No row is left in the range: there may be another one. */
static void end_range(struct partiql_select *s)
{
    s->is_done = s->at + 1 >= s->ranges.count;
    s->has_start = false;
    s->at++;
}

/* ---- walking ----------------------------------------------------------------------------------
 */

static enum status begin_table(struct partiql_select *s, struct item_walk *walk)
{
    struct db *db = s->work->db;
    struct item_key start = {SLICE(""), SLICE("")};
    if (s->ranges.count == 0) {
        item_walk_table(walk, db, s->table->id, s->has_start ? &s->after.item : &start, s->end);
        return STATUS_OK;
    }
    struct item_range range = s->ranges.items[s->at];
    enum status status = STATUS_OK;
    if (s->has_start && range.is_backward)
        range.high = s->after.item.s;
    else if (s->has_start)
        status = key_condition_after(s->after.item.s, &s->work->refusal, &range.low);
    if (status == STATUS_OK)
        item_walk_partition(walk, db, s->table->id, &range);
    return status;
}

static enum status walk_table(struct partiql_select *s)
{
    struct item_walk walk;
    int64_t left = SLICE_BYTES;
    enum status status = begin_table(s, &walk);
    if (status != STATUS_OK)
        return status;
    bool has_row = true;
    while (status == STATUS_OK && !s->is_done && left > 0 && (has_row = item_walk_next(&walk))) {
        left -= walk.size + ROW_COST_BYTES;
        status = evaluate(s, walk.document, walk.size);
        if (status == STATUS_OK && (s->is_done || left <= 0))
            status = keep_place(s, &walk.key, NULL);
    }
    if (!has_row)
        end_range(s);
    enum status ended = item_walk_end(&walk);
    return ended != STATUS_OK ? ended : status;
}

static void begin_index(struct partiql_select *s, struct index_walk *walk)
{
    static const struct index_key start = {{SLICE_INIT(""), SLICE_INIT("")},
                                           {SLICE_INIT(""), SLICE_INIT("")}};
    struct db *db = s->work->db;
    const struct index_key *after = s->has_start ? &s->after : NULL;
    if (s->ranges.count == 0) {
        index_walk_all(walk, db, s->index->id, s->is_whole, after != NULL ? after : &start, s->end);
        return;
    }
    const struct item_range *range = &s->ranges.items[s->at];
    struct index_range part = {range->p, range->low, range->high, range->is_backward, after};
    index_walk_partition(walk, db, s->index->id, s->is_whole, &part);
}

static enum status walk_index(struct partiql_select *s)
{
    struct index_walk walk;
    int64_t left = SLICE_BYTES;
    enum status status = STATUS_OK;
    bool has_row = true;
    begin_index(s, &walk);
    while (status == STATUS_OK && !s->is_done && left > 0 && (has_row = index_walk_next(&walk))) {
        left -= walk.size + ROW_COST_BYTES;
        status = evaluate(s, walk.document, walk.size);
        if (status == STATUS_OK && (s->is_done || left <= 0))
            status = keep_place(s, &walk.key.item, &walk.key.index);
    }
    if (!has_row)
        end_range(s);
    enum status ended = index_walk_end(&walk);
    return ended != STATUS_OK ? ended : status;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static enum status answer(struct partiql_select *s)
{
    struct json_writer *w = &s->w;
    const struct json *input = s->work->input;
    bool is_consistent = json_member_bool(input, "ConsistentRead", false);
    json_end_array(w);
    if (s->last_key.len > 0) {
        enum status status = partiql_token_write(input, &s->after, &s->work->refusal, w);
        if (status != STATUS_OK)
            return status;
        json_key(w, "LastEvaluatedKey");
        value_writer_write_item(w, s->last_key);
    }
    capacity_put(w, capacity_wished(input), s->table->name,
                 capacity_of_read(s->bytes, is_consistent));
    json_end_object(w);
    aws_json_answer(s->work->call, &s->out);
    return STATUS_OK;
}

static bool take_slice(struct call_turns *turns)
{
    struct partiql_select *s = list_entry(turns, struct partiql_select, turns);
    enum status status = s->index != NULL ? walk_index(s) : walk_table(s);
    if (status == STATUS_OK && !s->is_done)
        return true;
    if (status == STATUS_OK)
        status = answer(s);
    operation_end(s->work, status);
    return false;
}

enum status partiql_select_run(struct work *work, const struct partiql_statement *statement)
{
    struct partiql_select *s = arena_zalloc(work->arena, sizeof(*s));
    if (s == NULL)
        return STATUS_NO_MEMORY;
    s->work = work;
    s->statement = statement;
    enum status status = find_source(s);
    if (status == STATUS_OK)
        status = make_plan(s);
    if (status == STATUS_OK)
        status = read_start(s);
    if (status != STATUS_OK)
        return status;
    s->out = aws_json_text(work->call);
    s->w = json_writer_make(&s->out);
    json_begin_object(&s->w);
    json_key(&s->w, "Items");
    json_begin_array(&s->w);
    return call_turns_run(work->call, work->call->sandbox->loop, &s->turns, take_slice);
}
