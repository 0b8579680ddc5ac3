/*
 * json_writer.h -- writing JSON straight into a text, commas and escapes included.
 *
 * The writer holds no memory; errors stick in the text (text.h). Strings are expected to be
 * UTF-8 and are written as they are, with `"`, `\` and control characters escaped.
 */
#ifndef EMULATOR_BASE_JSON_WRITER_H
#define EMULATOR_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct json;
struct text;

struct json_writer {
    struct text *out; /* borrowed */
    bool needs_comma;
};

struct json_writer json_writer_make(struct text *out);

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);

/* The name of the member whose value comes next. */
void json_key(struct json_writer *w, const char *name);
void json_key_slice(struct json_writer *w, struct slice name);

void json_write_string(struct json_writer *w, struct slice value);
void json_write_integer(struct json_writer *w, int64_t value);
void json_write_double(struct json_writer *w, double value); /* not finite: a string, as in AWS's */
void json_write_bool(struct json_writer *w, bool value);
void json_write_null(struct json_writer *w);

/* Milliseconds since the epoch as AWS's JSON protocols write times: seconds with three decimals. */
void json_write_seconds(struct json_writer *w, int64_t epoch_ms);

/* `json` is one finished JSON value, copied as it is. */
void json_write_raw(struct json_writer *w, struct slice json);

/* A parsed value, written again without insignificant space. */
void json_write_value(struct json_writer *w, const struct json *value);

/* json_key() and the value in one. */
void json_put_string(struct json_writer *w, const char *name, struct slice value);
void json_put_text(struct json_writer *w, const char *name, const char *value);
void json_put_integer(struct json_writer *w, const char *name, int64_t value);
void json_put_double(struct json_writer *w, const char *name, double value);
void json_put_bool(struct json_writer *w, const char *name, bool value);
void json_put_seconds(struct json_writer *w, const char *name, int64_t epoch_ms);
void json_put_raw(struct json_writer *w, const char *name, struct slice json);

#endif
