#include "handlers/dynamodb/document_path.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"

struct path_step *document_path_append(struct document_path *path, struct path_step **tail,
                                       struct arena *arena)
{
    struct path_step *step = arena_zalloc(arena, sizeof(*step));
    if (step == NULL)
        return NULL;
    if (*tail == NULL)
        path->first = step;
    else
        (*tail)->next = step;
    *tail = step;
    path->count++;
    return step;
}

static bool take_step(const struct path_step *step, struct value *value)
{
    if (step->is_index)
        return value->type == VALUE_L && value_at(value->payload, step->index, value);
    return value->type == VALUE_M && value_member(value->payload, step->name, value);
}

bool document_path_find(const struct document_path *path, struct slice item,
                        struct value *ret_value)
{
    struct value value = {VALUE_M, item};
    for (const struct path_step *step = path->first; step != NULL; step = step->next)
        if (!take_step(step, &value))
            return false;
    *ret_value = value;
    return true;
}

bool document_path_equal(const struct document_path *a, const struct document_path *b)
{
    const struct path_step *x = a->first;
    const struct path_step *y = b->first;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (x->is_index != y->is_index || x->index != y->index || !slice_equal(x->name, y->name))
            return false;
    return x == NULL && y == NULL;
}

void document_path_describe(const struct document_path *path, struct text *out)
{
    text_append_byte(out, '[');
    for (const struct path_step *step = path->first; step != NULL; step = step->next) {
        if (step->is_index)
            text_printf(out, "[%llu]", (unsigned long long)step->index);
        else
            text_append(out, step->name);
        if (step->next != NULL)
            text_append_text(out, ", ");
    }
    text_append_byte(out, ']');
}
