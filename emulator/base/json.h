/*
 * json.h -- reading JSON: a parsed document of immutable values. The only home of cJSON.
 *
 * A document belongs to the arena it was parsed into and dies with it. Member names are
 * matched exactly; when a name stands twice the first one counts. Every accessor takes
 * NULL (an absent value) and answers "nothing" for it, so chains need no checks.
 *
 * The text must be JSON to the letter (RFC 8259) and UTF-8. A document takes about the length of
 * its text and 64 bytes per value and name of its arena, whose maximum bounds it.
 * Limits: nesting 1,000 levels, numbers of 63 characters and a double's precision. cJSON keeps
 * strings NUL-terminated, so a document with an escaped NUL (backslash u0000) is refused rather
 * than cut short.
 */
#ifndef EMULATOR_BASE_JSON_H
#define EMULATOR_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct json; /* one value, borrowed from its document */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/*
 * Parse all of `text`, which is not needed afterwards. STATUS_INVALID when it is not one JSON
 * value, STATUS_UNSUPPORTED for an escaped NUL or a longer number, STATUS_NO_MEMORY.
 */
NODISCARD enum status json_parse(struct slice text, struct arena *arena,
                                 const struct json **ret_value);

/* The same, with U+FFFD in place of every escaped NUL. */
NODISCARD enum status json_parse_replacing(struct slice text, struct arena *arena,
                                           const struct json **ret_value);

enum json_kind json_kind(const struct json *value); /* JSON_NULL for NULL */

/* The member called `name`; NULL when absent, JSON null, or `object` is no object. */
const struct json *json_member(const struct json *object, const char *name);

/* First child of an array or object, and the one after `value`; NULL at the end. */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *value);
size_t json_count(const struct json *container);

/* The name of an object's member; empty for array elements. */
struct slice json_name(const struct json *member);

/* The value if it has that kind; else empty, 0, false. */
struct slice json_string(const struct json *value);
double json_number(const struct json *value);
int64_t json_integer(const struct json *value); /* toward zero, clipped to the range */
bool json_is_true(const struct json *value);

/* json_string(json_member(...)) and so on. */
struct slice json_member_string(const struct json *object, const char *name);
int64_t json_member_integer(const struct json *object, const char *name, int64_t otherwise);
bool json_member_bool(const struct json *object, const char *name, bool otherwise);

#endif
