/*
 * aws_query.h -- AWS's query protocol: a form in, XML out. For services that speak nothing else
 * (IAM, STS), and for aws_multi.c.
 *
 *     POST / with Action=<Operation>&Version=...&<parameters>, as the body or in the query
 *     answer: <OperationResponse><OperationResult>...</OperationResult><ResponseMetadata>...
 *     error:  <ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>
 *
 * A service of this protocol alone points its begin, handle and write_error at the functions here,
 * and its `protocol` at an aws_multi_profile without forms. Its operations find checked JSON in
 * call->input and write what stands in their result themselves:
 *
 *     struct text body = aws_query_result(call);
 *     xml_put(&body, "Account", account);
 *     aws_query_answer_result(call, &body);
 */
#ifndef EMULATOR_PROTOCOL_AWS_QUERY_H
#define EMULATOR_PROTOCOL_AWS_QUERY_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct answer_forms;
struct api_error;
struct arena;
struct call;
struct json;
struct shape_form_param;
struct text;

#define AWS_QUERY_PARAMS_MAX 100000

/*
 * The decoded parameters of a form, in the arena. STATUS_TOO_LARGE beyond AWS_QUERY_PARAMS_MAX,
 * STATUS_NO_MEMORY.
 */
NODISCARD enum status aws_query_params(struct slice form, struct arena *arena,
                                       struct shape_form_param **ret_params, size_t *ret_count);

/* Find the operation and put JSON in the place of the body. False: the call is answered. */
bool aws_query_read(struct call *call);

void aws_query_begin(struct call *call);
void aws_query_handle(struct call *call);

/* Begun up to <OperationResult>, in the call's arena; what goes wrong sticks in it. */
struct text aws_query_result(struct call *call);

/* 200 with it. */
void aws_query_answer_result(struct call *call, struct text *result);

/* 200 of an operation that has no output. */
void aws_query_answer_nothing(struct call *call);

/* An answer's JSON as XML. `value` NULL: no output. */
void aws_query_answer(struct call *call, const struct json *value, struct answer_forms forms);
void aws_query_write_error(struct call *call, const struct api_error *error, struct slice message);

#endif
