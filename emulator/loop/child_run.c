#include "emulator/loop/child_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator/base/text.h"
#include "emulator/loop/child_spawn.h"
#include "emulator/loop/loop.h"

enum { LOOK_MS = 1, OUTPUT_LOOK_MS = 20 };

/* All there is now; false when there will be no more. */
static bool read_some(int file, struct text *output)
{
    char bytes[4096];
    ssize_t len = 0;
    while ((len = read(file, bytes, sizeof(bytes))) > 0)
        text_append(output, slice_make(bytes, (size_t)len));
    return len < 0 && (errno == EINTR || errno == EAGAIN);
}

/* It can still be waited for. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

/* Until the process has ended and its output is read, or time is up. Mostly the output's end is
 * what comes last; else it is looked for. */
static void follow(pid_t pid, int output, int64_t timeout_ms, struct text *text)
{
    int64_t end_ms = loop_monotonic_ms() + timeout_ms;
    struct pollfd file = {.fd = output, .events = POLLIN};
    bool is_over = false;
    while (!is_over && loop_monotonic_ms() < end_ms) {
        (void)poll(&file, 1, file.fd < 0 ? LOOK_MS : OUTPUT_LOOK_MS);
        is_over = has_ended(pid);
        if (file.fd >= 0 && !read_some(output, text))
            file.fd = -1;
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
    const struct child_spawn_file file = {ends[1], STDOUT_FILENO};
    const struct child_spawn_options options = {
        .arguments = arguments, .environment = environ, .files = &file, .file_count = 1};
    enum status status = child_spawn(&options, &pid);
    (void)close(ends[1]);
    if (status == STATUS_OK) {
        (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
        follow(pid, ends[0], timeout_ms, output);
        status = finish(pid, ret_how);
    }
    (void)close(ends[0]);
    return status;
}
