#include "emulator/lambda/function_package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "emulator/base/mem.h"
#include "emulator/transform/plugin_file.h"
#include "storage/file_bytes.h"

#define CHUNK_BYTES ((size_t)64 * 1024)

struct unpacking {
    zip_t *zip;
    const char *folder;
    char *reason;
    size_t bytes; /* written up to now */
    char *chunk;  /* CHUNK_BYTES */
};

static enum package_result refuse(struct unpacking *u, const char *name, const char *why)
{
    (void)snprintf(u->reason, PLUGIN_REASON_BYTES, "%.200s: %s", name, why);
    return PACKAGE_UNSAFE;
}

/* No absolute path, no "..", no other system's separators. */
static bool is_safe_name(const char *name)
{
    if (name[0] == '\0' || name[0] == '/' || strchr(name, '\\') != NULL)
        return false;
    struct slice rest = slice_of(name);
    while (rest.ptr != NULL) {
        struct slice part = slice_cut(&rest, '/');
        if (slice_equal_text(part, "..") || slice_equal_text(part, ".") || part.len > NAME_MAX ||
            (part.len == 0 && rest.ptr != NULL))
            return false;
    }
    return true;
}

static mode_t mode_of(zip_t *zip, zip_uint64_t index)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(zip, index, 0, &system, &attributes) != 0 ||
        system != ZIP_OPSYS_UNIX)
        return S_IFREG | 0644;
    return (mode_t)(attributes >> 16);
}

/* Make the folders `path` lies in, from behind `base_len` on. */
static int make_parents(char *path, size_t base_len)
{
    for (char *slash = strchr(path + base_len + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int result = mkdir(path, 0755);
        *slash = '/';
        if (result != 0 && errno != EEXIST)
            return -1;
    }
    return 0;
}

static enum package_result cannot_write(struct unpacking *u, const char *name, enum status status)
{
    (void)snprintf(u->reason, PLUGIN_REASON_BYTES, "%.200s: cannot be written: %s", name,
                   status_text(status));
    return PACKAGE_IO_ERROR;
}

static enum package_result io_error(struct unpacking *u, const char *name)
{
    return cannot_write(u, name, status_from_errno(errno));
}

/* The size a zip declares is the packer's claim: count what really comes out. */
static enum package_result copy_entry(struct unpacking *u, zip_file_t *entry, int file,
                                      const char *name)
{
    for (;;) {
        zip_int64_t got = zip_fread(entry, u->chunk, CHUNK_BYTES);
        if (got == 0)
            return PACKAGE_OK;
        if (got < 0)
            return PACKAGE_NO_ZIP;
        u->bytes += (size_t)got;
        if (u->bytes > PACKAGE_UNZIPPED_MAX_BYTES)
            return PACKAGE_UNZIPPED_TOO_LARGE;
        enum status status = file_bytes_write(file, slice_make(u->chunk, (size_t)got));
        if (status != STATUS_OK)
            return cannot_write(u, name, status);
    }
}

static enum package_result unpack_file(struct unpacking *u, zip_uint64_t index, const char *name,
                                       const char *path)
{
    mode_t mode = mode_of(u->zip, index) & 0111 ? 0755 : 0644;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file < 0)
        return errno == EEXIST ? refuse(u, name, "stands twice in the package") : io_error(u, name);
    zip_file_t *entry = zip_fopen_index(u->zip, index, 0);
    enum package_result result = entry != NULL ? copy_entry(u, entry, file, name) : PACKAGE_NO_ZIP;
    if (entry != NULL && zip_fclose(entry) != 0 && result == PACKAGE_OK)
        result = PACKAGE_NO_ZIP; /* the checksum */
    if (close(file) != 0 && result == PACKAGE_OK)
        result = io_error(u, name);
    return result;
}

static enum package_result unpack_entry(struct unpacking *u, zip_uint64_t index)
{
    const char *name = zip_get_name(u->zip, index, 0);
    if (name == NULL)
        return PACKAGE_NO_ZIP;
    if (!is_safe_name(name))
        return refuse(u, name, "this name would lead out of the package's folder");
    mode_t kind = mode_of(u->zip, index) & S_IFMT;
    if (kind != 0 && kind != S_IFREG && kind != S_IFDIR)
        return refuse(u, name, "symbolic links and special files are not unpacked");
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/%s", u->folder, name);
    if (len < 0 || (size_t)len >= sizeof(path))
        return refuse(u, name, "this name is too long");
    if (make_parents(path, strlen(u->folder)) != 0)
        return io_error(u, name);
    if (path[len - 1] == '/') /* a folder: it was made as a parent */
        return PACKAGE_OK;
    return unpack_file(u, index, name, path);
}

static enum package_result unpack_all(struct unpacking *u)
{
    zip_int64_t count = zip_get_num_entries(u->zip, 0);
    if (count > PACKAGE_MAX_FILES) {
        (void)snprintf(u->reason, PLUGIN_REASON_BYTES, "the package has more than %d files",
                       PACKAGE_MAX_FILES);
        return PACKAGE_UNSAFE;
    }
    enum package_result result = count > 0 ? PACKAGE_OK : PACKAGE_NO_ZIP;
    for (zip_int64_t i = 0; i < count && result == PACKAGE_OK; i++)
        result = unpack_entry(u, (zip_uint64_t)i);
    return result;
}

static zip_t *open_zip(struct slice zip)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_t *opened = NULL;
    zip_source_t *source = zip_source_buffer_create(zip.ptr, zip.len, 0, &error);
    if (source != NULL)
        opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (opened == NULL && source != NULL)
        zip_source_free(source);
    zip_error_fini(&error);
    return opened;
}

enum package_result function_package_unpack(struct slice zip, const char *folder, char *reason,
                                            size_t *ret_bytes)
{
    reason[0] = '\0';
    if (zip.len > PACKAGE_ZIPPED_MAX_BYTES)
        return PACKAGE_ZIPPED_TOO_LARGE;
    struct unpacking u = {.folder = folder, .reason = reason};
    if (mkdir(folder, 0755) != 0)
        return io_error(&u, folder);
    u.zip = open_zip(zip);
    if (u.zip == NULL)
        return PACKAGE_NO_ZIP;
    u.chunk = mem_alloc(CHUNK_BYTES);
    errno = ENOMEM;
    enum package_result result = u.chunk != NULL ? unpack_all(&u) : io_error(&u, folder);
    mem_free(u.chunk);
    zip_discard(u.zip);
    *ret_bytes = u.bytes;
    return result;
}

/* ---- finding the transform --------------------------------------------------------------- */

static bool is_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
    struct stat info;
    return len > 0 && (size_t)len < sizeof(path) && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* What the handler says, as it stands or with ".so" behind it. */
static bool find_by_handler(const char *folder, const char *handler, char *file)
{
    if (handler[0] == '\0' || strlen(handler) + 4 > PACKAGE_FILE_NAME_BYTES ||
        !is_safe_name(handler))
        return false;
    (void)snprintf(file, PACKAGE_FILE_NAME_BYTES, "%s", handler);
    if (slice_ends_with(slice_of(handler), SLICE(".so")) && is_file(folder, file))
        return true;
    (void)snprintf(file, PACKAGE_FILE_NAME_BYTES, "%s.so", handler);
    return is_file(folder, file);
}

static size_t find_in_root(const char *folder, char *file)
{
    size_t found = 0;
    DIR *dir = opendir(folder);
    struct dirent *entry = NULL;
    /* One stream, one thread: readdir() is safe. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct slice name = slice_of(entry->d_name);
        if (!slice_ends_with(name, SLICE(".so")) || name.len + 1 > PACKAGE_FILE_NAME_BYTES)
            continue;
        (void)snprintf(file, PACKAGE_FILE_NAME_BYTES, "%s", entry->d_name);
        found++;
    }
    if (dir != NULL)
        (void)closedir(dir);
    return found;
}

enum package_result function_package_find_plugin(const char *folder, const char *handler,
                                                 char *file, char *reason)
{
    if (find_by_handler(folder, handler, file))
        return PACKAGE_OK;
    size_t found = find_in_root(folder, file);
    if (found == 1)
        return PACKAGE_OK;
    if (found > 1)
        (void)snprintf(reason, PLUGIN_REASON_BYTES,
                       "the package has %zu shared objects in its root: name one in Handler",
                       found);
    else
        (void)snprintf(
            reason, PLUGIN_REASON_BYTES,
            "the package has neither a file bootstrap nor a shared object (.so) in its root "
            "or named %.100s",
            handler);
    return PACKAGE_NO_PLUGIN;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    (void)info;
    (void)kind;
    (void)ftw;
    (void)remove(path);
    return 0;
}

void function_package_remove(const char *folder)
{
    /* Safe without FTW_CHDIR. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
