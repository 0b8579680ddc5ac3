/*
 * shape_form.h -- a form's parameters as the JSON its operation takes: how the query protocol
 * (CloudWatch, IAM, STS) shares shapes and handlers with the JSON protocols.
 *
 *     MetricData.member.1.Value=1.5      {"MetricData": [{"Value": 1.5}]}
 *     Values.entry.1.key=a, ...value=b   {"Values": {"a": "b"}}
 *     Dimensions=                        {"Dimensions": []}
 *
 * The types are the model's: numbers and booleans lose their quotes, times become epoch seconds. A
 * value that is not of its type stays a string, so that shape_check() refuses it in AWS's
 * words. Elements are numbered from 1 without gaps, as every SDK does; ".member" may be left out.
 */
#ifndef EMULATOR_SHAPES_SHAPE_FORM_H
#define EMULATOR_SHAPES_SHAPE_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct shape_operation;
struct text;

/* One decoded parameter. */
struct shape_form_param {
    struct slice name;
    struct slice value;
    bool is_used; /* set when the operation has such a member */
};

/*
 * Append the operation's input. Sorts the parameters and marks those that were used. Failures
 * (memory, the text's maximum, names longer than any real one) stick in `json`.
 */
void shape_form_to_json(const struct shape_operation *operation, struct shape_form_param *params,
                        size_t count, struct text *json);

#endif
