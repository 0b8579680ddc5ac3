/*
 * aws_multi.h -- one service over the three protocols its clients may choose from: CloudWatch.
 *
 *     protocol     told by                          request                        answer
 *     AWS JSON     X-Amz-Target                     JSON                           JSON
 *     RPC v2 CBOR  /service/<target_prefix>/        CBOR (base/cbor.h)             CBOR
 *                  operation/<Operation>
 *     query        neither                          form or query: Action=... (shape_form.h)   XML
 *
 * Whatever the protocol, the operation finds checked JSON in call->input and answers with JSON
 * text, which is turned into the protocol's form here. What JSON text does not tell (which numbers
 * are times, which objects are maps) stands in the profile. A body may be gzipped.
 *
 * A service points its begin, handle and write_error at the functions here. In its error table
 * `code` is the query protocol's ("InvalidParameterValue"), which SDKs show to people, and
 * `prefix` the error's shape, which the other protocols have ("InvalidParameterValueException").
 */
#ifndef EMULATOR_PROTOCOL_AWS_MULTI_H
#define EMULATOR_PROTOCOL_AWS_MULTI_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/protocol/answer_form.h"
#include "emulator/protocol/aws_json.h"

struct api_error;
struct call;
struct http_request;
struct text;

struct aws_multi_profile {
    struct aws_json_profile json;    /* first, so that aws_json finds it */
    const char *xml_namespace;       /* "http://monitoring.amazonaws.com/doc/2010-08-01/" */
    const struct answer_form *forms; /* members of answers that JSON does not tell all about */
    size_t form_count;
};

void aws_multi_begin(struct call *call);
void aws_multi_handle(struct call *call);
void aws_multi_write_error(struct call *call, const struct api_error *error, struct slice message);

/* 200 with this JSON text, begun with aws_json_text(), in the caller's protocol. */
void aws_multi_answer(struct call *call, const struct text *json);

/* 200 of an operation that has no output. */
void aws_multi_answer_nothing(struct call *call);

#endif
