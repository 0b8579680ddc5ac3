/*
 * shape_type.h -- whether a JSON value is of the type its shape asks for, and what AWS's parser
 * says when it is not. Null is nobody's concern here: it counts as absent.
 */
#ifndef EMULATOR_SHAPES_SHAPE_TYPE_H
#define EMULATOR_SHAPES_SHAPE_TYPE_H

#include <stdbool.h>

struct json;
struct shape;
struct text;

/* Blobs must be whole base64 too. Numbers may have a fraction where an integer is asked for. */
bool shape_type_fits(const struct shape *shape, const struct json *value);

/* The message for a value that does not fit. `in_structure`: it is a structure's member. */
void shape_type_complain(const struct shape *shape, const struct json *value, bool in_structure,
                         const char *package, struct text *out);

/* What messages call a scalar's type: "Integer". */
const char *shape_type_name(const struct shape *shape);

#endif
