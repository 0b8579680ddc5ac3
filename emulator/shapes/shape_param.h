/*
 * shape_param.h -- members of a REST operation that stand in the request line or a header: texts
 * on the wire, whatever their shape.
 */
#ifndef EMULATOR_SHAPES_SHAPE_PARAM_H
#define EMULATOR_SHAPES_SHAPE_PARAM_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct shape_input;
struct shape_member;

/* Whether it stands outside the body, where it can be looked at. */
bool shape_param_applies(const struct shape_input *input, const struct shape_member *member);

/* The value at `index` (0 but for lists). False when absent. */
bool shape_param_value(const struct shape_input *input, const struct shape_member *member,
                       size_t index, struct slice *ret_value);

/*
 * The failures of the member's own shape (and SHAPE_FAILS_NULL for a required one), and for a
 * list those of its elements. STATUS_INVALID: a number or boolean that is none; STATUS_NO_MEMORY.
 */
NODISCARD enum status shape_param_test(const struct shape_input *input,
                                       const struct shape_member *member, unsigned *ret_failures,
                                       unsigned *ret_element_failures);

#endif
