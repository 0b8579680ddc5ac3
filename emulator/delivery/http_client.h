/*
 * http_client.h -- one HTTP request to somebody else's server, by libcurl.
 *
 * The library is looked for and loaded when a client is opened, so that a daemon that delivers to
 * no HTTP endpoint neither needs it nor pays for it. Redirects are not followed, proxies of the
 * environment not used; certificates are checked against the system's authorities, or those in the
 * file that CURL_CA_BUNDLE names.
 */
#ifndef EMULATOR_DELIVERY_HTTP_CLIENT_H
#define EMULATOR_DELIVERY_HTTP_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"

struct http_client;

enum { HTTP_TYPE_CHARS = 127 };

#define HTTP_ANSWER_MAX_BYTES ((size_t)1024 * 1024)

enum http_outcome {
    HTTP_ANSWERED,      /* whatever the status */
    HTTP_NOT_CONNECTED, /* no such host, or nobody listens there */
    HTTP_NO_HANDSHAKE,  /* TLS */
    HTTP_TIMED_OUT,     /* 3 minutes of real time */
    HTTP_TOO_LARGE,     /* more than HTTP_ANSWER_MAX_BYTES */
    HTTP_BROKEN         /* the connection ended in between; or the client was stopped */
};

struct http_exchange {
    /* in: borrowed */
    const char *url;
    const char *const *headers; /* "Name: value", or "Name;" for an empty one; NULL ends */
    struct slice body;

    /* out */
    enum http_outcome outcome;
    long status;
    bool has_length;   /* Content-Length */
    bool has_encoding; /* Content-Encoding */
    char content_type[HTTP_TYPE_CHARS + 1];
    struct text answer; /* its body; text_close() it */
};

/* STATUS_NOT_FOUND: there is no libcurl here. Loop thread, like closing. */
NODISCARD enum status http_client_open(struct http_client **ret_client);

/* Nothing may be under way. NULL is a no-op. */
void http_client_close(struct http_client *client);

/* What is under way and takes more than a few seconds from now on is broken off. Any thread. */
void http_client_stop(struct http_client *client);

/* POST. Blocks: made for a worker thread. STATUS_OK also for what was not answered. */
NODISCARD enum status http_client_post(struct http_client *client, struct http_exchange *exchange);

#endif
