/*
 * request_framing.h -- does a head say clearly where its body ends?
 *
 * libmicrohttpd reads on until the connection ends when it does not know a Transfer-Encoding, and
 * takes one of two lengths that contradict each other; both would hang, or leave bytes that look
 * like a further request.
 */
#ifndef EMULATOR_HTTP_REQUEST_FRAMING_H
#define EMULATOR_HTTP_REQUEST_FRAMING_H

struct http_request;

/* NULL when the body's end is clear, else the reason for people. */
const char *request_framing_problem(const struct http_request *request);

#endif
