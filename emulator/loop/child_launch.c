#include "emulator/loop/child_launch.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in AWS's sandbox. What may not be raised stays as it is. */
enum { OPEN_FILES = 1024, PROCESSES = 742, LOCKED_BYTES = 64 * 1024, STACK_BYTES = 8192 * 1024 };

static void limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    now.rlim_cur = most < now.rlim_max ? most : now.rlim_max;
    now.rlim_max = now.rlim_cur;
    (void)setrlimit(resource, &now);
}

/* A program may give its threads more. */
static void limit_stack(void)
{
    struct rlimit now;
    if (getrlimit(RLIMIT_STACK, &now) != 0)
        return;
    now.rlim_cur = STACK_BYTES < now.rlim_max ? STACK_BYTES : now.rlim_max;
    (void)setrlimit(RLIMIT_STACK, &now);
}

/* What the daemon ignores, a program does not expect to be ignored. */
static void reset_signals(void)
{
    sigset_t none;
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

enum status child_confine(int first_free)
{
    pid_t parent = getppid();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return status_from_errno(errno);
    if (getppid() != parent)
        return STATUS_NOT_FOUND; /* it has died already */
    limit(RLIMIT_NOFILE, OPEN_FILES);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_MEMLOCK, LOCKED_BYTES);
    limit_stack();
    (void)umask(S_IWGRP | S_IWOTH);
    (void)close_range((unsigned)first_free, ~0U, 0);
    reset_signals();
    return STATUS_OK;
}

void child_limit_processes(void)
{
    limit(RLIMIT_NPROC, PROCESSES);
}

void child_limit_memory(size_t bytes)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)bytes;
#else
    limit(RLIMIT_DATA, bytes);
#endif
}

enum status child_launch(char *const *arguments)
{
    enum status status = child_confine(STDERR_FILENO + 1);
    if (status != STATUS_OK)
        return status;
    (void)execv(arguments[0], arguments);
    return status_from_errno(errno);
}
