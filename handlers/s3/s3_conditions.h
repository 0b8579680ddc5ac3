/*
 * s3_conditions.h -- If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and
 * their x-amz-copy-source- forms. Each check returns false when it refused.
 */
#ifndef HANDLERS_S3_S3_CONDITIONS_H
#define HANDLERS_S3_S3_CONDITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct call;
struct object;

enum s3_read_result { S3_READ_GO_ON, S3_READ_NOT_MODIFIED, S3_READ_REFUSED };

/* Of GetObject and HeadObject. */
enum s3_read_result s3_conditions_for_read(struct call *call, const struct object *object);

/* Of CopyObject, on its source. */
bool s3_conditions_for_source(struct call *call, const struct object *source);

/* Of writes: the headers themselves; before the body is read. */
bool s3_conditions_check_form(struct call *call);

/* Of writes, on what is there now (NULL: nothing). */
bool s3_conditions_for_write(struct call *call, const struct object *existing);

/* Of deletes. */
bool s3_conditions_for_delete(struct call *call, const struct object *existing);

/* RFC 1123 dates and ISO 8601; false for anything else. Milliseconds since the epoch. */
bool s3_date_parse(struct slice text, int64_t *ret_ms);

#endif
