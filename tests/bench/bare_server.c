/*
 * bare_server.c -- the yardstick: the same libmicrohttpd on the same libuv, set up as Hydrant's
 * server is, answering "{}" to everything after reading the body. Prints "Listening on <url>".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

static struct MHD_Response *answer;

/* libmicrohttpd's signature. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_access(void *ctx, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_size, void **request)
{
    static char seen;
    (void)ctx;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    if (*request == NULL) {
        *request = &seen;
        return MHD_YES;
    }
    if (*data_size > 0) {
        *data_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, answer);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    (void)MHD_run(poll->data);
}

/* The epoll is edge-triggered: run until libmicrohttpd has nothing at hand. */
static void before_sleep(uv_prepare_t *prepare)
{
    unsigned long long timeout = 0;
    while (MHD_get_timeout(prepare->data, &timeout) == MHD_YES && timeout == 0)
        (void)MHD_run(prepare->data);
}

static struct MHD_Daemon *start(void)
{
    /* It is only read. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    answer = MHD_create_response_from_buffer(2, (void *)(uintptr_t) "{}", MHD_RESPMEM_PERSISTENT);
    (void)MHD_add_response_header(answer, "Content-Type", "application/x-amz-json-1.1");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_access, NULL, MHD_OPTION_SOCK_ADDR,
                            &address, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024,
                            MHD_OPTION_END);
}

int main(void)
{
    uv_poll_t poll;
    uv_prepare_t prepare;
    struct MHD_Daemon *daemon = start();
    if (daemon == NULL)
        return 1;
    int epoll = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    unsigned port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    if (uv_poll_init(uv_default_loop(), &poll, epoll) != 0 ||
        uv_prepare_init(uv_default_loop(), &prepare) != 0)
        return 1;
    poll.data = daemon;
    prepare.data = daemon;
    (void)uv_poll_start(&poll, UV_READABLE, on_readable);
    (void)uv_prepare_start(&prepare, before_sleep);
    (void)printf("Listening on http://127.0.0.1:%u\n", port);
    (void)fflush(stdout);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
