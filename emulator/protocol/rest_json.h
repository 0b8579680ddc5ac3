/*
 * rest_json.h -- the REST-JSON protocol: Lambda.
 *
 * A service of this protocol points its begin, handle and write_error at the functions here and
 * its `protocol` at a profile. Which operation is meant follows from method and path, by the
 * templates of the shape tables ("/2015-03-31/functions/{FunctionName}"; a slash at the end does
 * not count). The operation finds its JSON body in call->input (NULL when it takes none, or takes
 * the body as it is), everything else with rest_json_label() and rest_json_query(); all modelled
 * constraints are already checked.
 *
 *     error: x-amzn-ErrorType: <Code>, body {"Type":"User","message":"..."}
 *
 * In a service's error table `prefix` holds the Type ("User", "Service"), or "" for errors
 * that have none.
 */
#ifndef EMULATOR_PROTOCOL_REST_JSON_H
#define EMULATOR_PROTOCOL_REST_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct api_error;
struct call;
struct shape_dialect;
struct text;

/* An operation that has its own limits. */
struct rest_json_limit {
    const char *operation;
    const char *shown_name; /* in the message of the too-large error; NULL: `operation` */
    size_t body_max_bytes;
    bool is_raw; /* the body is a payload, not the JSON of the input */
};

struct rest_json_profile {
    const struct shape_dialect *dialect;
    const struct rest_json_limit *limits;
    size_t limit_count;
};

void rest_json_begin(struct call *call);
void rest_json_handle(struct call *call);
void rest_json_write_error(struct call *call, const struct api_error *error, struct slice message);

/* A part of the path by its label, decoded ("FunctionName"). Empty when there is none. */
struct slice rest_json_label(struct call *call, const char *label);

/* A parameter of the query, decoded; NULL pointer when absent. */
struct slice rest_json_query(struct call *call, const char *name);

/* A text for the answer, in the call's arena, with the maximum any answer may have. */
struct text rest_json_text(struct call *call);

void rest_json_answer(struct call *call, int status, const struct text *json);

/* No body and no content type. */
void rest_json_answer_nothing(struct call *call, int status);

/* A payload that is already JSON, in the arena. */
void rest_json_answer_raw(struct call *call, int status, struct slice body);

#endif
