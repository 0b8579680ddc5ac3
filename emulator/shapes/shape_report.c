/* The second pass: the messages of what is broken, in the model's order. See shape_walk.h. */
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_message.h"
#include "emulator/shapes/shape_param.h"
#include "emulator/shapes/shape_walk.h"

/* AWS stops counting here. */
#define MESSAGES_MAX 10

static bool begin_message(struct shape_walk *w, const struct shape_subject *subject,
                          struct text *out)
{
    if (w->message_count == MESSAGES_MAX)
        return false;
    if (w->message_count++)
        text_append_text(out, "; ");
    shape_message_head(w, subject, out);
    return true;
}

static void report_failures(struct shape_walk *w, const struct shape_subject *subject,
                            unsigned failures, struct text *out)
{
    for (unsigned bit = SHAPE_FAILS_NULL; bit < SHAPE_FAILS_END; bit <<= 1)
        if (failures & bit && begin_message(w, subject, out))
            shape_message_failure(subject, (enum shape_failure)bit, out);
}

static void report_elements(struct shape_walk *w, const struct shape_subject *subject,
                            const char *lead, const struct shape *element, struct text *out)
{
    if (begin_message(w, subject, out))
        shape_message_elements(w, lead, element, out);
}

/* Whether any key of the map breaks its shape. */
static enum status test_keys(const struct shape_walk *w, const struct shape *key,
                             const struct json *map, bool *ret_broken)
{
    bool broken = false;
    for (const struct json *child = json_first(map); child && !broken; child = json_next(child)) {
        unsigned failures;
        enum status status = shape_test_text(w->input->cache, key, json_name(child), &failures);
        if (status)
            return status;
        broken = failures != 0;
    }
    *ret_broken = broken;
    return STATUS_OK;
}

/* Whether any element breaks its shape. Structures have none of their own and are entered. */
static enum status test_elements(const struct shape_walk *w, const struct shape *element,
                                 const struct json *container, bool *ret_broken)
{
    bool broken = false;
    *ret_broken = false;
    if (element->type == SHAPE_STRUCTURE)
        return STATUS_OK;
    for (const struct json *child = json_first(container); child && !broken;
         child = json_next(child)) {
        unsigned failures = element->nullable ? 0 : SHAPE_FAILS_NULL;
        if (json_kind(child) != JSON_NULL) {
            enum status status = shape_test_value(w->input->cache, element, child, &failures);
            if (status)
                return status;
        }
        broken = failures != 0;
    }
    *ret_broken = broken;
    return STATUS_OK;
}

static const struct shape *element_of(const struct shape *container)
{
    return &shape_shapes[container->type == SHAPE_MAP ? container->count : container->first];
}

/* What a list or map says about its elements as a whole, then into it. */
static enum status enter_container(struct shape_walk *w, const struct shape_subject *subject,
                                   struct text *out)
{
    const struct shape *shape = subject->shape;
    bool is_map = shape->type == SHAPE_MAP;
    bool broken = false;
    enum status status = STATUS_OK;
    if (is_map)
        status = test_keys(w, &shape_shapes[shape->first], subject->json, &broken);
    if (status)
        return status;
    if (broken)
        report_elements(w, subject, "Map keys", &shape_shapes[shape->first], out);
    status = test_elements(w, element_of(shape), subject->json, &broken);
    if (status)
        return status;
    if (broken)
        report_elements(w, subject, is_map ? "Map value" : "Member", element_of(shape), out);
    return shape_walk_enter(w, shape, subject->json);
}

static enum status report_param(struct shape_walk *w, const struct shape_member *member,
                                struct text *out)
{
    const struct shape *shape = &shape_shapes[member->shape];
    struct shape_subject subject = {.shape = shape, .param = member};
    unsigned failures;
    unsigned element_failures;
    enum status status = shape_param_test(w->input, member, &failures, &element_failures);
    if (status)
        return status;
    report_failures(w, &subject, failures, out);
    if (element_failures)
        report_elements(w, &subject, "Member", element_of(shape), out);
    return STATUS_OK;
}

static enum status report_body_member(struct shape_walk *w, const struct shape_member *member,
                                      const struct json *value, struct text *out)
{
    const struct shape *shape = &shape_shapes[member->shape];
    struct shape_subject subject = {.shape = shape, .json = value};
    unsigned failures = member->required ? SHAPE_FAILS_NULL : 0;
    if (value) {
        enum status status = shape_test_value(w->input->cache, shape, value, &failures);
        if (status)
            return status;
    }
    report_failures(w, &subject, failures, out);
    if (!value || shape->type > SHAPE_MAP)
        return STATUS_OK;
    return shape->type == SHAPE_STRUCTURE ? shape_walk_enter(w, shape, value)
                                          : enter_container(w, &subject, out);
}

/* A structure's next member. `named` counts the members done. */
static enum status report_member(struct shape_walk *w, struct text *out)
{
    struct shape_frame *frame = shape_walk_top(w);
    frame->index = (unsigned)frame->named++;
    const struct shape_member *member = &shape_members[frame->shape->first + frame->index];
    if (shape_param_applies(w->input, member))
        return report_param(w, member, out);
    if (member->location != SHAPE_BODY)
        return STATUS_OK;
    frame->at = json_member(frame->value, shape_pool + member->name);
    return report_body_member(w, member, frame->at, out);
}

/* The next element of a list or map; its own limits were its container's to report. */
static enum status report_element(struct shape_walk *w, struct text *out)
{
    struct shape_frame *frame = shape_walk_top(w);
    if (frame->at)
        frame->index++;
    frame->at = frame->child;
    frame->child = json_next(frame->child);
    struct shape_subject subject = {.shape = element_of(frame->shape), .json = frame->at};
    bool is_structure = subject.shape->type == SHAPE_STRUCTURE;
    if (json_kind(frame->at) == JSON_NULL) {
        if (is_structure && !subject.shape->nullable)
            report_failures(w, &subject, SHAPE_FAILS_NULL, out);
        return STATUS_OK;
    }
    if (is_structure)
        return shape_walk_enter(w, subject.shape, subject.json);
    return subject.shape->type <= SHAPE_MAP ? enter_container(w, &subject, out) : STATUS_OK;
}

static bool is_done(const struct shape_frame *frame)
{
    return frame->shape->type == SHAPE_STRUCTURE ? frame->named == frame->shape->count
                                                 : !frame->child;
}

enum status shape_report(struct shape_walk *w, const struct shape *root, struct text *messages)
{
    enum status status = shape_walk_enter(w, root, w->input->body);
    while (!status && w->depth && w->message_count < MESSAGES_MAX) {
        const struct shape_frame *frame = shape_walk_top(w);
        if (is_done(frame))
            w->depth--;
        else if (frame->shape->type == SHAPE_STRUCTURE)
            status = report_member(w, messages);
        else
            status = report_element(w, messages);
    }
    return status;
}
