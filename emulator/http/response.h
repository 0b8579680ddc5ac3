/*
 * response.h -- what a call answers: status, headers and a body that is either bytes in the
 * call's arena (or static) or a range of an open file, sent without copying.
 */
#ifndef EMULATOR_HTTP_RESPONSE_H
#define EMULATOR_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/http/request.h"

#define RESPONSE_MAX_HEADERS 96

struct http_response {
    int status;                  /* 0 until answered */
    struct http_header *headers; /* in the call's arena */
    size_t header_count;
    struct slice body;
    int file; /* owned by the response once set, -1 for none: the body is this file's range */
    uint64_t file_offset;
    uint64_t file_length;
    bool is_head;          /* headers only; Content-Length says what a GET would send */
    uint64_t head_length;  /* Content-Length of a HEAD answer */
    bool close_connection; /* after sending */
    bool is_incomplete;    /* a header found no memory: the internal error is sent instead */
};

#endif
