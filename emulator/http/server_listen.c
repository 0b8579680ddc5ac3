#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/base/slice.h"
#include "emulator/http/server_internal.h"

#define LISTEN_BACKLOG 1024

static enum status listen_at(const struct addrinfo *address, int *ret_fd)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return status_from_errno(errno);
    int yes = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0) {
        *ret_fd = fd;
        return STATUS_OK;
    }
    bool is_foreign = errno == EADDRNOTAVAIL;
    (void)close(fd);
    return is_foreign ? STATUS_INVALID : STATUS_BUSY;
}

enum status server_listen(const char *host, uint16_t port_number, int *ret_fd)
{
    char port[8];
    (void)snprintf(port, sizeof(port), "%u", port_number);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses = NULL;
    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        return STATUS_INVALID;
    enum status status = STATUS_INVALID;
    for (struct addrinfo *a = addresses; a != NULL && status != STATUS_OK; a = a->ai_next)
        status = listen_at(a, ret_fd);
    freeaddrinfo(addresses);
    return status;
}

uint16_t server_bound_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char port[8] = "0";
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        (void)getnameinfo((struct sockaddr *)&address, size, NULL, 0, port, sizeof(port),
                          NI_NUMERICSERV);
    uint64_t number = 0;
    return slice_to_u64(slice_of(port), &number) == STATUS_OK ? (uint16_t)number : 0;
}
