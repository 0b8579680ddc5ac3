/*
 * Every statement is taken or refused with a message; what is taken can be asked of an item, and an
 * update gives a document whose members are in order.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/value_reader.h"
#include "storage/table_store.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)
#define STATEMENT_MAX_BYTES 8192

static const char parameters_text[] =
    "[{\"S\":\"x\"},{\"N\":\"1\"},{\"L\":[{\"N\":\"1\"}]},{\"SS\":[\"a\",\"b\"]},{\"BOOL\":true}]";
static const char item_text[] =
    "{\"id\":{\"S\":\"x\"},\"a\":{\"N\":\"9E37\"},\"ss\":{\"SS\":[\"b\",\"c\"]},"
    "\"l\":{\"L\":[{\"N\":\"0\"},{\"M\":{\"k\":{\"NULL\":true}}},{\"L\":[]}]},"
    "\"m\":{\"M\":{\"a\":{\"M\":{\"b\":{\"S\":\"\"}}},\"k\":{\"B\":\"YWI=\"}}}}";

struct fixture {
    struct arena arena;
    struct refusal refusal;
    struct slice item;
};

static const struct json *parse(struct fixture *f, const char *text)
{
    const struct json *json = NULL;
    FUZZ_CHECK(json_parse(slice_of(text), &f->arena, &json) == STATUS_OK);
    return json;
}

static void set_up(struct fixture *f)
{
    struct text document;
    arena_init(&f->arena, MAX_BYTES);
    f->refusal = refusal_make(&f->arena);
    text_init_in(&document, &f->arena, MAX_BYTES);
    FUZZ_CHECK(value_reader_read_item(parse(f, item_text), &document, &f->refusal) == STATUS_OK);
    f->item = text_slice(&document);
}

static void check_refusal(const struct fixture *f, enum status status)
{
    FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID);
    FUZZ_CHECK((status == STATUS_INVALID) == (f->refusal.error != NULL));
    FUZZ_CHECK(status == STATUS_OK || f->refusal.message.len > 0);
}

static void check_order(struct slice map)
{
    struct slice last = SLICE("");
    struct slice name;
    struct value value;
    bool is_first = true;
    while (value_next_member(&map, &name, &value)) {
        FUZZ_CHECK(is_first || slice_compare(last, name) < 0);
        if (value.type == VALUE_M)
            check_order(value.payload);
        last = name;
        is_first = false;
    }
    FUZZ_CHECK(map.len == 0);
}

static void plan(struct fixture *f, struct partiql_statement *statement)
{
    static const struct table table = {.hash_name = SLICE_INIT("id"),
                                       .hash_type = 'S',
                                       .range_name = SLICE_INIT("a"),
                                       .range_type = 'N'};
    struct key_condition condition;
    struct partiql_key key;
    FUZZ_CHECK(partiql_plan_key(&table, statement->where, &f->arena, &key) == STATUS_OK);
    FUZZ_CHECK(key.missing <= 2);
    check_order(key.document);
    size_t partitions = 0;
    const struct expression *first =
        partiql_plan_range(&table, statement->where, &condition, &partitions);
    FUZZ_CHECK(condition.count <= 2 && (partitions > 0) == (first != NULL));
    for (; partitions > 0; partitions--, first = first->next)
        FUZZ_CHECK(first->kind == EXPRESSION_VALUE);
    if (statement->where == NULL)
        return;
    (void)condition_holds(statement->where, f->item);
    (void)condition_holds(statement->where, SLICE(""));
    partiql_plan_drop_key(&table, statement->where);
    (void)condition_holds(statement->where, f->item);
}

static void apply(struct fixture *f, struct partiql_statement *statement)
{
    struct text out;
    if (statement->update == NULL)
        return;
    text_init_in(&out, &f->arena, MAX_BYTES);
    enum status status = update_apply(statement->update, f->item, &f->refusal, &out);
    check_refusal(f, status);
    if (status == STATUS_OK)
        check_order(text_slice(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture f;
    struct partiql_statement statement;
    if (size > STATEMENT_MAX_BYTES)
        return 0;
    set_up(&f);
    const struct json *parameters = size % 2 == 0 ? parse(&f, parameters_text) : NULL;
    enum status status =
        partiql_statement_parse(slice_make(data, size), parameters, &f.refusal, &statement);
    check_refusal(&f, status);
    if (status == STATUS_OK) {
        check_order(statement.item);
        plan(&f, &statement);
        apply(&f, &statement);
    }
    arena_clear(&f.arena);
    return 0;
}
