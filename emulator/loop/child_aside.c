#include "emulator/loop/child_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator/loop/child_spawn.h"
#include "emulator/loop/child_status.h"

/* ---- what it is born with ---- */

/* Out of the way of the numbers they get there. Takes `file`. */
static enum status move_up(int file, int *ret_file)
{
    int moved = file >= 0 ? fcntl(file, F_DUPFD_CLOEXEC, CHILD_ASIDE_FIRST_FREE) : -1;
    enum status status = moved >= 0 ? STATUS_OK : status_from_errno(errno);
    if (file >= 0)
        (void)close(file);
    if (status == STATUS_OK)
        *ret_file = moved;
    return status;
}

static enum status make_socket(struct child_aside *child, int *ret_its_end)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return status_from_errno(errno);
    child->socket = ends[0];
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
        (void)close(ends[1]);
        return status_from_errno(errno);
    }
    return move_up(ends[1], ret_its_end);
}

/* Sealed: looking at it never faults, whatever the process does to the file. */
static enum status make_memory(struct child_aside *child, size_t bytes, int *ret_file)
{
    int file = -1;
    enum status status = move_up(memfd_create("hydrant", MFD_CLOEXEC | MFD_ALLOW_SEALING), &file);
    if (status != STATUS_OK)
        return status;
    *ret_file = file;
    if (ftruncate(file, (off_t)bytes) != 0 ||
        fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return status_from_errno(errno);
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        return status_from_errno(errno);
    child->memory = at;
    child->memory_bytes = bytes;
    return STATUS_OK;
}

void *child_aside_attach(size_t memory_bytes)
{
    struct stat about;
    if (fstat(CHILD_ASIDE_MEMORY, &about) != 0 || about.st_size != (off_t)memory_bytes)
        return NULL;
    void *at = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, CHILD_ASIDE_MEMORY, 0);
    (void)close(CHILD_ASIDE_MEMORY);
    if (at == MAP_FAILED)
        return NULL;
    return at;
}

/* ---- start ---- */

static enum status spawn(const char *const *arguments, int its_end, int memory, pid_t *ret_pid)
{
    static char *const no_environment[] = {NULL};
    const struct child_spawn_file files[] = {{its_end, CHILD_ASIDE_SOCKET},
                                             {memory, CHILD_ASIDE_MEMORY}};
    const struct child_spawn_options options = {
        .arguments = arguments, .environment = no_environment, .files = files, .file_count = 2};
    return child_spawn(&options, ret_pid);
}

static void close_ours(struct child_aside *child)
{
    if (child->socket >= 0)
        (void)close(child->socket);
    if (child->memory != NULL)
        (void)munmap(child->memory, child->memory_bytes);
    *child = (struct child_aside){.socket = -1};
}

enum status child_aside_start(const char *const *arguments, size_t memory_bytes,
                              struct child_aside *ret_child)
{
    struct child_aside child = {.socket = -1};
    int its_end = -1;
    int memory = -1;
    enum status status = make_socket(&child, &its_end);
    if (status == STATUS_OK)
        status = make_memory(&child, memory_bytes, &memory);
    if (status == STATUS_OK)
        status = spawn(arguments, its_end, memory, &child.pid);
    if (its_end >= 0)
        (void)close(its_end);
    if (memory >= 0)
        (void)close(memory);
    if (status == STATUS_OK)
        *ret_child = child;
    else
        close_ours(&child);
    return status;
}

/* ---- end ---- */

void child_aside_kill(const struct child_aside *child)
{
    (void)kill(-child->pid, SIGKILL);
}

size_t child_aside_memory(const struct child_aside *child)
{
    return child_status_bytes(child->pid, "\nVmRSS");
}

void child_aside_end(struct child_aside *child)
{
    child_aside_kill(child);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    close_ours(child);
}
