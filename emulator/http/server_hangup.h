/*
 * server_hangup.h -- noticing that a client has ended its side of a connection.
 *
 * libmicrohttpd takes a read that filled less than its buffer for the last one before the next edge
 * of its edge-triggered epoll. The end of the connection, when it came together with those bytes,
 * makes no further edge: the connection, its call and half a body would stay until the idle
 * timeout. A descriptor of our own is asked for nothing but these ends, once per connection.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_HTTP_SERVER_HANGUP_H
#define EMULATOR_HTTP_SERVER_HANGUP_H

#include "emulator/base/status.h"

struct MHD_Connection;
struct hangup_list;
struct loop;

/* `fn` is told once, from a turn of the loop; reading from the connection ends it. */
NODISCARD enum status hangup_list_create(struct loop *loop,
                                         void (*fn)(void *ctx, struct MHD_Connection *connection),
                                         void *ctx, struct hangup_list **ret_list);

/* Between these two the connection's descriptor must stay open. */
void hangup_list_add(struct hangup_list *list, struct MHD_Connection *connection);
void hangup_list_remove(struct hangup_list *list, struct MHD_Connection *connection);

/* NULL is a no-op. */
void hangup_list_destroy(struct hangup_list *list);

#endif
