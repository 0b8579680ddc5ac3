/*
 * call.h -- one API call from its first byte to its answer.
 *
 *     HEAD -> BODY -> RUNNING -> ANSWERED -> (group committed) -> SENT
 *                        |          ^
 *                        '- later --'   a handler that returned without answering
 *
 * The head is there when service->begin() runs; the body (buffered in `body`, or given to `sink`)
 * when service->handle() runs. A handler answers with one of the functions below, at once or
 * later from a callback on the loop thread: returning without an answer suspends the call. An
 * answer is held back until everything its unit of work wrote is committed; when the COMMIT fails
 * the client gets the service's 5xx error instead.
 *
 * service->handle() runs inside a unit of work (storage/db.h): an answer with a status below 400
 * keeps it, any other undoes it, so a failed call leaves nothing. A callback that answers later
 * opens and ends its own unit before it calls call_answer(); it is the place for a waiting call's
 * writes, since what was written before may still be undone with its group.
 *
 * Everything of a call lives in its arena and dies after the last byte was sent. Loop thread only.
 */
#ifndef EMULATOR_HTTP_CALL_H
#define EMULATOR_HTTP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/http/request.h"
#include "emulator/http/response.h"

/* A request's memory: the largest body of a JSON service (Lambda's 70 MB) several times over. */
#define CALL_ARENA_MAX_BYTES ((size_t)512 * 1024 * 1024)

struct api_error;
struct gateway_world;
struct json;
struct operation;
struct principal;
struct sandbox;
struct service;

enum call_state { CALL_HEAD, CALL_BODY, CALL_RUNNING, CALL_WAITING, CALL_ANSWERED, CALL_SENT };

/*
 * Where a streamed body goes. Embed it in what the service allocates in the call's arena.
 *
 * write() takes up to bytes.len bytes and says how many. Taking fewer stops the reading until
 * call_body_ready() is called, from a later turn (back-pressure: a worker is busy). A sink that has
 * failed takes everything and lets handle() report. When the client goes away in mid-body
 * neither write() nor handle() is called again: clean up with arena_on_clear().
 */
struct body_sink {
    size_t (*write)(struct body_sink *sink, struct slice bytes);
};

struct call {
    struct arena arena;
    enum call_state state;
    struct http_request request;
    struct http_response response;

    struct slice body;     /* the whole body, when there is no sink */
    size_t body_max_bytes; /* begin() may set it; larger bodies get the service's TOO_LARGE error */
    struct body_sink *sink; /* borrowed; begin() may set it */
    uint64_t body_bytes;    /* received up to now */

    const struct service *service;
    const struct operation *operation; /* NULL until known */
    const struct json *input;          /* JSON services: the body, its shape checked */
    void *service_data;                /* the service's own, in the arena */
    const struct principal *principal; /* who is calling, in which region */
    struct sandbox *sandbox;           /* borrowed */
    char request_id[64];               /* in the service's form, NUL-terminated */
    int64_t started_us;                /* real, monotonic */
    bool is_lost;                      /* what it wrote could not be committed */
    const char *error_code;            /* of an error answer, for the log; else NULL */

    struct gateway_world *world;         /* the gateway's */
    void (*answered)(struct call *call); /* the gateway's: a late answer is there */
    struct list link;                    /* the gateway's: answers waiting for the COMMIT */

    /* The transport's, told when the answer may go out and when a sink can take more. */
    void (*send)(struct call *call);
    void (*read_on)(struct call *call);
    void *transport; /* borrowed */
};

/* Add a header. Failing for lack of memory makes the answer the service's internal error. */
void call_add_header(struct call *call, const char *name, struct slice value);
void call_add_header_text(struct call *call, const char *name, const char *value);

/* Answer with bytes: borrowed, in the arena or static. NULL content type: no such header. */
void call_answer(struct call *call, int status, const char *content_type, struct slice body);

/* Answer with a text of the arena; a text that failed becomes the internal error. */
void call_answer_text(struct call *call, int status, const char *content_type,
                      const struct text *body);

/* Answer with `length` bytes of `file` from `offset`. Takes the descriptor. */
void call_answer_file(struct call *call, int status, const char *content_type, int file,
                      uint64_t offset, uint64_t length);

/* Answer a HEAD: headers and the length a GET would have. */
void call_answer_head(struct call *call, int status, const char *content_type, uint64_t length);

/* Answer with an AWS error in the service's format; `format` makes its message. */
void call_fail(struct call *call, const struct api_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The service's error for something that went wrong inside: 5xx, logged with `what`. */
void call_fail_internal(struct call *call, enum status status, const char *what);

/* Instead of an answer that could not be committed. The gateway's. */
void call_replace_answer(struct call *call, enum status status, const char *what);

/* A sink can take more. */
void call_body_ready(struct call *call);

bool call_is_answered(const struct call *call);

/* Set up and tear down: for whoever makes calls, the server and the gateway. */
void call_init(struct call *call);
void call_close(struct call *call);

/* As call_close() and call_init(), keeping a little memory for the next call. */
void call_recycle(struct call *call);

#endif
