#include "handlers/dynamodb/expression_build.h"

#include "emulator/base/arena.h"

struct expression *expression_build_path(struct arena *arena, struct slice name)
{
    struct expression *node = arena_zalloc(arena, sizeof(*node));
    struct path_step *step = arena_zalloc(arena, sizeof(*step));
    if (node == NULL || step == NULL)
        return NULL;
    step->name = name;
    node->kind = EXPRESSION_PATH;
    node->path = (struct document_path){step, 1};
    return node;
}

struct expression *expression_build_value(struct arena *arena, const struct value *value)
{
    struct expression *node = arena_zalloc(arena, sizeof(*node));
    if (node == NULL)
        return NULL;
    node->kind = EXPRESSION_VALUE;
    node->value = *value;
    return node;
}

struct expression *expression_build_node(struct arena *arena, enum expression_kind kind,
                                         struct expression *first)
{
    struct expression *node = arena_zalloc(arena, sizeof(*node));
    if (node == NULL || first == NULL)
        return NULL;
    node->kind = kind;
    node->first = first;
    for (const struct expression *e = first; e != NULL; e = e->next)
        node->count++;
    return node;
}

struct expression *expression_build_compare(struct arena *arena, enum token_kind comparator,
                                            struct expression *a, struct expression *b)
{
    struct expression *node =
        expression_build_node(arena, EXPRESSION_COMPARE, expression_build_chain(a, b));
    if (node != NULL)
        node->comparator = comparator;
    return node;
}

struct expression *expression_build_function(struct arena *arena, enum expression_function function,
                                             struct expression *first)
{
    struct expression *node = expression_build_node(arena, EXPRESSION_FUNCTION, first);
    if (node != NULL)
        node->function = function;
    return node;
}

struct expression *expression_build_chain(struct expression *first, struct expression *second)
{
    if (first == NULL || second == NULL)
        return NULL;
    first->next = second;
    return first;
}
