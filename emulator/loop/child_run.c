#include "emulator/loop/child_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator/base/text.h"
#include "emulator/loop/loop.h"

/* What posix_spawn() takes as if it wrote there. */
static char *const *writable(const char *const *texts)
{
    return (char *const *)(uintptr_t)texts;
}

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int output)
{
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return error == 0 ? posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID) : error;
}

static enum status spawn(const char *const *arguments, int output, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return status_from_errno(error);
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = prepare(&actions, &attributes, output);
        if (error == 0)
            error = posix_spawn(ret_pid, arguments[0], &actions, &attributes, writable(arguments),
                                environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return status_from_errno(error);
}

/* One piece; false when there will be no more. */
static bool read_piece(int file, struct text *output)
{
    char bytes[4096];
    ssize_t len = read(file, bytes, sizeof(bytes));
    if (len > 0)
        text_append(output, slice_make(bytes, (size_t)len));
    return len > 0 || (len < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Until the process has ended and its output is read, or time is up. */
static void follow(int process, int output, int64_t timeout_ms, struct text *text)
{
    int64_t end_ms = loop_monotonic_ms() + timeout_ms;
    struct pollfd files[] = {{.fd = process, .events = POLLIN}, {.fd = output, .events = POLLIN}};
    int64_t left_ms = timeout_ms;
    while (left_ms > 0 && poll(files, 2, (int)left_ms) >= 0) {
        if (files[1].revents != 0 && !read_piece(output, text))
            files[1].fd = -1;
        else if (files[1].revents == 0 && files[0].revents != 0)
            return;
        left_ms = end_ms - loop_monotonic_ms();
    }
}

static enum status finish(pid_t pid, struct child_exit *ret_how)
{
    int how = 0;
    (void)kill(-pid, SIGKILL); /* ended or not, and whoever it left behind */
    while (waitpid(pid, &how, 0) < 0)
        if (errno != EINTR)
            return status_from_errno(errno);
    *ret_how = (struct child_exit){.status = WIFEXITED(how) ? WEXITSTATUS(how) : 0,
                                   .signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0};
    return STATUS_OK;
}

enum status child_run(const char *const *arguments, int64_t timeout_ms, struct text *output,
                      struct child_exit *ret_how)
{
    int ends[2];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return status_from_errno(errno);
    enum status status = spawn(arguments, ends[1], &pid);
    (void)close(ends[1]);
    if (status == STATUS_OK) {
        int process = pidfd_open(pid, 0);
        if (process >= 0)
            follow(process, ends[0], timeout_ms, output);
        if (process >= 0)
            (void)close(process);
        status = finish(pid, ret_how);
    }
    (void)close(ends[0]);
    return status;
}
