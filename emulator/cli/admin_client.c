#include "emulator/cli/admin_client.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"

#define REQUEST_MAX_BYTES ((size_t)64 * 1024)
#define CONNECT_PATIENCE_S 5

static bool copy_text(struct slice from, char *to, size_t size)
{
    if (from.len == 0 || from.len >= size)
        return false;
    memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
    return true;
}

/* "host", "host:port", "[::1]:port" into its two parts; an absent port is empty. */
static bool split_authority(struct slice authority, struct slice *ret_host, struct slice *ret_port)
{
    bool is_bracketed = authority.len > 0 && authority.ptr[0] == '[';
    struct slice rest = is_bracketed ? slice_from(authority, 1) : authority;
    if (is_bracketed && slice_find(rest, ']') == rest.len)
        return false;
    *ret_host = slice_cut(&rest, is_bracketed ? ']' : ':');
    if (!is_bracketed) {
        *ret_port = rest;
        return true;
    }
    *ret_port = slice_from(rest, 1);
    return rest.len == 0 || rest.ptr[0] == ':';
}

enum status admin_client_endpoint(struct slice url, struct admin_endpoint *ret_endpoint)
{
    static const struct slice scheme = SLICE_INIT("http://");
    if (!slice_equal_nocase(slice_first(url, scheme.len), scheme))
        return STATUS_INVALID;
    struct slice rest = slice_from(url, scheme.len);
    struct slice host;
    struct slice port;
    if (!split_authority(slice_cut(&rest, '/'), &host, &port) || rest.len > 0)
        return STATUS_INVALID;

    uint64_t number = 80;
    if (port.len > 0 && (slice_to_u64(port, &number) != STATUS_OK || number == 0 || number > 65535))
        return STATUS_INVALID;
    struct admin_endpoint endpoint = {.host = ""};
    if (!copy_text(host, endpoint.host, sizeof(endpoint.host)) ||
        !copy_text(port.len > 0 ? port : SLICE("80"), endpoint.port, sizeof(endpoint.port)))
        return STATUS_INVALID;
    *ret_endpoint = endpoint;
    return STATUS_OK;
}

static void set_patience(int fd, int send_s, int receive_s)
{
    struct timeval send_time = {.tv_sec = send_s};
    struct timeval receive_time = {.tv_sec = receive_s};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_time, sizeof(send_time));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive_time, sizeof(receive_time));
}

/* A connected socket to the first address that takes us; -1 with errno. */
static int connect_any(const struct addrinfo *addresses, int patience_s)
{
    int error = EADDRNOTAVAIL;
    for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd < 0) {
            error = errno;
            continue;
        }
        set_patience(fd, CONNECT_PATIENCE_S, patience_s);
        if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            return fd;
        error = errno == EINPROGRESS ? ETIMEDOUT : errno;
        (void)close(fd);
    }
    errno = error;
    return -1;
}

static enum status open_connection(const struct admin_request *request,
                                   const struct admin_endpoint *endpoint, int *ret_fd,
                                   struct text *problem)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    int result = getaddrinfo(endpoint->host, endpoint->port, &hints, &addresses);
    if (result != 0) {
        text_printf(problem, "%s: %s", request->endpoint, gai_strerror(result));
        return STATUS_NOT_FOUND;
    }
    int fd = connect_any(addresses, request->patience_s);
    int error = errno;
    freeaddrinfo(addresses);
    if (fd < 0) {
        text_printf(problem, "no daemon answers at %s (%s)", request->endpoint,
                    strerrordesc_np(error));
        return STATUS_IO_ERROR;
    }
    *ret_fd = fd;
    return STATUS_OK;
}

static enum status send_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return STATUS_IO_ERROR;
        bytes = slice_from(bytes, (size_t)sent);
    }
    return STATUS_OK;
}

/* Until the other side closes. */
static enum status receive_all(int fd, struct text *ret_bytes)
{
    for (;;) {
        char buffer[8192];
        ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN ? STATUS_TIMED_OUT : STATUS_IO_ERROR;
        if (got == 0)
            return ret_bytes->status;
        text_append(ret_bytes, slice_make(buffer, (size_t)got));
        if (ret_bytes->status != STATUS_OK)
            return ret_bytes->status;
    }
}

/* "HTTP/1.1 200 OK\r\n...\r\n\r\nbody" */
static enum status read_answer(struct slice bytes, struct admin_answer *ret_answer)
{
    uint64_t code = 0;
    struct slice rest = bytes;
    struct slice version = slice_cut(&rest, ' ');
    size_t head_end = slice_search(bytes, SLICE("\r\n\r\n"));
    if (!slice_starts_with(version, SLICE("HTTP/1.")) || head_end == bytes.len ||
        slice_to_u64(slice_first(rest, 3), &code) != STATUS_OK)
        return STATUS_INVALID;
    ret_answer->status = (int)code;
    ret_answer->body = slice_from(bytes, head_end + 4);
    return STATUS_OK;
}

static void write_request(struct text *out, const struct admin_request *request,
                          const struct admin_endpoint *endpoint)
{
    bool is_v6 = strchr(endpoint->host, ':') != NULL;
    text_printf(out, "%s %.*s HTTP/1.0\r\nHost: %s%s%s:%s\r\nUser-Agent: hydrant/%s\r\n",
                request->method, SLICE_ARG(request->target), is_v6 ? "[" : "", endpoint->host,
                is_v6 ? "]" : "", endpoint->port, HYDRANT_VERSION);
    if (request->body.len > 0)
        text_append_text(out, "Content-Type: application/json\r\n");
    text_printf(out, "Content-Length: %zu\r\n\r\n", request->body.len);
    text_append(out, request->body);
}

static enum status exchange(int fd, struct slice request, struct arena *arena,
                            struct admin_answer *ret_answer)
{
    struct text bytes;
    text_init_in(&bytes, arena, ADMIN_ANSWER_MAX_BYTES);
    enum status status = send_all(fd, request);
    if (status == STATUS_OK)
        status = receive_all(fd, &bytes);
    if (status == STATUS_OK)
        status = read_answer(text_slice(&bytes), ret_answer);
    return status;
}

enum status admin_client_call(const struct admin_request *request, struct arena *arena,
                              struct admin_answer *ret_answer, struct text *problem)
{
    struct admin_endpoint endpoint;
    enum status status = admin_client_endpoint(slice_of(request->endpoint), &endpoint);
    if (status != STATUS_OK) {
        text_printf(problem, "\"%s\" is not an endpoint of the form http://host:port",
                    request->endpoint);
        return status;
    }
    struct text head;
    text_init_in(&head, arena, REQUEST_MAX_BYTES);
    write_request(&head, request, &endpoint);
    if (head.status != STATUS_OK)
        return head.status;

    int fd = -1;
    status = open_connection(request, &endpoint, &fd, problem);
    if (status != STATUS_OK)
        return status;
    status = exchange(fd, text_slice(&head), arena, ret_answer);
    (void)close(fd);
    if (status != STATUS_OK)
        text_printf(problem, "no answer from %s: %s", request->endpoint,
                    status == STATUS_INVALID ? "that is no HTTP server" : status_text(status));
    return status == STATUS_INVALID ? STATUS_IO_ERROR : status;
}
