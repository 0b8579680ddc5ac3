#include "handlers/dynamodb/update_apply.h"

#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/update_operand.h"

static enum status rewrite(const struct path_tree *node, const struct value *old,
                           struct refusal *refusal, struct text *out);

static enum status refuse_path(struct refusal *refusal)
{
    return refuse(refusal,
                  "The document path provided in the update expression is invalid for update");
}

static const struct update_action *action_of(const struct path_tree *leaf)
{
    return leaf->data;
}

static bool is_leaf(const struct path_tree *node)
{
    return node->children == NULL;
}

/* ---- what is not there yet ------------------------------------------------------------------ */

/* Only a leaf can be made; its parent must exist. */
static enum status add_member(const struct path_tree *child, struct refusal *refusal,
                              struct text *out)
{
    if (!is_leaf(child))
        return refuse_path(refusal);
    if (action_of(child)->outcome != OUTCOME_SET)
        return STATUS_OK;
    value_append_name(out, child->step.name);
    value_append(out, &action_of(child)->result);
    return out->status;
}

static enum status add_element(const struct path_tree *child, struct refusal *refusal,
                               struct text *out)
{
    if (!is_leaf(child))
        return refuse_path(refusal);
    if (action_of(child)->outcome == OUTCOME_SET)
        value_append(out, &action_of(child)->result);
    return out->status;
}

/* ---- what is there ----------------------------------------------------------------------------
 */

static bool is_removed(const struct path_tree *child)
{
    return is_leaf(child) && action_of(child)->outcome == OUTCOME_REMOVE;
}

static enum status rewrite_member(const struct path_tree *child, struct slice name,
                                  const struct value *old, struct refusal *refusal,
                                  struct text *out)
{
    if (is_removed(child))
        return STATUS_OK;
    value_append_name(out, name);
    return rewrite(child, old, refusal, out);
}

/* Both are in order: members without a child stay, children without a member are new. */
static enum status rewrite_members(const struct path_tree *child, struct slice map,
                                   struct refusal *refusal, struct text *out)
{
    struct slice rest = map;
    struct slice name;
    struct value old;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && value_next_member(&rest, &name, &old)) {
        for (; child != NULL && slice_compare(child->step.name, name) < 0; child = child->next) {
            status = add_member(child, refusal, out);
            if (status != STATUS_OK)
                return status;
        }
        if (child != NULL && slice_equal(child->step.name, name)) {
            status = rewrite_member(child, name, &old, refusal, out);
            child = child->next;
        } else {
            value_append_name(out, name);
            value_append(out, &old);
        }
    }
    for (; child != NULL && status == STATUS_OK; child = child->next)
        status = add_member(child, refusal, out);
    return status;
}

static enum status rewrite_elements(const struct path_tree *child, struct slice list,
                                    struct refusal *refusal, struct text *out)
{
    struct slice rest = list;
    struct value old;
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK && value_next(&rest, &old); i++) {
        if (child == NULL || child->step.index != i) {
            value_append(out, &old);
            continue;
        }
        if (!is_removed(child))
            status = rewrite(child, &old, refusal, out);
        child = child->next;
    }
    for (; child != NULL && status == STATUS_OK; child = child->next)
        status = add_element(child, refusal, out);
    return status;
}

/* Recurses once per step of a path: 32 at most. */
static enum status rewrite(const struct path_tree *node, const struct value *old,
                           struct refusal *refusal, struct text *out)
{
    if (is_leaf(node)) {
        const struct update_action *action = action_of(node);
        value_append(out, action->outcome == OUTCOME_SET ? &action->result : old);
        return out->status;
    }
    bool wants_list = node->children->step.is_index;
    if (old->type != (wants_list ? VALUE_L : VALUE_M))
        return refuse_path(refusal);
    size_t mark = value_begin(out, old->type);
    enum status status = wants_list ? rewrite_elements(node->children, old->payload, refusal, out)
                                    : rewrite_members(node->children, old->payload, refusal, out);
    value_end(out, mark);
    return status != STATUS_OK ? status : out->status;
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static enum status check_depth(const struct update_action *action, struct refusal *refusal)
{
    if (action->outcome != OUTCOME_SET ||
        update_operand_fits(&action->result, VALUE_MAX_DEPTH - (int)action->path.count + 1))
        return STATUS_OK;
    return refuse(refusal, "Nesting Levels have exceeded supported limits: Attributes in the item "
                           "have nested levels beyond supported limit");
}

enum status update_apply(struct update_expression *update, struct slice item,
                         struct refusal *refusal, struct text *out)
{
    for (struct update_action *a = update->first; a != NULL; a = a->next) {
        enum status status = update_operand_compute(a, item, refusal);
        if (status == STATUS_OK)
            status = check_depth(a, refusal);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = rewrite_members(update->paths.children, item, refusal, out);
    return status != STATUS_OK ? status : out->status;
}
