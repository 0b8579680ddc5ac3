/*
 * server.h -- bytes in, calls out: step 1 of a record's path. The only home of libmicrohttpd.
 *
 * libmicrohttpd runs on its external epoll descriptor, watched by the loop. Its epoll is
 * edge-triggered: after each run, whatever was resumed, or is still readable, needs another run
 * before the loop may sleep; the server's hook does that at the end of every turn, after the
 * commit.
 *
 *     descriptor readable ─> MHD_run ─> head(call) ... run(call)
 *     end of turn ─> commit() ─> call->send() resumes ─> MHD_run sends ─> until nothing is left
 *
 * Loop thread only. The process must ignore SIGPIPE.
 */
#ifndef EMULATOR_HTTP_SERVER_H
#define EMULATOR_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct call;
struct loop;
struct server;

struct server_options {
    const char *host; /* an address or a name */
    uint16_t port;    /* 0: any free one */
    int socket;       /* listens already, and is taken over; 0: none, then host and port count */
    unsigned max_connections;
    unsigned idle_timeout_s;
    void *ctx;                                  /* borrowed, given to all three */
    void (*head)(void *ctx, struct call *call); /* route; may answer */
    void (*run)(void *ctx, struct call *call);  /* the body is there; may answer, now or later */
    bool (*commit)(void *ctx);                  /* end of a turn; true when it sent answers */
};

/* STATUS_BUSY: the port is taken. STATUS_INVALID: no such host. */
NODISCARD enum status server_start(struct loop *loop, const struct server_options *options,
                                   struct server **ret_server);

/* The port it listens on. */
uint16_t server_port(const struct server *server);

/* No new connections from now on; those that are there go on. */
void server_stop_listening(struct server *server);

/* Requests that have begun and whose answer has not left completely. */
unsigned server_waiting(const struct server *server);

/* Close every connection. No call may be waiting any more. NULL is a no-op. */
void server_stop(struct server *server);

#endif
