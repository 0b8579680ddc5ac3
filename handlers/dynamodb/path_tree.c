#include "handlers/dynamodb/path_tree.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"

static int compare_steps(const struct path_step *a, const struct path_step *b)
{
    if (a->is_index)
        return (a->index > b->index) - (a->index < b->index);
    return slice_compare(a->name, b->name);
}

/* The child for a step, made when missing. NULL: out of memory. */
static struct path_tree *child_for(struct path_tree *parent, const struct path_step *step,
                                   struct arena *arena, bool *ret_is_new)
{
    struct path_tree **at = &parent->children;
    while (*at != NULL && compare_steps(&(*at)->step, step) < 0)
        at = &(*at)->next;
    *ret_is_new = *at == NULL || compare_steps(&(*at)->step, step) != 0;
    if (!*ret_is_new)
        return *at;
    struct path_tree *child = arena_zalloc(arena, sizeof(*child));
    if (child == NULL)
        return NULL;
    child->step = *step;
    child->next = *at;
    *at = child;
    return child;
}

enum status path_tree_add(struct path_tree *root, const struct document_path *path, void *data,
                          struct arena *arena, enum path_clash *ret_clash,
                          const struct document_path **ret_other)
{
    struct path_tree *node = root;
    for (const struct path_step *step = path->first; step != NULL; step = step->next) {
        bool is_new = false;
        bool is_of_other_kind =
            node->children != NULL && node->children->step.is_index != step->is_index;
        if (is_of_other_kind) {
            *ret_clash = PATH_CLASH_CONFLICT;
            *ret_other = node->children->owner;
            return STATUS_OK;
        }
        node = child_for(node, step, arena, &is_new);
        if (node == NULL)
            return STATUS_NO_MEMORY;
        bool is_last = step->next == NULL;
        if (!is_new && (is_last || node->children == NULL)) {
            *ret_clash = PATH_CLASH_OVERLAP;
            *ret_other = node->owner;
            return STATUS_OK;
        }
        if (is_new)
            node->owner = path;
    }
    node->data = data;
    *ret_clash = PATH_CLASH_NONE;
    return STATUS_OK;
}

void path_tree_describe_clash(enum path_clash clash, const struct document_path *one,
                              const struct document_path *two, struct text *out)
{
    text_printf(out,
                "Two document paths %s with each other; must remove or rewrite one of these "
                "paths; path one: ",
                clash == PATH_CLASH_OVERLAP ? "overlap" : "conflict");
    document_path_describe(one, out);
    text_append_text(out, ", path two: ");
    document_path_describe(two, out);
}

/* ---- projecting ----------------------------------------------------------------------------- */

static bool project_value(const struct path_tree *node, const struct value *value,
                          struct text *out);

static bool project_members(const struct path_tree *child, struct slice map, struct text *out)
{
    struct slice rest = map;
    struct slice name;
    struct value value;
    bool has_any = false;
    while (child != NULL && value_next_member(&rest, &name, &value)) {
        while (child != NULL && slice_compare(child->step.name, name) < 0)
            child = child->next;
        if (child == NULL || !slice_equal(child->step.name, name))
            continue;
        size_t mark = out->len;
        value_append_name(out, name);
        if (project_value(child, &value, out))
            has_any = true;
        else
            out->len = mark;
    }
    return has_any;
}

static bool project_elements(const struct path_tree *child, struct slice list, struct text *out)
{
    struct slice rest = list;
    struct value value;
    bool has_any = false;
    for (uint64_t i = 0; child != NULL && value_next(&rest, &value); i++) {
        if (child->step.index != i)
            continue;
        has_any |= project_value(child, &value, out);
        child = child->next;
    }
    return has_any;
}

/* False, with nothing written that counts, when nothing of the value was picked. */
static bool project_value(const struct path_tree *node, const struct value *value, struct text *out)
{
    size_t mark = out->len;
    if (node->children == NULL) {
        value_append(out, value);
        return true;
    }
    bool wants_list = node->children->step.is_index;
    if (value->type != (wants_list ? VALUE_L : VALUE_M))
        return false;
    (void)value_begin(out, value->type);
    bool has_any = wants_list ? project_elements(node->children, value->payload, out)
                              : project_members(node->children, value->payload, out);
    if (has_any)
        value_end(out, mark);
    else
        out->len = mark;
    return has_any;
}

void path_tree_project(const struct path_tree *root, struct slice item, struct text *out)
{
    (void)project_members(root->children, item, out);
}
