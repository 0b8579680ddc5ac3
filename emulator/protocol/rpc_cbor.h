/*
 * rpc_cbor.h -- Smithy's RPC v2 protocol with CBOR, for aws_multi.c.
 *
 *     POST /service/<target_prefix>/operation/<Operation>
 *     smithy-protocol: rpc-v2-cbor, both ways
 *     error: {"__type": "<shape>", "message": "..."}
 */
#ifndef EMULATOR_PROTOCOL_RPC_CBOR_H
#define EMULATOR_PROTOCOL_RPC_CBOR_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct answer_forms;
struct api_error;
struct call;
struct http_request;
struct json;

/* The operation the path names; empty when it is no path of this protocol and service. */
struct slice rpc_cbor_operation(const struct http_request *request, const char *target_prefix);

/* Put JSON in the place of the body. False: the call is answered. */
bool rpc_cbor_read(struct call *call);

/* `value` NULL: no output. */
void rpc_cbor_answer(struct call *call, const struct json *value, struct answer_forms forms);
void rpc_cbor_write_error(struct call *call, const struct api_error *error, struct slice message);

#endif
