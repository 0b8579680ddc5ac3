/*
 * request_body.h -- a request's body without its Content-Encoding: gzip or deflate.
 */
#ifndef EMULATOR_PROTOCOL_REQUEST_BODY_H
#define EMULATOR_PROTOCOL_REQUEST_BODY_H

#include <stdbool.h>

struct api_error;
struct call;

/*
 * Decode call->body in place if it is encoded, up to the service's maximum. False: the call was
 * failed, with `broken` when the body is not what its header says.
 */
bool request_body_decode(struct call *call, const struct api_error *broken);

#endif
