/*
 * error_object.h -- the error objects of a stream, found again in their bucket: by their place
 * (ErrorOutputPrefix, or the type of error under Prefix) and by their name. What is in them is
 * error_lines.h's. On a worker, with a reader connection.
 */
#ifndef EMULATOR_DELIVERY_ERROR_OBJECT_H
#define EMULATOR_DELIVERY_ERROR_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;
struct extent;

struct error_search {
    struct slice bucket; /* its name */
    struct slice prefix; /* ErrorOutputPrefix or, without one, Prefix; as configured */
    struct slice stream; /* its name */
    struct slice after;  /* the last key that was looked at */
};

/* All in the arena. */
struct error_object {
    int64_t bucket_id;
    struct slice key;
    struct slice etag;
    uint64_t size;
    const struct extent *extents; /* of the body */
    size_t extent_count;
};

/* The next one in the order of keys. STATUS_END: there is none. STATUS_NOT_FOUND: no such bucket.
 */
NODISCARD enum status error_object_next(struct db *reader, const struct error_search *search,
                                        struct arena *arena, struct error_object *ret_object);

#endif
