#include "storage/tree_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* No key's name: a '%' is followed by two digits, '~', or nothing. */
#define TEMPORARY_NAME "%tmp"
#define BESIDE_BYTES (TREE_NAME_MAX_BYTES + 32)

/* The name of a file whose own name a folder has. */
static void name_beside(const char *name, char beside[BESIDE_BYTES])
{
    (void)snprintf(beside, BESIDE_BYTES, "%s%%", name);
}

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Open or make a folder; a file of that name steps aside. -1 with errno. */
static int make_folder(int parent, const char *name)
{
    char beside[BESIDE_BYTES];
    if (mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return -1;
    int folder = open_folder(parent, name);
    if (folder >= 0 || (errno != ENOTDIR && errno != ELOOP))
        return folder;
    name_beside(name, beside);
    if (renameat(parent, name, parent, beside) != 0 || mkdirat(parent, name, 0755) != 0)
        return -1;
    return open_folder(parent, name);
}

/* The folder the file is in. -1 with errno. */
static int walk(int bucket, const struct tree_path *path, int (*step)(int parent, const char *name))
{
    int folder = open_folder(bucket, ".");
    for (size_t i = 0; i + 1 < path->count && folder >= 0; i++) {
        int next = step(folder, path->names[i]);
        int error = errno;
        (void)close(folder);
        errno = error;
        folder = next;
    }
    return folder;
}

static enum status move_into_place(int folder, const char *name)
{
    char beside[BESIDE_BYTES];
    name_beside(name, beside);
    int result = renameat(folder, TEMPORARY_NAME, folder, name);
    if (result == 0)
        (void)unlinkat(folder, beside, 0);
    else if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST)
        result = renameat(folder, TEMPORARY_NAME, folder, beside);
    enum status status = result == 0 ? STATUS_OK : status_from_errno(errno);
    /* Renaming one link of a file onto another does nothing and leaves both. */
    (void)unlinkat(folder, TEMPORARY_NAME, 0);
    return status;
}

enum status tree_files_put(int bucket, const struct tree_path *path, struct tree_source *source)
{
    int folder = walk(bucket, path, make_folder);
    if (folder < 0)
        return status_from_errno(errno);
    (void)unlinkat(folder, TEMPORARY_NAME, 0);
    enum status status = source->make(source, folder, TEMPORARY_NAME);
    if (status == STATUS_OK)
        status = move_into_place(folder, path->names[path->count - 1]);
    else
        (void)unlinkat(folder, TEMPORARY_NAME, 0);
    (void)close(folder);
    return status;
}

/* Go up from `folder`, which is closed, as long as the folders are empty. */
static void prune(int folder, const struct tree_path *path)
{
    for (size_t i = path->count - 1; i > 0 && folder >= 0; i--) {
        int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)close(folder);
        folder = parent;
        if (parent < 0 || unlinkat(parent, path->names[i - 1], AT_REMOVEDIR) != 0)
            break;
    }
    if (folder >= 0)
        (void)close(folder);
}

enum status tree_files_remove(int bucket, const struct tree_path *path)
{
    char beside[BESIDE_BYTES];
    const char *name = path->names[path->count - 1];
    int folder = walk(bucket, path, open_folder);
    if (folder < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OK : status_from_errno(errno);
    name_beside(name, beside);
    (void)unlinkat(folder, beside, 0);
    int result = unlinkat(folder, name, 0);
    enum status status = STATUS_OK;
    if (result != 0 && errno != ENOENT && errno != EISDIR)
        status = status_from_errno(errno);
    prune(folder, path);
    return status;
}
