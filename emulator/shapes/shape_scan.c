/* The first pass: types, and whether any constraint is broken. See shape_walk.h. */
#include <string.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_constraint.h"
#include "emulator/shapes/shape_param.h"
#include "emulator/shapes/shape_type.h"
#include "emulator/shapes/shape_walk.h"

static bool is_container(const struct shape *shape)
{
    return shape->type <= SHAPE_MAP;
}

static enum shape_verdict scan_value(struct shape_walk *w, const struct shape *shape,
                                     const struct json *value, struct text *message)
{
    if (!shape_type_fits(shape, value)) {
        bool in_structure = shape_walk_top(w)->shape->type == SHAPE_STRUCTURE;
        shape_type_complain(shape, value, in_structure, w->service->package, message);
        return SHAPE_SERIALIZATION;
    }
    unsigned failures;
    if (shape_test_value(w->input->cache, shape, value, &failures))
        return SHAPE_NO_MEMORY;
    w->broken |= failures != 0;
    if (is_container(shape) && shape_walk_enter(w, shape, value))
        return SHAPE_NO_MEMORY;
    return SHAPE_OK;
}

/* The structure's member of that name in the body; its count when there is none. */
static unsigned find_member(const struct shape *structure, struct slice name)
{
    unsigned i = 0;
    for (; i < structure->count; i++) {
        const struct shape_member *member = &shape_members[structure->first + i];
        if (member->name_len == name.len && member->location == SHAPE_BODY &&
            memcmp(shape_pool + member->name, name.ptr, name.len) == 0)
            break;
    }
    return i;
}

static enum shape_verdict scan_member(struct shape_walk *w, const struct json *child,
                                      struct text *message)
{
    struct shape_frame *frame = shape_walk_top(w);
    unsigned index = find_member(frame->shape, json_name(child));
    if (index == frame->shape->count) {
        shape_walk_unknown(w, json_name(child));
        return SHAPE_OK;
    }
    uint64_t bit = UINT64_C(1) << index;
    if (frame->named & bit)
        return SHAPE_OK; /* of a name that stands twice the first counts */
    frame->named |= bit;
    if (json_kind(child) == JSON_NULL)
        return SHAPE_OK;
    frame->present |= bit;
    frame->index = index;
    const struct shape_member *member = &shape_members[frame->shape->first + index];
    return scan_value(w, &shape_shapes[member->shape], child, message);
}

static enum shape_verdict scan_element(struct shape_walk *w, const struct shape *shape,
                                       const struct json *child, struct text *message)
{
    if (json_kind(child) == JSON_NULL) {
        w->broken |= !shape->nullable;
        return SHAPE_OK;
    }
    return scan_value(w, shape, child, message);
}

static enum shape_verdict scan_entry(struct shape_walk *w, const struct shape_frame *frame,
                                     const struct json *child, struct text *message)
{
    const struct shape *map = frame->shape;
    unsigned failures;
    if (shape_test_text(w->input->cache, &shape_shapes[map->first], json_name(child), &failures))
        return SHAPE_NO_MEMORY;
    w->broken |= failures != 0;
    return scan_element(w, &shape_shapes[map->count], child, message);
}

static enum shape_verdict scan_child(struct shape_walk *w, struct text *message)
{
    struct shape_frame *frame = shape_walk_top(w);
    const struct json *child = frame->child;
    if (frame->at && frame->shape->type == SHAPE_LIST)
        frame->index++;
    frame->child = json_next(child);
    frame->at = child;
    if (frame->shape->type == SHAPE_STRUCTURE)
        return scan_member(w, child, message);
    if (frame->shape->type == SHAPE_MAP)
        return scan_entry(w, frame, child, message);
    return scan_element(w, &shape_shapes[frame->shape->first], child, message);
}

/* Leave the innermost container; a structure may lack what it requires. */
static void scan_leave(struct shape_walk *w)
{
    const struct shape_frame *frame = shape_walk_top(w);
    if (frame->shape->type == SHAPE_STRUCTURE) {
        for (unsigned i = 0; i < frame->shape->count; i++) {
            const struct shape_member *member = &shape_members[frame->shape->first + i];
            if (member->required && member->location == SHAPE_BODY && !(frame->present >> i & 1))
                w->broken = true;
        }
    }
    w->depth--;
}

static enum shape_verdict scan_params(struct shape_walk *w, const struct shape *root,
                                      struct text *message)
{
    for (unsigned i = 0; i < root->count; i++) {
        const struct shape_member *member = &shape_members[root->first + i];
        if (!shape_param_applies(w->input, member))
            continue;
        unsigned failures;
        unsigned element_failures;
        enum status status = shape_param_test(w->input, member, &failures, &element_failures);
        if (status == STATUS_INVALID) {
            text_printf(message, "STRING_VALUE cannot be converted to %s",
                        shape_type_name(&shape_shapes[member->shape]));
            return SHAPE_SERIALIZATION;
        }
        if (status)
            return SHAPE_NO_MEMORY;
        w->broken |= failures || element_failures;
    }
    return SHAPE_OK;
}

enum shape_verdict shape_scan(struct shape_walk *w, const struct shape *root, struct text *message)
{
    enum json_kind kind = json_kind(w->input->body);
    if (kind != JSON_OBJECT && kind != JSON_NULL)
        return SHAPE_SERIALIZATION;
    enum shape_verdict verdict = scan_params(w, root, message);
    if (verdict != SHAPE_OK)
        return verdict;
    if (shape_walk_enter(w, root, w->input->body))
        return SHAPE_NO_MEMORY;
    while (w->depth && verdict == SHAPE_OK) {
        if (shape_walk_top(w)->child)
            verdict = scan_child(w, message);
        else
            scan_leave(w);
    }
    return verdict;
}
