/*
 * shape_walk.h -- the state of one check: the way from the request's root down to the value
 * being looked at, kept in frames of our own so that nesting costs heap, not stack.
 *
 * A check walks twice at most. The scan (shape_scan.c) follows the request's own order, as a
 * parser would: a wrong type ends it, a broken constraint is only noted. When one was noted, the
 * report (shape_report.c) follows the model's order and collects the messages.
 */
#ifndef EMULATOR_SHAPES_SHAPE_WALK_H
#define EMULATOR_SHAPES_SHAPE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/shapes/shape_table.h"

struct json;
struct text;

#define WALK_FRAMES_INLINE 16
#define WALK_DEPTH_MAX 1024 /* json.h allows 1,000 levels */

/* A structure, list or map that was entered. */
struct shape_frame {
    const struct shape *shape;
    const struct json *value; /* NULL for a request without a body */
    const struct json *child; /* next to look at */
    unsigned index;           /* structure: the member; list: the element; both of `at` */
    const struct json *at;    /* the child the walk is at; NULL for a member that is absent */
    uint64_t named;           /* structure: members seen so far, by index */
    uint64_t present;         /* and those that are not null */
};

struct shape_walk {
    const struct shape_service *service;
    const struct shape_input *input;
    const struct shape_dialect *dialect;
    struct shape_frame inline_frames[WALK_FRAMES_INLINE];
    struct shape_frame *frames; /* inline_frames, or owned */
    size_t depth;
    size_t capacity;
    bool broken;            /* a constraint is */
    unsigned message_count; /* of the report */
};

void shape_walk_init(struct shape_walk *w, const struct shape_operation *operation,
                     const struct shape_input *input, const struct shape_dialect *dialect);
void shape_walk_close(struct shape_walk *w);

/* Enter a container. STATUS_TOO_LARGE beyond WALK_DEPTH_MAX. */
NODISCARD enum status shape_walk_enter(struct shape_walk *w, const struct shape *shape,
                                       const struct json *value);

/* The innermost frame; there is one. */
struct shape_frame *shape_walk_top(struct shape_walk *w);

/* Append the way to the value the walk is at: `records.2.member.data`. */
void shape_walk_path(const struct shape_walk *w, struct text *out);

/* Note an ignored member of the innermost frame for the caller. */
void shape_walk_unknown(const struct shape_walk *w, struct slice name);

/* ---- the two passes -------------------------------------------------------------------- */

/* `message` gets the reason for SHAPE_SERIALIZATION; never SHAPE_VALIDATION, see w->broken. */
NODISCARD enum shape_verdict shape_scan(struct shape_walk *w, const struct shape *root,
                                        struct text *message);

/* Append the messages of up to ten broken constraints, "; " between them. */
NODISCARD enum status shape_report(struct shape_walk *w, const struct shape *root,
                                   struct text *messages);

#endif
