#include "emulator/shapes/shape_check.h"

#include <string.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_walk.h"

/* ---- finding an operation --------------------------------------------------------------- */

static const struct shape_service *find_service(struct slice name)
{
    for (size_t i = 0; i < shape_service_count; i++)
        if (slice_equal_text(name, shape_services[i].name))
            return &shape_services[i];
    return NULL;
}

const struct shape_operation *shape_find(struct slice service, struct slice operation)
{
    const struct shape_service *found = find_service(service);
    size_t low = 0;
    size_t high = found ? found->operation_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(operation, slice_of(found->operations[middle].name));
        if (order == 0)
            return &found->operations[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct shape_operation *shape_operation_at(struct slice service, size_t index)
{
    const struct shape_service *found = find_service(service);
    return found && index < found->operation_count ? &found->operations[index] : NULL;
}

const struct shape_dialect *shape_dialect_of(const struct shape_operation *operation)
{
    return operation->service->dialect;
}

/* ---- checking a request ----------------------------------------------------------------- */

/* Every append failed for want of memory, or the text is whole (or cut at its maximum). */
static enum shape_verdict told(enum shape_verdict verdict, const struct text *message)
{
    return message->status == STATUS_NO_MEMORY ? SHAPE_NO_MEMORY : verdict;
}

static enum shape_verdict report(struct shape_walk *w, const struct shape *root,
                                 struct text *message)
{
    struct text messages;
    text_init(&messages, SHAPE_MESSAGE_MAX);
    enum status status = shape_report(w, root, &messages);
    if (status || messages.status == STATUS_NO_MEMORY) {
        text_close(&messages);
        return SHAPE_NO_MEMORY;
    }
    text_printf(message, "%u validation error%s detected: ", w->message_count,
                w->message_count == 1 ? "" : "s");
    text_append(message, text_slice(&messages));
    text_close(&messages);
    return told(SHAPE_VALIDATION, message);
}

static enum shape_verdict check_walk(struct shape_walk *w, const struct shape_operation *operation,
                                     struct text *message)
{
    const struct shape *root = &shape_shapes[operation->input];
    enum shape_verdict verdict = shape_scan(w, root, message);
    if (verdict == SHAPE_SERIALIZATION)
        return told(verdict, message);
    if (verdict != SHAPE_OK || !w->broken)
        return verdict;
    const char *required = operation->required;
    if (required && !json_member(w->input->body, required)) {
        text_printf(message, "The parameter '%s' is required but was not present in the request",
                    required);
        return told(SHAPE_VALIDATION, message);
    }
    return report(w, root, message);
}

enum shape_verdict shape_check(const struct shape_operation *operation,
                               const struct shape_input *input, const struct shape_dialect *dialect,
                               struct text *message)
{
    if (operation->input == SHAPE_NONE)
        return SHAPE_OK;
    struct shape_walk walk;
    shape_walk_init(&walk, operation, input, dialect);
    enum shape_verdict verdict = check_walk(&walk, operation, message);
    shape_walk_close(&walk);
    return verdict;
}
