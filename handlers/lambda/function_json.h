/*
 * function_json.h -- a function's row as the API's FunctionConfiguration.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_JSON_H
#define HANDLERS_LAMBDA_FUNCTION_JSON_H

#include "emulator/base/slice.h"

struct call;
struct function_row;
struct json_writer;

/* What is known of a function at that moment. */
enum function_moment {
    FUNCTION_CREATED, /* reply of CreateFunction: Pending */
    FUNCTION_UPDATED, /* reply of an update: Active, update in progress */
    FUNCTION_READ,    /* later: what the clock says */
    FUNCTION_VERSION, /* in ListVersionsByFunction, which leaves updates out */
    FUNCTION_LISTED   /* in ListFunctions, which leaves states out */
};

/* As the next value. `qualifier` goes to the ARN. */
void function_json_write(struct call *call, struct json_writer *w, const struct function_row *row,
                         enum function_moment moment, struct slice qualifier);

/* A whole answer made of it. The ARN of a numbered version has its number. */
void function_json_answer(struct call *call, int status, const struct function_row *row,
                          enum function_moment moment);

#endif
