#include "emulator/loop/service_manager.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "emulator/base/slice.h"
#include "emulator/loop/loop.h"

enum { FIRST_FD = 3 }; /* SD_LISTEN_FDS_START */

static bool number_of(const char *name, uint64_t *ret_number)
{
    const char *text = getenv(name); /* NOLINT(concurrency-mt-unsafe): before any thread */
    return text != NULL && slice_to_u64(slice_of(text), ret_number) == STATUS_OK;
}

static void forget_variables(void)
{
    (void)unsetenv("LISTEN_PID");     /* NOLINT(concurrency-mt-unsafe): before any thread */
    (void)unsetenv("LISTEN_FDS");     /* NOLINT(concurrency-mt-unsafe) */
    (void)unsetenv("LISTEN_FDNAMES"); /* NOLINT(concurrency-mt-unsafe) */
}

static bool is_listening_stream(int fd)
{
    int value = 0;
    socklen_t size = sizeof(value);
    bool listens = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
    size = sizeof(value);
    return listens && getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size) == 0 &&
           value == SOCK_STREAM;
}

enum status service_manager_socket(int *ret_fd)
{
    uint64_t pid = 0;
    uint64_t count = 0;
    bool is_ours = number_of("LISTEN_PID", &pid) && pid == (uint64_t)getpid() &&
                   number_of("LISTEN_FDS", &count) && count > 0;
    forget_variables();
    if (!is_ours)
        return STATUS_NOT_FOUND;
    if (count != 1 || !is_listening_stream(FIRST_FD))
        return STATUS_INVALID;
    (void)fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC);
    (void)fcntl(FIRST_FD, F_SETFL, fcntl(FIRST_FD, F_GETFL) | O_NONBLOCK);
    *ret_fd = FIRST_FD;
    return STATUS_OK;
}

/* A name that begins with @ is an abstract one: its first byte is NUL on the wire. */
static socklen_t address_of(const char *path, struct sockaddr_un *address)
{
    size_t len = strlen(path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((path[0] != '/' && path[0] != '@') || len >= sizeof(address->sun_path))
        return 0;
    memcpy(address->sun_path, path, len);
    if (path[0] == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

void service_manager_notify(const char *state)
{
    struct sockaddr_un address;
    const char *path = getenv("NOTIFY_SOCKET"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    socklen_t size = path != NULL ? address_of(path, &address) : 0;
    int fd = size > 0 ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    (void)close(fd);
}

void service_manager_notify_reloading(void)
{
    char state[64];
    (void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
                   (long long)loop_monotonic_us());
    service_manager_notify(state);
}
