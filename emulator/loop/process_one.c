#include "emulator/loop/process_one.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BY_SIGNAL = 128, NO_PROCESS = 71 }; /* as shells have it; EX_OSERR */

static const int waited_for[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

/* Everybody who has ended; true when the child is among them. */
static bool reap(pid_t child, int *ret_code)
{
    bool is_over = false;
    int how = 0;
    pid_t ended = 0;
    while ((ended = waitpid(-1, &how, WNOHANG)) > 0) {
        if (ended != child)
            continue;
        is_over = true;
        *ret_code = WIFSIGNALED(how) ? BY_SIGNAL + WTERMSIG(how) : WEXITSTATUS(how);
    }
    return is_over;
}

/* What a terminal sends goes to the child as well, which is of the same group. */
static bool is_to_be_passed_on(const siginfo_t *signal)
{
    return signal->si_signo != SIGCHLD && signal->si_code <= 0;
}

static int stand_by(pid_t child, const sigset_t *signals)
{
    int code = 0;
    while (!reap(child, &code)) {
        siginfo_t signal;
        if (sigwaitinfo(signals, &signal) > 0 && is_to_be_passed_on(&signal))
            (void)kill(child, signal.si_signo);
    }
    return code;
}

/* A service manager's sockets are for the process it names, which is the child from now on. */
static void take_sockets(void)
{
    const char *meant = getenv("LISTEN_PID"); /* NOLINT(concurrency-mt-unsafe): before any thread */
    char own[16];
    if (meant == NULL || strcmp(meant, "1") != 0)
        return;
    (void)snprintf(own, sizeof(own), "%d", (int)getpid());
    (void)setenv("LISTEN_PID", own, 1); /* NOLINT(concurrency-mt-unsafe): the same */
}

bool process_one_stands_by(int *ret_code)
{
    sigset_t signals;
    sigset_t before;
    if (getpid() != 1)
        return false;
    (void)sigemptyset(&signals);
    for (size_t i = 0; i < sizeof(waited_for) / sizeof(waited_for[0]); i++)
        (void)sigaddset(&signals, waited_for[i]);
    (void)sigprocmask(SIG_BLOCK, &signals, &before);
    pid_t child = fork();
    if (child == 0) {
        take_sockets();
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
        return false;
    }
    *ret_code = child > 0 ? stand_by(child, &signals) : NO_PROCESS;
    return true;
}
