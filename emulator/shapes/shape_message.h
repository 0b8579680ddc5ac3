/*
 * shape_message.h -- AWS's words for one broken constraint:
 *
 *     Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater ...
 *
 * and how a service's dialect varies them.
 */
#ifndef EMULATOR_SHAPES_SHAPE_MESSAGE_H
#define EMULATOR_SHAPES_SHAPE_MESSAGE_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "emulator/shapes/shape_constraint.h"

struct json;
struct shape;
struct shape_member;
struct shape_walk;
struct text;

struct shape_dialect {
    bool echoes_value;      /* "Value 'ab' at", or only "Value at" */
    bool elements_not_null; /* a list's element constraints end with "Member must not be null" */
};

/* The value a message is about; one of the two. */
struct shape_subject {
    const struct shape *shape;
    const struct json *json;          /* NULL with a NULL param: the value is absent */
    const struct shape_member *param; /* a member outside the body */
};

/* "Value 'V' at 'path' failed to satisfy constraint: ", with the path the walk is at. */
void shape_message_head(const struct shape_walk *w, const struct shape_subject *subject,
                        struct text *out);

/* "Member must have length ...". */
void shape_message_failure(const struct shape_subject *subject, enum shape_failure failure,
                           struct text *out);

/* "Member must satisfy constraint: [...]": all that is asked of a list's element. */
void shape_message_elements(const struct shape_walk *w, const char *lead,
                            const struct shape *element, struct text *out);

#endif
