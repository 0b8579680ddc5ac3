/*
 * server_exchange.h -- the transport's part of a call, and a pool of spare ones: small requests
 * that follow each other reuse the memory of those before. For the server's files.
 */
#ifndef EMULATOR_HTTP_SERVER_EXCHANGE_H
#define EMULATOR_HTTP_SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"

struct MHD_Connection;
struct server;

#define EXCHANGE_POOL_MAX 64

struct exchange {
    struct call call;
    struct server *server;             /* borrowed */
    struct MHD_Connection *connection; /* borrowed */
    struct text body;                  /* on the heap: a chunked one grows in place */
    int64_t dropped_bytes;
    bool drops_body;   /* answered already: read and forget */
    bool is_suspended; /* libmicrohttpd must be told before it looks at the connection again */
};

struct exchange_pool {
    struct list spare; /* by call.link; owned */
    size_t count;
};

void exchange_pool_init(struct exchange_pool *pool);
void exchange_pool_close(struct exchange_pool *pool);

/* A clean one. NULL without memory. */
struct exchange *exchange_take(struct exchange_pool *pool);

/* Its call is over: free what it holds and keep it, or free it too. */
void exchange_give_back(struct exchange_pool *pool, struct exchange *exchange);

#endif
