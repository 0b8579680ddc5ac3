#include "storage/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDERS 16

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static enum status make_one(const char *path)
{
    if (mkdir(path, 0700) == 0)
        return STATUS_OK;
    int error = errno;
    if (error == EEXIST)
        return is_folder(path) ? STATUS_OK : STATUS_EXISTS;
    return status_from_errno(error);
}

enum status folder_make(const char *path)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0)
        return STATUS_INVALID;
    if (len >= sizeof(part))
        return STATUS_TOO_LARGE;
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        enum status status = make_one(part);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *position)
{
    (void)info;
    (void)kind;
    (void)position;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1; /* gone meanwhile is fine too */
}

static int remove_below(const char *path, const struct stat *info, int kind, struct FTW *position)
{
    return position->level == 0 ? 0 : remove_entry(path, info, kind, position);
}

static enum status walk(const char *path, __nftw_func_t visit)
{
    /* Safe without FTW_CHDIR. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    if (nftw(path, visit, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return STATUS_OK;
    return status_from_errno(errno);
}

enum status folder_remove(const char *path)
{
    return walk(path, remove_entry);
}

enum status folder_empty(const char *path)
{
    return walk(path, remove_below);
}

static int change_mode(int folder, const char *name, mode_t add, mode_t take)
{
    struct stat info;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    if (S_ISLNK(info.st_mode))
        return 0;
    return fchmodat(folder, name, (info.st_mode | add) & ~take & ~(mode_t)S_IFMT, 0);
}

static int close_entries(DIR *dir, const char *but)
{
    int done = 0;
    struct dirent *entry = NULL;
    /* One stream, one thread: readdir() is safe. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (done == 0 && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, but) != 0)
            done = change_mode(dirfd(dir), name, 0, S_IRWXG | S_IRWXO);
    }
    return done;
}

enum status folder_let_pass(const char *path, const char *to)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return status_from_errno(errno);
    int done = to != NULL ? close_entries(dir, to) : 0;
    if (done == 0)
        done = change_mode(dirfd(dir), ".", S_IXGRP | S_IXOTH, 0);
    enum status status = done == 0 ? STATUS_OK : status_from_errno(errno);
    (void)closedir(dir);
    return status;
}

enum status folder_lock(const char *path, int *ret_lock)
{
    char file[PATH_MAX];
    int len = snprintf(file, sizeof(file), "%s/lock", path);
    if (len < 0 || (size_t)len >= sizeof(file))
        return STATUS_TOO_LARGE;
    int lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return status_from_errno(errno);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        enum status status = errno == EWOULDBLOCK ? STATUS_BUSY : status_from_errno(errno);
        (void)close(lock);
        return status;
    }
    *ret_lock = lock;
    return STATUS_OK;
}
