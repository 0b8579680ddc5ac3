/*
 * function_name.h -- the forms a function's name comes in:
 *
 *     name    123456789012:function:name    function:name
 *     arn:aws:lambda:us-east-1:123456789012:function:name          each with or without :qualifier
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_NAME_H
#define EMULATOR_LAMBDA_FUNCTION_NAME_H

#include "emulator/base/slice.h"

/* Borrowed from what was parsed. What the form does not name is empty. */
struct function_name {
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice qualifier;
};

/* STATUS_INVALID when `text` is none of the forms. */
NODISCARD enum status function_name_parse(struct slice text, struct function_name *ret_name);

#endif
