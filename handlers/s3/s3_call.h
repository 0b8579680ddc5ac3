/*
 * s3_call.h -- what the S3 API keeps per call, and how its functions refuse and answer.
 *
 * A check that fails records the refusal and returns false; whoever runs on the loop's behalf
 * (begin, handle, or the end of a worker's job) sends it once the unit of work is closed. So
 * no check needs to know in which of those it runs:
 *
 *     if (!s3_check_something(call))
 *         return;
 */
#ifndef HANDLERS_S3_S3_CALL_H
#define HANDLERS_S3_S3_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/http/call.h"
#include "handlers/s3/s3_errors.h"
#include "handlers/s3/s3_headers.h"
#include "storage/bucket_store.h"
#include "storage/object_traits.h"

#define S3_XMLNS "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
#define S3_MAX_DETAILS 8U
#define S3_CANONICAL_ID_CHARS 64

struct s3_upload;

/* An element an error has besides Code and Message. */
struct s3_detail {
    const char *name;
    struct slice value;
};

struct s3_call {
    struct slice bucket_name; /* empty: a request to the service */
    struct slice key;         /* decoded; empty: a request to the bucket */
    bool is_virtual_host;
    bool is_control;                  /* a call of S3 Control */
    struct bucket bucket;             /* when the operation is one on an existing bucket */
    struct slice version_id;          /* asked for: an id or "null"; a NULL pointer: none */
    struct object_version_id version; /* written; empty: none to tell */
    struct s3_upload *upload;         /* PutObject and UploadPart */
    struct s3_metadata metadata;
    struct object_traits traits; /* of what is written */
    void *own;                   /* the operation's, in the arena */

    bool is_refused;
    enum s3_error error;
    struct slice message;
    enum status internal; /* not OK: the refusal is an internal error... */
    const char *what;     /* ...met doing this */
    struct s3_detail details[S3_MAX_DETAILS];
    size_t detail_count;
    struct s3_detail headers[S3_MAX_DETAILS];
    size_t header_count;
};

struct s3_call *s3_call_of(const struct call *call);

/* Record a refusal; NULL stands for AWS's usual message. Always false. The first one counts. */
bool s3_refuse(struct call *call, enum s3_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool s3_refuse_internal(struct call *call, enum status status, const char *what);

/* A further element of the refusal; `name` is static, `value` lives as long as the call. */
void s3_detail(struct call *call, const char *name, struct slice value);
void s3_detail_number(struct call *call, const char *name, uint64_t value);

/* A header of the refusal: those added before it are dropped. The same rules as for a detail. */
void s3_refusal_header(struct call *call, const char *name, struct slice value);

/* Refuse a header that asks for something Hydrant does not do. Always false. */
bool s3_refuse_header(struct call *call, struct slice header, const char *additional);

/* Send the refusal, if there is one and nothing was answered. */
void s3_settle(struct call *call);

/* Answers, with the headers every one of S3's has. */
void s3_answer_empty(struct call *call, int status);
void s3_answer_xml(struct call *call, struct text *xml);
struct text s3_xml(struct call *call);
void s3_add_common_headers(struct call *call);
void s3_write_error(struct call *call, const struct api_error *error, struct slice message);

/* x-amz-version-id of what was written, in a versioned bucket. */
void s3_add_version_header(struct call *call);

/* The quoted form of an ETag. */
struct slice s3_quoted(struct call *call, struct slice etag);
/* Without its quotes, if it has them. */
struct slice s3_unquoted(struct slice etag);

/* The canonical user id of an account: `text` takes S3_CANONICAL_ID_CHARS + 1 bytes. */
void s3_canonical_id(struct slice account, char *text);

/* All headers of this name, joined by commas; empty with a NULL pointer when there is none. */
struct slice s3_header_joined(struct call *call, const char *name);

/* The decoded value of a query parameter; a NULL pointer when it is absent. */
struct slice s3_parameter(struct call *call, const char *name);

/* A parameter or header that must be a number from `min` to `max`. False: refused. */
struct s3_number {
    const char *name;
    uint64_t min;
    uint64_t max;
    uint64_t otherwise; /* when it is absent or empty */
};

bool s3_parameter_number(struct call *call, const struct s3_number *rule, uint64_t *ret_number);

/* InvalidArgument with its name and value. Always false. */
bool s3_refuse_argument(struct call *call, const char *name, struct slice value,
                        const char *message);

/* A date of the list XMLs, whole seconds. */
void s3_put_date(struct text *xml, const char *name, int64_t epoch_ms);

int64_t s3_now_ms(const struct call *call);

#endif
