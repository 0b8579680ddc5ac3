#include "emulator/loop/foreground.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a person, a shell or a container's engine sends. */
static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};

#define FORWARDED_COUNT (sizeof(forwarded) / sizeof(forwarded[0]))

static int code_of(int how)
{
    return WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

/* ---- starting ---------------------------------------------------------------------------- */

struct start {
    char *const *arguments;
    char *const *environment;
    const sigset_t *mask;
    int handed; /* -1: the program has our terminal; else it is a background */
    int failed; /* the end of a pipe that takes errno when the program cannot be run */
    pid_t parent;
};

static void leave_foreground(const struct start *start)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    (void)dup2(nowhere, STDIN_FILENO);
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)setpgid(0, 0);
    (void)fcntl(start->handed, F_SETFD, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (getppid() != start->parent)
        _exit(1); /* it has died already */
}

/* In the new process. */
static void become(const struct start *start)
{
    if (start->handed >= 0)
        leave_foreground(start);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, start->mask, NULL);
    (void)execvpe(start->arguments[0], start->arguments, start->environment);
    int error = errno;
    (void)!write(start->failed, &error, sizeof(error));
    _exit(127);
}

/* The pipe closes with the exec: nothing to read means that it went well. */
static enum status start_process(struct start *start, pid_t *ret_pid)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return status_from_errno(errno);
    start->failed = ends[1];
    start->parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(start);
    int error = pid < 0 ? errno : 0;
    (void)close(ends[1]);
    ssize_t len = 0;
    if (pid > 0)
        do
            len = read(ends[0], &error, sizeof(error));
        while (len < 0 && errno == EINTR);
    (void)close(ends[0]);
    if (pid > 0 && len > 0)
        (void)waitpid(pid, NULL, 0);
    if (error != 0)
        return status_from_errno(error);
    *ret_pid = pid;
    return STATUS_OK;
}

static char **writable(const char *const *texts)
{
    return (char **)(uintptr_t)texts;
}

enum status background_start(const char *const *arguments, int handed,
                             struct background *ret_background)
{
    sigset_t none;
    (void)sigemptyset(&none);
    struct start start = {
        .arguments = writable(arguments), .environment = environ, .mask = &none, .handed = handed};
    pid_t pid = 0;
    enum status status = start_process(&start, &pid);
    if (status == STATUS_OK)
        *ret_background = (struct background){.pid = pid};
    return status;
}

void background_stop(struct background *background)
{
    if (background->has_ended)
        return;
    int how = 0;
    (void)kill(background->pid, SIGTERM);
    while (waitpid(background->pid, &how, 0) < 0 && errno == EINTR) {
    }
    background->has_ended = true;
    background->code = code_of(how);
}

/* ---- the foreground ---------------------------------------------------------------------- */

/* Everything that has ended; true when `pid` was among it. */
static bool reap(pid_t pid, struct background *beside, int *code)
{
    bool has_ended = false;
    int how = 0;
    pid_t gone = 0;
    while ((gone = waitpid(-1, &how, WNOHANG)) > 0) {
        if (beside != NULL && gone == beside->pid)
            *beside = (struct background){gone, true, code_of(how)};
        if (gone != pid)
            continue;
        has_ended = true;
        *code = code_of(how);
    }
    return has_ended;
}

static void watch_over(pid_t pid, const sigset_t *watched, struct background *beside, int *code)
{
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(watched, &info);
        if (number < 0)
            continue; /* interrupted by a debugger's stop */
        if (number == SIGCHLD && reap(pid, beside, code))
            return;
        if (number != SIGCHLD && info.si_code != SI_KERNEL)
            (void)kill(pid, number);
    }
}

enum status foreground_run(char *const *arguments, const char *const *environment,
                           struct background *beside, int *ret_code)
{
    sigset_t watched;
    sigset_t before;
    (void)sigemptyset(&watched);
    (void)sigaddset(&watched, SIGCHLD);
    for (size_t i = 0; i < FORWARDED_COUNT; i++)
        (void)sigaddset(&watched, forwarded[i]);
    (void)sigprocmask(SIG_BLOCK, &watched, &before);

    struct start start = {.arguments = arguments,
                          .environment = writable(environment),
                          .mask = &before,
                          .handed = -1};
    pid_t pid = 0;
    enum status status = start_process(&start, &pid);
    if (status == STATUS_OK)
        watch_over(pid, &watched, beside, ret_code);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
