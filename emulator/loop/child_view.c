#include "emulator/loop/child_view.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY "/tmp"
#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* ---- who may go where -------------------------------------------------------------------- */

/* How far the user gets on a path. */
struct reach {
    size_t closed; /* so long is the first part it may not enter, or read; 0: it may */
    bool is_missing;
};

static struct reach look(const char *path)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (eaccess(part, i == len ? R_OK | X_OK : X_OK) == 0)
            continue;
        bool is_missing = errno == ENOENT;
        return (struct reach){.closed = is_missing ? 0 : i, .is_missing = is_missing};
    }
    return (struct reach){.closed = 0};
}

/* With the user's eyes, for a moment. */
static enum status look_as_user(const struct child_view *view, const char *path,
                                struct reach *reach)
{
    uid_t own = geteuid();
    if (strlen(path) >= PATH_MAX)
        return STATUS_TOO_LARGE;
    if (view->has_user && seteuid(view->user) != 0)
        return status_from_errno(errno);
    *reach = look(path);
    return !view->has_user || seteuid(own) == 0 ? STATUS_OK : status_from_errno(errno);
}

/* The first need that is out of reach: itself, or for want of a view any way to it. */
static enum status find_closed(const struct child_view *view, bool is_private,
                               const char **ret_closed)
{
    for (size_t i = 0; i < view->need_count; i++) {
        struct reach reach;
        enum status status = look_as_user(view, view->needs[i], &reach);
        if (status != STATUS_OK)
            return status;
        if (reach.closed == 0 || (is_private && reach.closed < strlen(view->needs[i])))
            continue;
        *ret_closed = view->needs[i];
        return STATUS_DENIED;
    }
    return STATUS_OK;
}

/* ---- the namespace ----------------------------------------------------------------------- */

static bool write_line(const char *path, const char *line)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    size_t len = strlen(line);
    bool written = write(file, line, len) == (ssize_t)len;
    return close(file) == 0 && written;
}

/* Who is not root may have one in a namespace of users in which it is who it was. */
static enum status unshare_as_oneself(bool *ret_done)
{
    char user[64];
    char group[64];
    (void)snprintf(user, sizeof(user), "%u %u 1", geteuid(), geteuid());
    (void)snprintf(group, sizeof(group), "%u %u 1", getegid(), getegid());
    *ret_done = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!*ret_done)
        return STATUS_OK;
    bool is_mapped = write_line("/proc/self/setgroups", "deny") &&
                     write_line("/proc/self/uid_map", user) &&
                     write_line("/proc/self/gid_map", group);
    return is_mapped ? STATUS_OK : status_from_errno(errno);
}

static bool has_tmp(void)
{
    struct stat info;
    return lstat(TEMPORARY, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Not allowed is no failure. What is mounted in it is seen nowhere else. */
static enum status make_namespace(const struct child_view *view, bool *ret_done)
{
    enum status status = STATUS_OK;
    *ret_done = false;
    if (view->temporary_folder == NULL || !has_tmp())
        return STATUS_OK;
    if (geteuid() == 0 || view->has_user)
        *ret_done = unshare(CLONE_NEWNS) == 0;
    else
        status = unshare_as_oneself(ret_done);
    if (status == STATUS_OK && *ret_done && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        *ret_done = false;
    return status;
}

/* ---- what is seen ------------------------------------------------------------------------ */

/* The folder at the end of the path, made with those on the way where they are missing. No link is
 * followed: a function may have put one there. -1. */
static int open_way(const char *path)
{
    int at = open("/", FOLDER_FLAGS);
    for (const char *rest = path + strspn(path, "/"); at >= 0 && *rest != '\0';
         rest += strspn(rest, "/")) {
        char name[NAME_MAX + 1];
        size_t len = strcspn(rest, "/");
        (void)snprintf(name, sizeof(name), "%.*s", (int)len, rest); /* a longer one is not there */
        rest += len;
        int next = openat(at, name, FOLDER_FLAGS);
        if (next < 0 && errno == ENOENT && mkdirat(at, name, 0755) == 0)
            next = openat(at, name, FOLDER_FLAGS);
        (void)close(at);
        at = next;
    }
    return at;
}

static enum status bind_to(int folder, int place)
{
    char from[64];
    char to[64];
    (void)snprintf(from, sizeof(from), "/proc/self/fd/%d", folder);
    (void)snprintf(to, sizeof(to), "/proc/self/fd/%d", place);
    return mount(from, to, NULL, MS_BIND, NULL) == 0 ? STATUS_OK : status_from_errno(errno);
}

static enum status bind_at(int folder, const char *path)
{
    int place = open_way(path);
    if (place < 0)
        return status_from_errno(errno);
    enum status status = bind_to(folder, place);
    (void)close(place);
    return status;
}

/* As far as the namespace allows it: what is not written to by accident is not by the way. */
static void make_read_only(const char *path)
{
    (void)mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
}

/* Nothing is in it from now on. */
static enum status empty(const char *path, size_t len)
{
    char part[PATH_MAX];
    memcpy(part, path, len);
    part[len] = '\0';
    int done = mount("hydrant", part, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64k");
    return done == 0 ? STATUS_OK : status_from_errno(errno);
}

/* There the way to it may be from an earlier process's time, without what it led to. */
static bool is_below_temporary(const char *path)
{
    return strncmp(path, TEMPORARY "/", sizeof(TEMPORARY)) == 0;
}

static enum status show(const struct child_view *view, int folder, const char *path)
{
    struct reach reach = {.closed = 0};
    enum status status = look_as_user(view, path, &reach);
    bool is_hidden = reach.closed > 0 || reach.is_missing || is_below_temporary(path);
    if (status == STATUS_OK && reach.closed > 0)
        status = empty(path, reach.closed);
    if (status == STATUS_OK && is_hidden)
        status = bind_at(folder, path);
    if (status == STATUS_OK && is_hidden)
        make_read_only(path);
    return status;
}

/* All are opened before the first is hidden. */
static enum status arrange(const struct child_view *view)
{
    int folders[CHILD_VIEW_NEEDS_MAX];
    enum status status = STATUS_OK;
    int temporary = open(view->temporary_folder, FOLDER_FLAGS);
    if (temporary < 0)
        return status_from_errno(errno);
    for (size_t i = 0; i < view->need_count; i++)
        folders[i] = open(view->needs[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    status = bind_at(temporary, TEMPORARY);
    for (size_t i = 0; status == STATUS_OK && i < view->need_count; i++)
        status = folders[i] >= 0 ? show(view, folders[i], view->needs[i]) : STATUS_NOT_FOUND;
    return status;
}

/* ---- all of it --------------------------------------------------------------------------- */

static enum status leave_groups(const struct child_view *view)
{
    if (!view->has_user)
        return STATUS_OK;
    if (setgroups(0, NULL) != 0 || setresgid(view->group, view->group, view->group) != 0)
        return status_from_errno(errno);
    return STATUS_OK;
}

static enum status become_user(const struct child_view *view)
{
    if (view->has_user && setresuid(view->user, view->user, view->user) != 0)
        return status_from_errno(errno);
    return STATUS_OK;
}

enum status child_view_enter(const struct child_view *view, bool *ret_is_private,
                             const char **ret_closed)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof(here)) == NULL)
        return status_from_errno(errno);
    enum status status = leave_groups(view);
    if (status == STATUS_OK)
        status = make_namespace(view, ret_is_private);
    if (status == STATUS_OK)
        status = find_closed(view, *ret_is_private, ret_closed);
    if (status == STATUS_OK && *ret_is_private)
        status = arrange(view);
    if (status == STATUS_OK && chdir(here) != 0)
        status = status_from_errno(errno);
    return status == STATUS_OK ? become_user(view) : status;
}
