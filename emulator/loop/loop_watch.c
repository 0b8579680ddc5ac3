/*
 * Descriptors, files and signals. Every watch is one heap block that begins with its libuv
 * handle and is released in the handle's close callback.
 */
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/loop_uv.h"

struct loop_watch {
    uv_poll_t handle;
    void (*fn)(void *arg);
    void *arg;
};

struct loop_file_watch {
    uv_fs_event_t handle;
    void (*fn)(void *arg);
    void *arg;
    char *name;  /* in `path`: the entry watched for; NULL: every entry */
    char path[]; /* the folder and, behind its NUL, the name */
};

struct signal_watch {
    uv_signal_t handle;
    void (*fn)(void *arg, int number);
    void *arg;
};

static void free_block(uv_handle_t *handle)
{
    mem_free(handle->data);
}

/* After *_init() has put the handle into the loop, closing is the only way out. */
static enum status give_up(uv_handle_t *handle, int error)
{
    uv_close(handle, free_block);
    return status_from_errno(-error);
}

/* An error on the descriptor is told like data: whoever reads it will meet the error. */
static void on_readable(uv_poll_t *handle, int error, int events)
{
    (void)error;
    (void)events;
    struct loop_watch *watch = handle->data;
    watch->fn(watch->arg);
}

enum status loop_watch_start(struct loop *loop, int fd, void (*fn)(void *arg), void *arg,
                             struct loop_watch **ret_watch)
{
    struct loop_watch *watch = mem_zalloc(sizeof(*watch));
    if (watch == NULL)
        return STATUS_NO_MEMORY;
    int error = uv_poll_init(loop_uv(loop), &watch->handle, fd);
    if (error) {
        mem_free(watch);
        return status_from_errno(-error);
    }
    watch->fn = fn;
    watch->arg = arg;
    watch->handle.data = watch;
    error = uv_poll_start(&watch->handle, UV_READABLE, on_readable);
    if (error)
        return give_up((uv_handle_t *)&watch->handle, error);
    *ret_watch = watch;
    return STATUS_OK;
}

void loop_watch_stop(struct loop_watch *watch)
{
    if (watch != NULL)
        uv_close((uv_handle_t *)&watch->handle, free_block);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/*
 * Split `path` into folder and name: a file is watched through its folder, since editors
 * and deployments replace a file by renaming another one over it.
 */
static struct loop_file_watch *make_file_watch(const char *path)
{
    size_t len = strlen(path);
    struct loop_file_watch *watch = mem_zalloc(sizeof(*watch) + len + sizeof("./"));
    if (watch == NULL)
        return NULL;
    if (is_folder(path)) {
        memcpy(watch->path, path, len);
        return watch;
    }
    const char *slash = strrchr(path, '/');
    size_t folder_len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    size_t at = folder_len;
    memcpy(watch->path, path, folder_len);
    if (folder_len == 0)
        watch->path[at++] = '.';
    watch->name = watch->path + at + 1;
    memcpy(watch->name, path + folder_len, len - folder_len);
    return watch;
}

static void on_change(uv_fs_event_t *handle, const char *name, int events, int error)
{
    (void)events;
    struct loop_file_watch *watch = handle->data;
    if (error < 0)
        return;
    if (watch->name == NULL || name == NULL || strcmp(watch->name, name) == 0)
        watch->fn(watch->arg);
}

enum status loop_file_watch_start(struct loop *loop, const char *path, void (*fn)(void *arg),
                                  void *arg, struct loop_file_watch **ret_watch)
{
    struct loop_file_watch *watch = make_file_watch(path);
    if (watch == NULL)
        return STATUS_NO_MEMORY;
    (void)uv_fs_event_init(loop_uv(loop), &watch->handle); /* cannot fail */
    watch->fn = fn;
    watch->arg = arg;
    watch->handle.data = watch;
    int error = uv_fs_event_start(&watch->handle, on_change, watch->path, 0);
    if (error)
        return give_up((uv_handle_t *)&watch->handle, error);
    *ret_watch = watch;
    return STATUS_OK;
}

void loop_file_watch_stop(struct loop_file_watch *watch)
{
    if (watch != NULL)
        uv_close((uv_handle_t *)&watch->handle, free_block);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct signal_watch *watch = handle->data;
    watch->fn(watch->arg, number);
}

enum status loop_on_signal(struct loop *loop, int number, void (*fn)(void *arg, int number),
                           void *arg)
{
    struct signal_watch *watch = mem_zalloc(sizeof(*watch));
    if (watch == NULL)
        return STATUS_NO_MEMORY;
    int error = uv_signal_init(loop_uv(loop), &watch->handle);
    if (error) {
        mem_free(watch);
        return status_from_errno(-error);
    }
    watch->fn = fn;
    watch->arg = arg;
    watch->handle.data = watch; /* released by loop_destroy() */
    error = uv_signal_start(&watch->handle, on_signal, number);
    if (error)
        return give_up((uv_handle_t *)&watch->handle, error);
    return STATUS_OK;
}
