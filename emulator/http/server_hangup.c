#include "emulator/http/server_hangup.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"

#define EVENTS_AT_ONCE 64

struct hangup_list {
    int epoll;
    struct loop_watch *watch;
    void (*fn)(void *ctx, struct MHD_Connection *connection);
    void *ctx; /* borrowed */
};

/* What is left behind keeps the descriptor readable, so the next turn brings it. */
static void on_readable(void *arg)
{
    struct hangup_list *list = arg;
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(list->epoll, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < count; i++)
        list->fn(list->ctx, events[i].data.ptr);
}

static int descriptor_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

void hangup_list_add(struct hangup_list *list, struct MHD_Connection *connection)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = connection};
    if (epoll_ctl(list->epoll, EPOLL_CTL_ADD, descriptor_of(connection), &event) != 0)
        log_line(LOG_WARNING, "http: a connection's end may be noticed late: %s",
                 status_text(status_from_errno(errno)));
}

void hangup_list_remove(struct hangup_list *list, struct MHD_Connection *connection)
{
    /* Fails when adding had failed, and then there is nothing to remove. */
    (void)epoll_ctl(list->epoll, EPOLL_CTL_DEL, descriptor_of(connection), NULL);
}

enum status hangup_list_create(struct loop *loop,
                               void (*fn)(void *ctx, struct MHD_Connection *connection), void *ctx,
                               struct hangup_list **ret_list)
{
    struct hangup_list *list = mem_zalloc(sizeof(*list));
    if (list == NULL)
        return STATUS_NO_MEMORY;
    list->fn = fn;
    list->ctx = ctx;
    list->epoll = epoll_create1(EPOLL_CLOEXEC);
    enum status status = list->epoll >= 0 ? STATUS_OK : status_from_errno(errno);
    if (status == STATUS_OK)
        status = loop_watch_start(loop, list->epoll, on_readable, list, &list->watch);
    if (status != STATUS_OK) {
        hangup_list_destroy(list);
        return status;
    }
    *ret_list = list;
    return STATUS_OK;
}

void hangup_list_destroy(struct hangup_list *list)
{
    if (list == NULL)
        return;
    loop_watch_stop(list->watch);
    if (list->epoll >= 0)
        (void)close(list->epoll);
    mem_free(list);
}
