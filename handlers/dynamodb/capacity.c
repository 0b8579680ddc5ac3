#include "handlers/dynamodb/capacity.h"

#include <inttypes.h>
#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "storage/index_store.h"
#include "storage/table_store.h"

enum { READ_UNIT_BYTES = 4096, WRITE_UNIT_BYTES = 1024 };

enum capacity_wish capacity_wished(const struct json *input)
{
    struct slice wish = json_member_string(input, "ReturnConsumedCapacity");
    if (slice_equal(wish, SLICE("TOTAL")))
        return CAPACITY_TOTAL;
    return slice_equal(wish, SLICE("INDEXES")) ? CAPACITY_INDEXES : CAPACITY_NONE;
}

static int64_t units(int64_t bytes, int64_t unit)
{
    int64_t count = (bytes + unit - 1) / unit;
    return count > 0 ? count : 1;
}

int64_t capacity_of_read(int64_t bytes, bool is_consistent)
{
    return units(bytes, READ_UNIT_BYTES) * (is_consistent ? 2 : 1);
}

int64_t capacity_of_write(int64_t old_bytes, int64_t new_bytes)
{
    return 2 * units(old_bytes > new_bytes ? old_bytes : new_bytes, WRITE_UNIT_BYTES);
}

static void put_units(struct json_writer *w, const char *name, int64_t half_units)
{
    char number[32];
    int len = snprintf(number, sizeof(number), "%" PRId64 ".%d", half_units / 2,
                       half_units % 2 != 0 ? 5 : 0);
    json_put_raw(w, name, slice_make(number, (size_t)len));
}

void capacity_write(struct json_writer *w, enum capacity_wish wish, struct slice table,
                    int64_t half_units)
{
    json_begin_object(w);
    json_put_string(w, "TableName", table);
    put_units(w, "CapacityUnits", half_units);
    if (wish == CAPACITY_INDEXES) {
        json_key(w, "Table");
        json_begin_object(w);
        put_units(w, "CapacityUnits", half_units);
        json_end_object(w);
    }
    json_end_object(w);
}

void capacity_put(struct json_writer *w, enum capacity_wish wish, struct slice table,
                  int64_t half_units)
{
    if (wish == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    capacity_write(w, wish, table, half_units);
}

/* ---- with indexes --------------------------------------------------------------------------- */

static void write_units(struct json_writer *w, int64_t half_units, const char *kind)
{
    put_units(w, "CapacityUnits", half_units);
    if (kind != NULL)
        put_units(w, kind, half_units);
}

static void write_part(struct json_writer *w, int64_t half_units, const char *kind)
{
    json_begin_object(w);
    write_units(w, half_units, kind);
    json_end_object(w);
}

/* Only those that took any. */
static void write_indexes(struct json_writer *w, const char *member, const struct capacity_use *use,
                          bool is_global)
{
    bool has_any = false;
    for (size_t i = 0; i < use->table->index_count; i++) {
        const struct table_index *index = &use->table->indexes[i];
        if (index->is_global != is_global || use->index_units[i] == 0)
            continue;
        if (!has_any) {
            json_key(w, member);
            json_begin_object(w);
        }
        has_any = true;
        json_key_slice(w, index->name);
        write_part(w, use->index_units[i], use->kind);
    }
    if (has_any)
        json_end_object(w);
}

void capacity_write_use(struct json_writer *w, enum capacity_wish wish,
                        const struct capacity_use *use)
{
    int64_t total = use->half_units;
    size_t count = use->index_units != NULL ? use->table->index_count : 0;
    for (size_t i = 0; i < count; i++)
        total += use->index_units[i];
    json_begin_object(w);
    json_put_string(w, "TableName", use->table->name);
    write_units(w, total, use->kind);
    if (wish == CAPACITY_INDEXES) {
        json_key(w, "Table");
        write_part(w, use->half_units, use->kind);
    }
    if (wish == CAPACITY_INDEXES && count > 0) {
        write_indexes(w, "LocalSecondaryIndexes", use, false);
        write_indexes(w, "GlobalSecondaryIndexes", use, true);
    }
    json_end_object(w);
}

void capacity_put_use(struct json_writer *w, enum capacity_wish wish,
                      const struct capacity_use *use)
{
    if (wish == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    capacity_write_use(w, wish, use);
}
