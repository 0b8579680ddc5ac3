#include "emulator/shapes/shape_walk.h"

#include <ctype.h>
#include <string.h>

#include "emulator/base/json.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"

/* Names a client chose are cut in paths: a map's key may be the whole request. */
#define PATH_KEY_MAX 1024

/* Ignored members deeper than this are not worth a line in the log. */
#define UNKNOWN_DEPTH_MAX 32

void shape_walk_init(struct shape_walk *w, const struct shape_operation *operation,
                     const struct shape_input *input, const struct shape_dialect *dialect)
{
    w->service = operation->service;
    w->input = input;
    w->dialect = dialect;
    w->frames = w->inline_frames;
    w->depth = 0;
    w->capacity = WALK_FRAMES_INLINE;
    w->broken = false;
    w->message_count = 0;
}

void shape_walk_close(struct shape_walk *w)
{
    if (w->frames != w->inline_frames)
        mem_free(w->frames);
    w->frames = w->inline_frames;
}

static enum status grow(struct shape_walk *w)
{
    if (w->capacity >= WALK_DEPTH_MAX)
        return STATUS_TOO_LARGE;
    size_t capacity = w->capacity * 4;
    struct shape_frame *frames = mem_alloc(capacity * sizeof(*frames));
    if (!frames)
        return STATUS_NO_MEMORY;
    memcpy(frames, w->frames, w->depth * sizeof(*frames));
    shape_walk_close(w);
    w->frames = frames;
    w->capacity = capacity;
    return STATUS_OK;
}

enum status shape_walk_enter(struct shape_walk *w, const struct shape *shape,
                             const struct json *value)
{
    if (w->depth == w->capacity) {
        enum status status = grow(w);
        if (status)
            return status;
    }
    w->frames[w->depth++] =
        (struct shape_frame){.shape = shape, .value = value, .child = json_first(value)};
    return STATUS_OK;
}

struct shape_frame *shape_walk_top(struct shape_walk *w)
{
    return &w->frames[w->depth - 1];
}

static void append_member(const struct shape_frame *frame, struct text *out)
{
    const char *name = shape_pool + shape_members[frame->shape->first + frame->index].name;
    text_append_byte(out, (char)tolower((unsigned char)name[0]));
    text_append_text(out, name + 1);
}

static void append_step(const struct shape_frame *frame, struct text *out)
{
    if (frame->shape->type == SHAPE_STRUCTURE) {
        append_member(frame, out);
    } else if (frame->shape->type == SHAPE_LIST) {
        text_append_u64(out, (uint64_t)frame->index + 1);
        text_append_text(out, ".member");
    } else {
        text_append(out, slice_first(json_name(frame->at), PATH_KEY_MAX));
        text_append_text(out, ".member");
    }
}

void shape_walk_path(const struct shape_walk *w, struct text *out)
{
    for (size_t i = 0; i < w->depth; i++) {
        if (i > 0)
            text_append_byte(out, '.');
        append_step(&w->frames[i], out);
    }
}

void shape_walk_unknown(const struct shape_walk *w, struct slice name)
{
    struct text *unknown = w->input->unknown;
    if (!unknown || w->depth > UNKNOWN_DEPTH_MAX)
        return;
    if (unknown->len)
        text_append_text(unknown, ", ");
    for (size_t i = 0; i + 1 < w->depth; i++) {
        append_step(&w->frames[i], unknown);
        text_append_byte(unknown, '.');
    }
    text_append(unknown, slice_first(name, PATH_KEY_MAX));
}
