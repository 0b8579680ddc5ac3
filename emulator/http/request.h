/*
 * request.h -- the head of an HTTP request, as it was sent.
 *
 * Everything is a slice into the call's arena. Paths and queries are raw: AWS's signatures and
 * S3's keys need the bytes before decoding, so decoding is the reader's choice.
 */
#ifndef EMULATOR_HTTP_REQUEST_H
#define EMULATOR_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;

struct http_header {
    struct slice name; /* as sent; compare without case */
    struct slice value;
};

struct http_request {
    struct slice method; /* "GET" */
    struct slice target; /* path and query, raw; an absolute form's scheme and host are cut off */
    struct slice path;   /* raw, begins with '/' */
    struct slice query;  /* raw, without the '?' */
    struct slice host;   /* the Host header, port included; empty when missing */
    struct http_header *headers;
    size_t header_count;
    size_t header_bytes;    /* names, values, and four bytes each */
    int64_t content_length; /* -1 without the header */
    bool is_chunked;        /* Transfer-Encoding: chunked */
};

/* The first header of that name; empty (NULL pointer) when absent. */
struct slice request_header(const struct http_request *request, const char *name);
bool request_has_header(const struct http_request *request, const char *name);

/*
 * Walk the raw query: cuts the first "name=value" off `*rest`. False at the end. A parameter
 * without '=' has a value with a NULL pointer.
 */
bool request_next_parameter(struct slice *rest, struct slice *ret_name, struct slice *ret_value);

/* The decoded value of the first parameter called `name` ('+' is a space). STATUS_NOT_FOUND. */
NODISCARD enum status request_parameter(const struct http_request *request, struct arena *arena,
                                        const char *name, struct slice *ret_value);
bool request_has_parameter(const struct http_request *request, const char *name);

/* Percent-decoding into the arena. A '%' without two hex digits stands for itself. */
NODISCARD enum status request_decode(struct slice raw, bool plus_is_space, struct arena *arena,
                                     struct slice *ret_decoded);

#endif
