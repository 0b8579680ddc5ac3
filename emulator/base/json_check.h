/*
 * json_check.h -- the rules of JSON (RFC 8259) that cJSON lets pass: how numbers are
 * spelt, raw control characters, bytes that are not UTF-8. Used by json.c and json_writer.c only.
 * Looks at characters, strings and numbers; their order is cJSON's.
 */
#ifndef EMULATOR_BASE_JSON_CHECK_H
#define EMULATOR_BASE_JSON_CHECK_H

#include "emulator/base/slice.h"

/* cJSON reads no longer number. */
#define JSON_NUMBER_MAX_CHARS 63

/* STATUS_INVALID, or STATUS_UNSUPPORTED for an escaped NUL or a number that is too long. */
NODISCARD enum status json_check(struct slice text);

/* How many bytes at the start are ASCII that stands for itself inside a string. */
size_t json_plain_length(struct slice text);

#endif
