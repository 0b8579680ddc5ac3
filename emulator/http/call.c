#include "emulator/http/call.h"

#include <assert.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/base/utf8.h"
#include "emulator/http/service.h"

#define MESSAGE_MAX_BYTES ((size_t)512 * 1024)

static void start_answer(struct call *call, int status)
{
    assert(call->state != CALL_ANSWERED && call->state != CALL_SENT);
    call->response.status = status;
}

static void drop_answer(struct call *call)
{
    if (call->response.file >= 0)
        (void)close(call->response.file);
    call->response =
        (struct http_response){.file = -1, .close_connection = call->response.close_connection};
}

/*
 * An answer without all of its headers becomes the internal error; when that finds no memory
 * either, an empty 500.
 */
static bool is_complete(struct call *call)
{
    if (!call->response.is_incomplete)
        return true;
    bool was_error = call->response.status >= 500;
    drop_answer(call);
    if (!was_error) {
        call_fail_internal(call, STATUS_NO_MEMORY, "composing the answer");
        return false;
    }
    call->response.status = 500;
    return true;
}

/* What begin() or handle() answers is passed on by whoever called them; a late answer from here. */
static void finish_answer(struct call *call)
{
    if (!is_complete(call))
        return; /* the error was finished instead */
    bool is_late = call->state == CALL_WAITING;
    call->state = CALL_ANSWERED;
    if (is_late)
        call->answered(call);
}

static bool has_room_for_headers(struct call *call)
{
    if (call->response.headers == NULL)
        call->response.headers =
            arena_alloc(&call->arena, RESPONSE_MAX_HEADERS * sizeof(*call->response.headers));
    return call->response.headers != NULL && call->response.header_count < RESPONSE_MAX_HEADERS;
}

void call_add_header(struct call *call, const char *name, struct slice value)
{
    struct slice copy = {NULL, 0};
    if (!has_room_for_headers(call) || arena_copy(&call->arena, value, &copy) != STATUS_OK) {
        call->response.is_incomplete = true;
        return;
    }
    call->response.headers[call->response.header_count++] =
        (struct http_header){slice_of(name), copy};
}

void call_add_header_text(struct call *call, const char *name, const char *value)
{
    call_add_header(call, name, slice_of(value));
}

static void add_content_type(struct call *call, const char *content_type)
{
    if (content_type != NULL)
        call_add_header_text(call, "Content-Type", content_type);
}

void call_answer(struct call *call, int status, const char *content_type, struct slice body)
{
    start_answer(call, status);
    add_content_type(call, content_type);
    call->response.body = body;
    finish_answer(call);
}

void call_answer_text(struct call *call, int status, const char *content_type,
                      const struct text *body)
{
    if (body->status != STATUS_OK) {
        call_fail_internal(call, body->status, "composing the answer");
        return;
    }
    call_answer(call, status, content_type, text_slice(body));
}

void call_answer_file(struct call *call, int status, const char *content_type, int file,
                      uint64_t offset, uint64_t length)
{
    start_answer(call, status);
    add_content_type(call, content_type);
    call->response.file = file;
    call->response.file_offset = offset;
    call->response.file_length = length;
    finish_answer(call);
}

void call_answer_head(struct call *call, int status, const char *content_type, uint64_t length)
{
    start_answer(call, status);
    add_content_type(call, content_type);
    call->response.is_head = true;
    call->response.head_length = length;
    finish_answer(call);
}

/* Messages repeat what was sent, which may be any bytes; answers are UTF-8. */
static void make_utf8(struct text *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t step = utf8_step(slice_make(text->ptr + at, text->len - at));
        if (step == 0)
            text->ptr[at] = '?';
        at += step > 0 ? step : 1;
    }
}

void call_fail(struct call *call, const struct api_error *error, const char *format, ...)
{
    struct text message;
    text_init_in(&message, &call->arena, MESSAGE_MAX_BYTES);
    va_list args;
    va_start(args, format);
    text_vprintf(&message, format, args);
    va_end(args);
    make_utf8(&message);
    drop_answer(call);
    call->error_code = error->code;
    call->service->write_error(call, error, text_slice(&message));
}

static const struct api_error *internal_error(const struct call *call, enum status status)
{
    bool may_pass = status == STATUS_DISK_FULL || status == STATUS_BUSY;
    return may_pass ? call->service->errors->unavailable : call->service->errors->internal;
}

void call_fail_internal(struct call *call, enum status status, const char *what)
{
    log_line(LOG_ERROR, "%s.%s: %s: %s", call->service->name,
             call->operation != NULL ? call->operation->name : "?", what, status_text(status));
    call_fail(call, internal_error(call, status), "Hydrant could not do this: %s (%s).", what,
              status_text(status));
}

void call_replace_answer(struct call *call, enum status status, const char *what)
{
    assert(call->state == CALL_ANSWERED);
    call->state = CALL_RUNNING;
    call->is_lost = true;
    call_fail_internal(call, status, what);
}

void call_body_ready(struct call *call)
{
    if (call->read_on != NULL)
        call->read_on(call);
}

bool call_is_answered(const struct call *call)
{
    return call->state == CALL_ANSWERED || call->state == CALL_SENT;
}

void call_init(struct call *call)
{
    *call = (struct call){.response.file = -1};
    arena_init(&call->arena, CALL_ARENA_MAX_BYTES);
    list_init(&call->link);
}

void call_close(struct call *call)
{
    list_remove(&call->link);
    drop_answer(call);
    arena_clear(&call->arena);
}

void call_recycle(struct call *call)
{
    list_remove(&call->link);
    drop_answer(call);
    arena_recycle(&call->arena);
    struct arena arena = call->arena;
    call_init(call);
    call->arena = arena;
}
