#include "emulator/delivery/query_process.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/query_helper.h"
#include "emulator/delivery/query_wire.h"
#include "emulator/loop/loop.h"

#define LOOK_MS 50
#define IN_BYTES (2 * (QUERY_MESSAGE_HEAD_BYTES + QUERY_ANSWER_MAX_BYTES))
#define OWN_BYTES ((size_t)64 * 1024 * 1024) /* our program, which is more with a sanitizer */

enum { SEND_RECORDS = 256 }; /* in one system call */

/* ---- life ---- */

enum status query_process_start(const char *launcher, struct slice program,
                                struct query_process **ret_process)
{
    const char *const arguments[] = {launcher, "run-query", NULL};
    struct query_process *process = mem_zalloc(sizeof(*process) + program.len);
    if (process == NULL)
        return STATUS_NO_MEMORY;
    list_init(&process->link);
    process->program_bytes = program.len;
    if (program.len > 0)
        memcpy(process->program, program.ptr, program.len);
    enum status status = child_aside_start(arguments, sizeof(struct query_page), &process->child);
    if (status == STATUS_OK)
        *ret_process = process;
    else
        mem_free(process);
    return status;
}

void query_process_end(struct query_process *process)
{
    if (process == NULL)
        return;
    child_aside_end(&process->child);
    mem_free(process);
}

/* ---- the socket ---- */

/* What goes over the socket in one run, and comes back. */
struct exchange {
    struct query_process *process;
    struct query_run *run;
    size_t sending;    /* the record that goes next */
    size_t sent_bytes; /* of it and its head */
    char *in;          /* owned; answers, the last one perhaps not whole */
    size_t in_len;
    uint64_t at_hand; /* when it was looked at last */
    int64_t since_ms; /* from when on nothing has been seen to move */
};

/* The head and the bytes of a record, but for the first `skipped`. Two entries at most. */
static size_t put_pieces(struct iovec *pieces, int64_t *head, struct slice data, size_t skipped)
{
    size_t count = 0;
    *head = (int64_t)data.len;
    struct slice parts[] = {slice_make((char *)head, sizeof(*head)), data};
    for (size_t i = 0; i < 2; i++) {
        struct slice part = slice_from(parts[i], skipped);
        skipped -= parts[i].len - part.len;
        if (part.len > 0)
            pieces[count++] =
                (struct iovec){.iov_base = (void *)(uintptr_t)part.ptr, .iov_len = part.len};
    }
    return count;
}

static void count_sent(struct exchange *x, size_t bytes)
{
    x->sent_bytes += bytes;
    while (x->sending < x->run->count) {
        size_t all = QUERY_MESSAGE_HEAD_BYTES + x->run->records[x->sending].data.len;
        if (x->sent_bytes < all)
            return;
        x->sent_bytes -= all;
        x->sending++;
    }
}

/* As much as goes at once, many records in one call. */
static enum status send_records(struct exchange *x)
{
    int64_t heads[SEND_RECORDS];
    struct iovec pieces[2 * SEND_RECORDS];
    size_t count = 0;
    const struct query_run *run = x->run;
    for (size_t i = 0; i < SEND_RECORDS && x->sending + i < run->count; i++)
        count += put_pieces(&pieces[count], &heads[i], run->records[x->sending + i].data,
                            i == 0 ? x->sent_bytes : 0);
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    ssize_t sent = sendmsg(x->process->child.socket, &message, MSG_NOSIGNAL);
    if (sent >= 0)
        count_sent(x, (size_t)sent);
    return sent >= 0 || errno == EAGAIN || errno == EINTR ? STATUS_OK : STATUS_IO_ERROR;
}

static enum status take_answers(struct exchange *x)
{
    struct slice rest = slice_make(x->in, x->in_len);
    struct slice message;
    struct query_run *run = x->run;
    enum status status = STATUS_OK;
    while (run->next < x->sending &&
           (status = query_wire_take(&rest, QUERY_ANSWER_MAX_BYTES, &message)) == STATUS_OK) {
        status = query_wire_read_answer(message, run->arena, &run->records[run->next].answer);
        if (status != STATUS_OK)
            break;
        run->next++;
        x->process->answered++;
        x->since_ms = loop_monotonic_ms();
    }
    memmove(x->in, rest.ptr, rest.len);
    x->in_len = rest.len;
    bool says_more = run->next == x->sending && rest.len > 0; /* than it was asked */
    if (status == STATUS_INVALID || says_more)
        return STATUS_IO_ERROR;
    return status == STATUS_END ? STATUS_OK : status;
}

/* STATUS_END: there is nothing now. */
static enum status read_some(struct exchange *x)
{
    ssize_t len = recv(x->process->child.socket, x->in + x->in_len, IN_BYTES - x->in_len, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return STATUS_END;
    if (len <= 0)
        return STATUS_IO_ERROR;
    x->in_len += (size_t)len;
    return STATUS_OK;
}

/* ---- the watch ---- */

static uint64_t at_hand(const struct query_process *process)
{
    const struct query_page *page = process->child.memory;
    return atomic_load(&page->at_hand);
}

static enum status watch(struct exchange *x)
{
    int64_t now_ms = loop_monotonic_ms();
    uint64_t number = at_hand(x->process);
    if (number != x->at_hand)
        x->since_ms = now_ms;
    x->at_hand = number;
    bool is_late = now_ms >= x->run->give_up_ms || now_ms - x->since_ms >= QUERY_RECORD_MAX_MS;
    bool is_large = child_aside_memory(&x->process->child) > QUERY_HELPER_MAX_BYTES + OWN_BYTES;
    return is_late || is_large ? STATUS_TIMED_OUT : STATUS_OK;
}

/* One of those that were sent and not answered, whatever the process says. */
static size_t find_blamed(const struct exchange *x)
{
    const struct query_run *run = x->run;
    uint64_t number = at_hand(x->process);
    uint64_t first = x->process->answered + 1;
    size_t sent = x->sending + (x->sent_bytes > 0 ? 1 : 0) - run->next;
    return number >= first && number - first < sent ? run->next + (size_t)(number - first)
                                                    : run->count;
}

/* ---- a run ---- */

static enum status exchange_once(struct exchange *x)
{
    struct pollfd socket = {.fd = x->process->child.socket, .events = POLLIN};
    if (x->sending < x->run->count)
        socket.events |= POLLOUT;
    int ready = poll(&socket, 1, LOOK_MS);
    enum status status = STATUS_OK;
    if (ready > 0 && (socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        status = read_some(x);
        if (status == STATUS_OK)
            status = take_answers(x);
    }
    if ((status == STATUS_OK || status == STATUS_END) && (socket.revents & POLLOUT) != 0)
        status = send_records(x);
    if (status == STATUS_END)
        status = STATUS_OK;
    bool is_quiet = ready <= 0 || loop_monotonic_ms() >= x->run->give_up_ms;
    return status == STATUS_OK && is_quiet ? watch(x) : status;
}

enum status query_process_run(struct query_process *process, struct query_run *run,
                              size_t *ret_blamed)
{
    struct exchange x = {
        .process = process,
        .run = run,
        .sending = run->next,
        .in = mem_alloc(IN_BYTES),
        .since_ms = loop_monotonic_ms(),
    };
    if (x.in == NULL)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && run->next < run->count)
        status = exchange_once(&x);
    if (status != STATUS_OK && status != STATUS_NO_MEMORY)
        *ret_blamed = find_blamed(&x);
    mem_free(x.in);
    return status;
}

/* ---- compiling ---- */

static enum status send_program(const struct query_process *process)
{
    int64_t head = 0;
    struct iovec pieces[2];
    struct msghdr message = {.msg_iov = pieces};
    message.msg_iovlen =
        put_pieces(pieces, &head, slice_make(process->program, process->program_bytes), 0);
    /* It is little and the socket is empty: all of it goes, or the process is not there. */
    ssize_t sent = sendmsg(process->child.socket, &message, MSG_NOSIGNAL);
    bool is_sent = sent == (ssize_t)(sizeof(head) + process->program_bytes);
    return is_sent ? STATUS_OK : STATUS_IO_ERROR;
}

static enum status read_verdict(struct slice bytes, struct text *problem)
{
    struct slice message;
    struct slice why;
    enum status verdict = STATUS_OK;
    enum status status = query_wire_take(&bytes, QUERY_VERDICT_MAX_BYTES, &message);
    if (status == STATUS_OK)
        status = query_wire_read_verdict(message, &verdict, &why);
    if (status != STATUS_OK)
        return status == STATUS_END ? STATUS_END : STATUS_IO_ERROR;
    if (verdict != STATUS_OK && verdict != STATUS_INVALID && verdict != STATUS_NO_MEMORY)
        return STATUS_IO_ERROR;
    if (verdict != STATUS_OK && problem != NULL)
        text_append(problem, why);
    return verdict;
}

/* Into `in`, until the verdict is there. */
static enum status wait_for_verdict(struct exchange *x, struct text *problem)
{
    int64_t end_ms = loop_monotonic_ms() + QUERY_START_MAX_MS;
    struct pollfd socket = {.fd = x->process->child.socket, .events = POLLIN};
    enum status status = STATUS_END;
    while (status == STATUS_END) {
        if (loop_monotonic_ms() >= end_ms)
            return STATUS_TIMED_OUT;
        if (poll(&socket, 1, LOOK_MS) > 0)
            status = read_some(x);
        if (status == STATUS_OK)
            status = read_verdict(slice_make(x->in, x->in_len), problem);
        else if (status != STATUS_END)
            return status;
        else if (child_aside_memory(&x->process->child) > QUERY_HELPER_MAX_BYTES + OWN_BYTES)
            return STATUS_TIMED_OUT;
        if (status == STATUS_END && x->in_len > 0 && x->in_len == IN_BYTES)
            return STATUS_IO_ERROR;
    }
    return status;
}

enum status query_process_compile(struct query_process *process, struct text *problem)
{
    struct exchange x = {.process = process, .in = mem_alloc(IN_BYTES)};
    if (x.in == NULL)
        return STATUS_NO_MEMORY;
    enum status status = send_program(process);
    if (status == STATUS_OK)
        status = wait_for_verdict(&x, problem);
    mem_free(x.in);
    return status;
}
