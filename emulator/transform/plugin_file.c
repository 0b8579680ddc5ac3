#include "emulator/transform/plugin_file.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "emulator/plugin/hydrant.h"

#define ENTRY "hydrant_plugin_entry"

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#error "add this machine's ELF number"
#endif

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void explain(char *reason, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void explain(char *reason, const char *path, const char *format, ...)
{
    char why[PLUGIN_REASON_BYTES - 128];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    (void)snprintf(reason, PLUGIN_REASON_BYTES, "%.120s: %s", base_name(path), why);
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return "x86_64";
    case EM_AARCH64:
        return "arm64";
    case EM_386:
        return "i386";
    case EM_ARM:
        return "arm";
    default:
        return "another machine";
    }
}

static enum status check_elf(int file, const char *path, char *reason)
{
    Elf64_Ehdr header;
    ssize_t got = pread(file, &header, sizeof(header), 0);
    if (got != (ssize_t)sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        explain(reason, path, "this is not a shared object (no ELF header)");
        return STATUS_INVALID;
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != OUR_MACHINE) {
        explain(reason, path, "compiled for %s, but this machine is %s",
                machine_name(header.e_machine), machine_name(OUR_MACHINE));
        return STATUS_INVALID;
    }
    if (header.e_type != ET_DYN) {
        explain(reason, path, "this is not a shared object: compile it with -shared -fPIC");
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status copy_all(int from, int to, size_t size)
{
    off_t at = 0;
    while ((size_t)at < size) {
        ssize_t sent = sendfile(to, from, &at, size - (size_t)at);
        if (sent < 0 && errno != EINTR)
            return status_from_errno(errno);
        if (sent == 0)
            return STATUS_IO_ERROR; /* it was cut short meanwhile */
    }
    return STATUS_OK;
}

static enum status make_copy(int from, size_t size, const char *copy_path)
{
    int to = open(copy_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (to < 0)
        return status_from_errno(errno);
    enum status status = copy_all(from, to, size);
    if (close(to) != 0 && status == STATUS_OK)
        status = status_from_errno(errno);
    if (status != STATUS_OK)
        (void)unlink(copy_path);
    return status;
}

static char *make_copy_path(const char *folder, const char *path)
{
    static atomic_ulong counter; /* unique in the process: dlopen() remembers paths */
    unsigned long number = atomic_fetch_add(&counter, 1);
    size_t room = strlen(folder) + 200;
    char *copy_path = mem_alloc(room);
    if (copy_path != NULL)
        (void)snprintf(copy_path, room, "%s/%ld-%lu-%.120s", folder, (long)getpid(), number,
                       base_name(path));
    return copy_path;
}

/* A descriptor of a shared object for this machine. */
static enum status open_checked(const char *path, const char *shown, char *reason, int *ret_file)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        enum status status = status_from_errno(errno);
        explain(reason, shown, "cannot be opened: %s", status_text(status));
        return status == STATUS_NOT_FOUND ? STATUS_INVALID : status;
    }
    enum status status = check_elf(file, shown, reason);
    if (status == STATUS_OK)
        *ret_file = file;
    else
        (void)close(file);
    return status;
}

static enum status copy_checked(const char *path, const char *copy_path, char *reason)
{
    int from = -1;
    struct stat info;
    enum status status = open_checked(path, path, reason, &from);
    if (status != STATUS_OK)
        return status;
    status = fstat(from, &info) == 0 ? make_copy(from, (size_t)info.st_size, copy_path)
                                     : status_from_errno(errno);
    if (status != STATUS_OK)
        explain(reason, path, "cannot be copied: %s", status_text(status));
    (void)close(from);
    return status;
}

/* dlerror() names the private copy, which says nothing to the reader: cut that off. */
static void explain_dlerror(char *reason, const char *path, const char *copy_path)
{
    const char *error = dlerror(); /* NOLINT(concurrency-mt-unsafe): per thread in glibc */
    if (error == NULL)
        error = "unknown reason";
    size_t len = strlen(copy_path);
    if (strncmp(error, copy_path, len) == 0 && strncmp(error + len, ": ", 2) == 0)
        error += len + 2;
    explain(reason, path, "cannot be loaded: %s", error);
}

static enum status check_abi(const struct hydrant_plugin *plugin, const char *path, char *reason)
{
    const size_t least = offsetof(struct hydrant_plugin, fini) + sizeof(plugin->fini);
    if (plugin == NULL) {
        explain(reason, path, ENTRY "() returned NULL");
        return STATUS_INVALID;
    }
    if (plugin->abi_major != HYDRANT_ABI_MAJOR || plugin->abi_minor > HYDRANT_ABI_MINOR) {
        explain(reason, path,
                "built for version %u.%u of hydrant.h, this Hydrant has %d.%d: compile it again "
                "with this Hydrant's header",
                (unsigned)plugin->abi_major, (unsigned)plugin->abi_minor, HYDRANT_ABI_MAJOR,
                HYDRANT_ABI_MINOR);
        return STATUS_INVALID;
    }
    if (plugin->size < least || plugin->transform == NULL) {
        explain(reason, path, "its struct hydrant_plugin %s",
                plugin->size < least ? "has a wrong size" : "has no transform()");
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

typedef const struct hydrant_plugin *entry_fn(void);

/* `path` is loaded, `shown` is what it is called in a reason. */
static enum status load(struct plugin_file *file, const char *path, const char *shown, char *reason)
{
    file->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (file->handle == NULL) {
        explain_dlerror(reason, shown, path);
        return STATUS_INVALID;
    }

    union {
        void *object;
        entry_fn *function; /* ISO C has no cast from one to the other */
    } entry = {.object = dlsym(file->handle, ENTRY)};

    if (entry.object == NULL) {
        explain(reason, shown,
                "the symbol " ENTRY " is missing: is it a transform made with hydrant.h?");
        return STATUS_INVALID;
    }
    file->plugin = entry.function();
    return check_abi(file->plugin, shown, reason);
}

enum status plugin_file_copy(const char *path, const char *copy_folder, char *reason,
                             struct plugin_file **ret_file)
{
    struct plugin_file *file = mem_zalloc(sizeof(*file));
    if (file != NULL)
        file->copy_path = make_copy_path(copy_folder, path);
    if (file == NULL || file->copy_path == NULL) {
        explain(reason, path, "out of memory");
        plugin_file_close(file);
        return STATUS_NO_MEMORY;
    }
    enum status status = copy_checked(path, file->copy_path, reason);
    if (status == STATUS_OK)
        *ret_file = file;
    else
        plugin_file_close(file);
    return status;
}

enum status plugin_file_open(const char *path, const char *copy_folder, char *reason,
                             struct plugin_file **ret_file)
{
    struct plugin_file *file = NULL;
    enum status status = plugin_file_copy(path, copy_folder, reason, &file);
    if (status == STATUS_OK)
        status = load(file, file->copy_path, path, reason);
    if (status == STATUS_OK)
        *ret_file = file;
    else
        plugin_file_close(file);
    return status;
}

enum status plugin_file_load(const char *path, const char *shown, char *reason,
                             struct plugin_file **ret_file)
{
    int checked = -1;
    enum status status = open_checked(path, shown, reason, &checked);
    if (status != STATUS_OK)
        return status;
    (void)close(checked);
    struct plugin_file *file = mem_zalloc(sizeof(*file));
    if (file == NULL) {
        explain(reason, shown, "out of memory");
        return STATUS_NO_MEMORY;
    }
    status = load(file, path, shown, reason);
    if (status == STATUS_OK)
        *ret_file = file;
    else
        plugin_file_close(file);
    return status;
}

void plugin_file_close(struct plugin_file *file)
{
    if (file == NULL)
        return;
    if (file->handle != NULL)
        (void)dlclose(file->handle);
    if (file->copy_path != NULL)
        (void)unlink(file->copy_path);
    mem_free(file->copy_path);
    mem_free(file);
}
