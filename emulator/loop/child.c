#include "emulator/loop/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "emulator/loop/child_status.h"
#include "emulator/loop/loop_uv.h"

enum { PIECE_BYTES = 64 * 1024 };

struct child {
    uv_process_t process;
    struct child_options options; /* of it: ctx and the callbacks */
    struct loop_watch *watch;
    int output; /* the pipe's end we read; -1: closed */
    bool has_exited;
};

/* ---- output ------------------------------------------------------------------------------ */

static void close_output(struct child *child)
{
    loop_watch_stop(child->watch);
    child->watch = NULL;
    if (child->output >= 0)
        (void)close(child->output);
    child->output = -1;
}

/* One piece; false when there is none now, or never again. */
static bool read_piece(struct child *child, size_t *given)
{
    char bytes[PIECE_BYTES];
    ssize_t len = 0;
    do
        len = read(child->output, bytes, sizeof(bytes));
    while (len < 0 && errno == EINTR);
    if (len > 0) {
        *given += (size_t)len;
        child->options.on_output(child->options.ctx, slice_make(bytes, (size_t)len));
        return true;
    }
    if (len == 0 || errno != EAGAIN)
        close_output(child);
    return false;
}

void child_drain(struct child *child)
{
    size_t given = 0;
    while (child->output >= 0 && given < CHILD_DRAIN_MAX_BYTES && read_piece(child, &given)) {
    }
}

static void on_readable(void *arg)
{
    child_drain(arg);
}

/* ---- start and end ----------------------------------------------------------------------- */

static void free_child(uv_handle_t *handle)
{
    mem_free(handle->data);
}

static void on_process_exit(uv_process_t *process, int64_t status, int number)
{
    struct child *child = process->data;
    child->has_exited = true;
    (void)kill(-process->pid, SIGKILL); /* whoever it left behind */
    child_drain(child);
    close_output(child);
    child->options.on_exit(child->options.ctx,
                           (struct child_exit){.status = (int)status, .signal = number});
}

static enum status make_pipe(struct child *child, int *ret_input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return status_from_errno(errno);
    child->output = ends[0];
    *ret_input = ends[1];
    int flags = fcntl(ends[0], F_GETFL);
    return fcntl(ends[0], F_SETFL, flags | O_NONBLOCK) == 0 ? STATUS_OK : status_from_errno(errno);
}

/* libuv's structure takes what it only reads as if it wrote there. */
static char **writable(const char *const *texts)
{
    return (char **)(uintptr_t)texts;
}

static int spawn(struct loop *loop, struct child *child, int input)
{
    const struct child_options *given = &child->options;
    uv_stdio_container_t stdio[3 + CHILD_HANDED_MAX] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = input},
        {.flags = UV_INHERIT_FD, .data.fd = input},
    };
    for (int i = 0; i < given->handed_count; i++)
        stdio[3 + i] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = given->handed[i]};
    const uv_process_options_t options = {
        .exit_cb = on_process_exit,
        .file = given->arguments[0],
        .args = writable(given->arguments),
        .env = writable(given->environment),
        .cwd = given->folder,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3 + given->handed_count,
        .stdio = stdio,
    };
    return uv_spawn(loop_uv(loop), &child->process, &options);
}

enum status child_start(struct loop *loop, const struct child_options *options,
                        struct child **ret_child)
{
    struct child *child = mem_zalloc(sizeof(*child));
    if (child == NULL)
        return STATUS_NO_MEMORY;
    int input = -1;
    child->output = -1;
    child->options = *options;
    child->process.data = child;
    enum status status = make_pipe(child, &input);
    if (status == STATUS_OK)
        status = loop_watch_start(loop, child->output, on_readable, child, &child->watch);
    int error = 0;
    if (status == STATUS_OK)
        error = spawn(loop, child, input);
    if (input >= 0)
        (void)close(input);
    if (status == STATUS_OK && error == 0) {
        *ret_child = child;
        return STATUS_OK;
    }
    close_output(child);
    if (status == STATUS_OK) /* the handle is in the loop, even then */
        uv_close((uv_handle_t *)&child->process, free_child);
    else
        mem_free(child);
    return status == STATUS_OK ? status_from_errno(-error) : status;
}

void child_kill(struct child *child)
{
    if (!child->has_exited)
        (void)kill(-child->process.pid, SIGKILL);
}

void child_destroy(struct child *child)
{
    if (child != NULL)
        uv_close((uv_handle_t *)&child->process, free_child);
}

/* ---- memory ------------------------------------------------------------------------------ */

static size_t read_status(const struct child *child, const char *name)
{
    return child->has_exited ? 0 : child_status_bytes(child->process.pid, name);
}

size_t child_memory(const struct child *child)
{
    return read_status(child, "\nVmRSS");
}

size_t child_peak_memory(const struct child *child)
{
    return read_status(child, "\nVmHWM");
}
