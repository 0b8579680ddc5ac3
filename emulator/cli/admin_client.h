/*
 * admin_client.h -- asking a running daemon something over its admin API.
 *
 * A small blocking HTTP/1.0 client: connect, send, receive until the end. A library would cost
 * the daemon's start-up more than these lines, and nothing here needs TLS, redirects or
 * kept connections.
 */
#ifndef EMULATOR_CLI_ADMIN_CLIENT_H
#define EMULATOR_CLI_ADMIN_CLIENT_H

#include "emulator/base/slice.h"

struct arena;
struct text;

#define ADMIN_ANSWER_MAX_BYTES ((size_t)1024 * 1024)

/* Where a daemon listens, from "http://host:port". */
struct admin_endpoint {
    char host[256]; /* without the brackets of an IPv6 address */
    char port[6];
};

struct admin_request {
    const char *endpoint; /* URL, as the person gave it */
    const char *method;
    struct slice target; /* path and query */
    struct slice body;   /* JSON, or empty */
    int patience_s;      /* how long the answer may take */
};

struct admin_answer {
    int status;
    struct slice body; /* in the arena */
};

/* STATUS_INVALID unless it is http://host[:port][/]. The default port is 80. */
NODISCARD enum status admin_client_endpoint(struct slice url, struct admin_endpoint *ret_endpoint);

/*
 * One request and its answer, whatever its status is. STATUS_INVALID for the endpoint; any other
 * status when no answer was to be had. `problem` (initialised by the caller) then says why.
 */
NODISCARD enum status admin_client_call(const struct admin_request *request, struct arena *arena,
                                        struct admin_answer *ret_answer, struct text *problem);

#endif
