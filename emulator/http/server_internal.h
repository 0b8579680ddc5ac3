/*
 * server_internal.h -- what the server's files share.
 */
#ifndef EMULATOR_HTTP_SERVER_INTERNAL_H
#define EMULATOR_HTTP_SERVER_INTERNAL_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct arena;
struct call;

/*
 * The target as it was sent, before libmicrohttpd cuts its own into pieces; only an absolute form
 * loses scheme and host. NULL pointer without memory.
 */
struct slice server_copy_target(struct arena *arena, const char *uri);

/* Fill in what follows from the target and the headers. False without memory. */
NODISCARD bool server_read_head(struct MHD_Connection *connection, struct call *call,
                                const char *method);

/* Hand the call's answer to libmicrohttpd. MHD_NO ends the connection. */
enum MHD_Result server_send_response(struct MHD_Connection *connection, struct call *call);

/* Listen on the first of the host's addresses that can be had. As server_start(). */
NODISCARD enum status server_listen(const char *host, uint16_t port, int *ret_fd);

uint16_t server_bound_port(int fd);

#endif
