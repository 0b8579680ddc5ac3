#include "handlers/dynamodb/legacy_update.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_build.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/value_reader.h"

#define INVALID "One or more parameter values were invalid: "
#define VALUE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* ---- one update --------------------------------------------------------------------------- */

static enum status read_operand(const struct json *json, struct refusal *refusal,
                                struct expression **ret_operand)
{
    struct text text;
    struct value value;
    text_init_in(&text, refusal->arena, VALUE_MAX_BYTES);
    enum status status = value_reader_read(json, &text, refusal);
    if (status != STATUS_OK)
        return status;
    struct slice rest = text_slice(&text);
    if (!value_next(&rest, &value))
        return STATUS_CORRUPT;
    *ret_operand = expression_build_value(refusal->arena, &value);
    return *ret_operand != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_delete(struct update_action *action, struct refusal *refusal)
{
    action->kind = action->operand == NULL ? UPDATE_REMOVE : UPDATE_DELETE;
    if (action->operand == NULL || value_is_set(&action->operand->value))
        return STATUS_OK;
    return refuse(refusal, INVALID "DELETE action with value is not supported for the type %s",
                  value_type_name(action->operand->value.type));
}

static enum status read_add(struct update_action *action, struct refusal *refusal)
{
    const struct value *value = &action->operand->value;
    action->kind = UPDATE_ADD;
    if (value_is_set(value) || value->type == VALUE_N || value->type == VALUE_L)
        return STATUS_OK;
    return refuse(refusal, INVALID "ADD action is not supported for the type %s",
                  value_type_name(value->type));
}

static enum status read_action(struct update_action *action, const struct json *json,
                               struct refusal *refusal)
{
    const struct json *value = json_member(json, "Value");
    struct slice name = json_member_string(json, "Action");
    if (value != NULL) {
        enum status status = read_operand(value, refusal, &action->operand);
        if (status != STATUS_OK)
            return status;
    }
    action->is_legacy = true;
    action->kind = UPDATE_SET;
    if (slice_equal(name, SLICE("DELETE")))
        return read_delete(action, refusal);
    if (value == NULL)
        return refuse(refusal,
                      INVALID "Only DELETE action is allowed when no attribute value is specified");
    return slice_equal(name, SLICE("ADD")) ? read_add(action, refusal) : STATUS_OK;
}

/* ---- all of them -------------------------------------------------------------------------- */

/* Names differ, so that nothing clashes. */
static enum status add_name(struct path_tree *tree, struct update_action *action, struct slice name,
                            struct arena *arena)
{
    enum path_clash clash = PATH_CLASH_NONE;
    const struct document_path *other = NULL;
    struct path_step *step = arena_zalloc(arena, sizeof(*step));
    if (step == NULL)
        return STATUS_NO_MEMORY;
    step->name = name;
    action->path = (struct document_path){step, 1};
    return path_tree_add(tree, &action->path, action, arena, &clash, &other);
}

/* The last name first: each is then put in front of the tree's others. */
static int compare_backward(const void *a, const void *b)
{
    const struct json *const *x = a;
    const struct json *const *y = b;
    return slice_compare(json_name(*y), json_name(*x));
}

static enum status read_members(const struct json *const *members, size_t count,
                                struct refusal *refusal, struct update_expression *update)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && slice_equal(json_name(members[i]), json_name(members[i - 1])))
            continue;
        struct update_action *action = arena_zalloc(refusal->arena, sizeof(*action));
        if (action == NULL)
            return STATUS_NO_MEMORY;
        enum status status = read_action(action, members[i], refusal);
        if (status == STATUS_OK)
            status = add_name(&update->paths, action, json_name(members[i]), refusal->arena);
        if (status != STATUS_OK)
            return status;
        action->next = update->first;
        update->first = action;
    }
    return STATUS_OK;
}

enum status legacy_update_read(const struct json *updates, struct refusal *refusal,
                               struct update_expression **ret_update)
{
    size_t count = json_count(updates);
    if (count == 0)
        return STATUS_OK;
    struct update_expression *update = arena_zalloc(refusal->arena, sizeof(*update));
    const struct json **members = arena_alloc(refusal->arena, count * sizeof(*members));
    if (update == NULL || members == NULL)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (const struct json *m = json_first(updates); m != NULL && n < count; m = json_next(m))
        members[n++] = m;
    qsort(members, n, sizeof(*members), compare_backward);
    enum status status = read_members(members, n, refusal, update);
    if (status == STATUS_OK)
        *ret_update = update;
    return status;
}

/* ---- AttributesToGet ------------------------------------------------------------------------ */

enum status legacy_update_read_attributes(const struct json *names, struct refusal *refusal,
                                          struct path_tree **ret_tree)
{
    struct path_tree *tree = arena_zalloc(refusal->arena, sizeof(*tree));
    if (tree == NULL)
        return STATUS_NO_MEMORY;
    for (const struct json *n = json_first(names); n != NULL; n = json_next(n)) {
        enum path_clash clash = PATH_CLASH_NONE;
        const struct document_path *other = NULL;
        struct expression *path = expression_build_path(refusal->arena, json_string(n));
        if (path == NULL)
            return STATUS_NO_MEMORY;
        enum status status = path_tree_add(tree, &path->path, NULL, refusal->arena, &clash, &other);
        if (status != STATUS_OK)
            return status;
        if (clash != PATH_CLASH_NONE)
            return refuse(refusal, INVALID "Duplicate value in attribute name: %.*s",
                          SLICE_ARG(json_string(n)));
    }
    *ret_tree = tree;
    return STATUS_OK;
}
