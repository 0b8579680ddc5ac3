/*
 * aws_json.h -- the AWS JSON 1.0 and 1.1 protocols: Firehose, DynamoDB, CloudWatch Logs, Kinesis.
 *
 * A service of these protocols points its begin, handle and write_error at the functions here and
 * its `protocol` at a profile. The operation then finds in call->input its parsed body, every
 * modelled constraint already checked (emulator/shapes), and answers with aws_json_answer().
 *
 *     POST / with X-Amz-Target: <target_prefix>.<Operation>
 *     error: {"__type":"<prefix><Code>","message":"..."}
 */
#ifndef EMULATOR_PROTOCOL_AWS_JSON_H
#define EMULATOR_PROTOCOL_AWS_JSON_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct api_error;
struct call;
struct shape_dialect;
struct text;

struct aws_json_profile {
    const char *content_type; /* "application/x-amz-json-1.1" */
    const struct shape_dialect *dialect;
    bool has_upper_request_id; /* 52 upper-case letters and digits (DynamoDB), else a UUID */
    bool has_crc32;            /* x-amz-crc32 on every answer (DynamoDB) */
    bool reads_encoded;        /* bodies may be gzipped or deflated (DynamoDB) */
    bool echoes_plain_json;    /* application/json is answered with itself (DynamoDB) */
};

void aws_json_begin(struct call *call);
void aws_json_handle(struct call *call);
void aws_json_write_error(struct call *call, const struct api_error *error, struct slice message);

/* 200 with this JSON text, which lives in the call's arena. */
void aws_json_answer(struct call *call, const struct text *json);

/* 200 with "{}" or, for operations that answer nothing, with an empty body. */
void aws_json_answer_empty_object(struct call *call);
void aws_json_answer_nothing(struct call *call);

/* An error answer whose body has more members than its type and message: this JSON text. */
void aws_json_answer_error(struct call *call, const struct api_error *error,
                           const struct text *json);

/* A text for the answer, in the call's arena, with the maximum any answer may have. */
struct text aws_json_text(struct call *call);

#endif
