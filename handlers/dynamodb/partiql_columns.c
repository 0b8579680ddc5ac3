#include "handlers/dynamodb/partiql_columns.h"

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

enum status partiql_columns_write(const struct partiql_column *columns, struct slice item,
                                  struct arena *arena, struct json_writer *w)
{
    if (columns == NULL) {
        value_writer_write_item(w, item);
        return STATUS_OK;
    }
    json_begin_object(w);
    for (const struct partiql_column *c = columns; c != NULL; c = c->next) {
        struct value value;
        struct slice name = {NULL, 0};
        if (!document_path_find(&c->path, item, &value))
            continue;
        enum status status = find_name(c, arena, &name);
        if (status != STATUS_OK)
            return status;
        json_key_slice(w, name);
        value_writer_write(w, &value);
    }
    json_end_object(w);
    return STATUS_OK;
}
