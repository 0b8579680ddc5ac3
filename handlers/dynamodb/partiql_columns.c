#include "handlers/dynamodb/partiql_columns.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json_writer.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/partiql_statement.h"
#include "handlers/dynamodb/value_writer.h"

static enum status find_name(const struct partiql_column *column, struct arena *arena,
                             struct slice *ret_name)
{
    const struct path_step *name = column->path.first;
    const struct path_step *last = name;
    for (; last->next != NULL; last = last->next)
        if (!last->next->is_index)
            name = last->next;
    *ret_name = name->name;
    if (!last->is_index)
        return STATUS_OK;
    const char *text =
        arena_printf(arena, "%.*s[%llu]", SLICE_ARG(name->name), (unsigned long long)last->index);
    *ret_name = slice_of(text);
    return text != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

struct named {
    struct partiql_column *column;
    size_t position;
};

static int compare(const void *a, const void *b)
{
    const struct named *x = a;
    const struct named *y = b;
    int order = slice_compare(x->column->name, y->column->name);
    return order != 0 ? order : (x->position > y->position) - (x->position < y->position);
}

enum status partiql_columns_name(struct partiql_column *columns, struct arena *arena)
{
    size_t count = 0;
    for (struct partiql_column *c = columns; c != NULL; c = c->next) {
        enum status status = find_name(c, arena, &c->name);
        if (status != STATUS_OK)
            return status;
        count++;
    }
    struct named *all = arena_alloc(arena, (count + 1) * sizeof(*all));
    if (all == NULL)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (struct partiql_column *c = columns; c != NULL; c = c->next, n++)
        all[n] = (struct named){c, n};
    qsort(all, count, sizeof(*all), compare);
    for (size_t i = 0; i + 1 < count; i++)
        all[i].column->is_superseded = slice_equal(all[i].column->name, all[i + 1].column->name);
    return STATUS_OK;
}

void partiql_columns_write(const struct partiql_column *columns, struct slice item,
                           struct json_writer *w)
{
    if (columns == NULL) {
        value_writer_write_item(w, item);
        return;
    }
    json_begin_object(w);
    for (const struct partiql_column *c = columns; c != NULL; c = c->next) {
        struct value value;
        if (c->is_superseded || !document_path_find(&c->path, item, &value))
            continue;
        json_key_slice(w, c->name);
        value_writer_write(w, &value);
    }
    json_end_object(w);
}
