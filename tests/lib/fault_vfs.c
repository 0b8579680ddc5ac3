#include "tests/lib/fault_vfs.h"

#include <sqlite3.h>
#include <stddef.h>

struct fault_file {
    sqlite3_file base;
    sqlite3_file real; /* the beginning of what the real VFS keeps, which reaches beyond the end */
};

static struct fault fault;
static enum vfs_failure chosen;
static sqlite3_vfs vfs;
static sqlite3_vfs *real_vfs;

struct fault *const vfs_fault = &fault;

static sqlite3_file *real_file(sqlite3_file *file)
{
    return &((struct fault_file *)(void *)file)->real;
}

#define REAL(file) (real_file(file)->pMethods)

/* The error of a call that fails now, or SQLITE_OK. */
static int failing(int io_error)
{
    return chosen == VFS_IO_ERROR && fault_tick(&fault) ? io_error : SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
    return REAL(file)->xClose(real_file(file));
}

static int file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
    int error = failing(SQLITE_IOERR_READ);
    return error ? error : REAL(file)->xRead(real_file(file), bytes, len, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    int error = failing(SQLITE_IOERR_WRITE);
    if (chosen == VFS_DISK_FULL && fault_tick(&fault))
        error = SQLITE_FULL;
    return error ? error : REAL(file)->xWrite(real_file(file), bytes, len, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int error = failing(SQLITE_IOERR_TRUNCATE);
    return error ? error : REAL(file)->xTruncate(real_file(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    int error = failing(SQLITE_IOERR_FSYNC);
    return error ? error : REAL(file)->xSync(real_file(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int error = failing(SQLITE_IOERR_FSTAT);
    return error ? error : REAL(file)->xFileSize(real_file(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return REAL(file)->xLock(real_file(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return REAL(file)->xUnlock(real_file(file), level);
}

static int file_check_lock(sqlite3_file *file, int *is_locked)
{
    return REAL(file)->xCheckReservedLock(real_file(file), is_locked);
}

static int file_control(sqlite3_file *file, int what, void *arg)
{
    return REAL(file)->xFileControl(real_file(file), what, arg);
}

static int file_sector_size(sqlite3_file *file)
{
    return REAL(file)->xSectorSize(real_file(file));
}

static int file_traits(sqlite3_file *file)
{
    return REAL(file)->xDeviceCharacteristics(real_file(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    int error = failing(SQLITE_IOERR_SHMMAP);
    return error ? error : REAL(file)->xShmMap(real_file(file), page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return REAL(file)->xShmLock(real_file(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->xShmBarrier(real_file(file));
}

static int file_shm_unmap(sqlite3_file *file, int removes)
{
    return REAL(file)->xShmUnmap(real_file(file), removes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without memory mapping, which could not fail here */
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    (void)self;
    file->pMethods = NULL; /* so that a file that did not open is not closed */
    int error = failing(SQLITE_CANTOPEN);
    if (!error)
        error = real_vfs->xOpen(real_vfs, name, real_file(file), flags, ret_flags);
    if (!error)
        file->pMethods = &methods;
    return error;
}

void fault_vfs_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.szOsFile = (int)offsetof(struct fault_file, real) + real_vfs->szOsFile;
    vfs.xOpen = vfs_open;
    chosen = VFS_IO_ERROR;
    fault_disarm(&fault);
    (void)sqlite3_vfs_register(&vfs, 1);
}

void fault_vfs_remove(void)
{
    (void)sqlite3_vfs_unregister(&vfs);
    (void)sqlite3_vfs_register(real_vfs, 1);
}

void fault_vfs_choose(enum vfs_failure failure)
{
    chosen = failure;
}
