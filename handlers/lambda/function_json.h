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
    FUNCTION_READY,   /* later: Active, Successful */
    FUNCTION_VERSION, /* in ListVersionsByFunction */
    FUNCTION_LISTED   /* in ListFunctions, which leaves states out */
};

/* As the next value. `qualifier` goes to the ARN; `revision_id` is the one to show. */
void function_json_write(struct call *call, struct json_writer *w, const struct function_row *row,
                         enum function_moment moment, struct slice qualifier,
                         struct slice revision_id);

/* A whole answer made of it; a reply shows a revision that is gone with the next GetFunction. */
void function_json_answer(struct call *call, int status, const struct function_row *row,
                          enum function_moment moment);

#endif
