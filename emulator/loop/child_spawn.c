#include "emulator/loop/child_spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <unistd.h>

static int set_files(posix_spawn_file_actions_t *actions, const struct child_spawn_options *options)
{
    int error = 0;
    for (int file = STDIN_FILENO; error == 0 && file <= STDERR_FILENO; file++)
        error = posix_spawn_file_actions_addopen(actions, file, "/dev/null", O_RDWR, 0);
    for (size_t i = 0; error == 0 && i < options->file_count; i++)
        error = posix_spawn_file_actions_adddup2(actions, options->files[i].ours,
                                                 options->files[i].its);
    return error;
}

static int spawn(const struct child_spawn_options *options, posix_spawn_file_actions_t *actions,
                 pid_t *ret_pid)
{
    posix_spawnattr_t attributes;
    int error = posix_spawnattr_init(&attributes);
    if (error != 0)
        return error;
    error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    /* posix_spawn() takes the arguments as if it wrote there. */
    char *const *arguments = (char *const *)(uintptr_t)options->arguments;
    if (error == 0)
        error = posix_spawn(ret_pid, arguments[0], actions, &attributes, arguments,
                            options->environment);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

enum status child_spawn(const struct child_spawn_options *options, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return status_from_errno(error);
    error = set_files(&actions, options);
    if (error == 0)
        error = spawn(options, &actions, ret_pid);
    (void)posix_spawn_file_actions_destroy(&actions);
    return status_from_errno(error);
}
