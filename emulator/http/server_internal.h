/*
 * server_internal.h -- what server.c and server_response.c share.
 */
#ifndef EMULATOR_HTTP_SERVER_INTERNAL_H
#define EMULATOR_HTTP_SERVER_INTERNAL_H

#include <microhttpd.h>

struct call;

/* Hand the call's answer to libmicrohttpd. MHD_NO ends the connection. */
enum MHD_Result server_send_response(struct MHD_Connection *connection, struct call *call);

#endif
