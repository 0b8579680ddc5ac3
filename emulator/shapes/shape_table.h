/*
 * shape_table.h -- the rows of the generated tables (generate.py writes shape_tables.c). Rows
 * refer to each other by index and to text by offset into one pool of NUL-terminated strings, so
 * that the tables are plain constant pages with next to nothing for the loader to do.
 *
 * Only for this layer.
 */
#ifndef EMULATOR_SHAPES_SHAPE_TABLE_H
#define EMULATOR_SHAPES_SHAPE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/shapes/shape_check.h"

#define SHAPE_NONE 0xffff

/* No structure has more members in a body; generate.py refuses to build one. */
#define SHAPE_MEMBERS_MAX 64

enum shape_type {
    SHAPE_STRUCTURE,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_STRING,
    SHAPE_BLOB,
    SHAPE_BOOLEAN,
    SHAPE_INTEGER,
    SHAPE_LONG,
    SHAPE_DOUBLE,
    SHAPE_TIMESTAMP,
};

/* Lengths for strings, blobs, lists and maps; values for numbers. */
struct shape_limits {
    int64_t min; /* INT64_MIN: none */
    int64_t max; /* INT64_MAX: none */
};

struct shape {
    uint32_t name;  /* a structure's name, in the pool */
    uint16_t first; /* structure: first member; list: element; map: key; string: first enum value */
    uint16_t count; /* structure: members; map: value's shape; string: enum values, 0 for any */
    uint16_t limits;   /* index, or SHAPE_NONE */
    uint16_t pattern;  /* index, or SHAPE_NONE */
    uint16_t name_max; /* the maximum of a string that is no ARN; 0: as in limits */
    uint8_t type;      /* enum shape_type */
    bool nullable;     /* may stand as null in a list or map: the handler judges it */
};

struct shape_member {
    uint32_t name;
    uint32_t wire; /* name in the request line or header; 0 in the body */
    uint16_t shape;
    uint8_t name_len;
    uint8_t location; /* enum shape_location */
    bool required;
};

/* A pattern that is one repeated character class is matched by its bitmap alone. */
struct shape_class {
    uint64_t ascii[2]; /* bit c: the byte c belongs to it */
    bool others;       /* so does all beyond ASCII */
    uint32_t min;      /* at least and at most so many characters */
    uint32_t max;
};

struct shape_pattern {
    uint32_t text;   /* as AWS's messages quote it */
    uint32_t source; /* the same in PCRE2's spelling */
    uint16_t class;  /* index, or SHAPE_NONE when PCRE2 has to match it */
};

struct shape_service {
    const char *name;
    const char *package; /* Java package, which some messages name */
    const struct shape_dialect *dialect;
    const struct shape_operation *operations; /* sorted by name */
    size_t operation_count;
};

extern const char shape_pool[];
extern const struct shape shape_shapes[];
extern const struct shape_member shape_members[];
extern const struct shape_limits shape_limit_rows[];
extern const uint32_t shape_enum_values[];
extern const struct shape_class shape_classes[];
extern const struct shape_pattern shape_patterns[];
extern const size_t shape_pattern_count;
extern const struct shape_service shape_services[];
extern const size_t shape_service_count;

#endif
