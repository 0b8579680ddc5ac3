/*
 * fault_vfs.h -- SQLite's files, failing on command.
 *
 * Installed, it is the default VFS and asks `vfs_fault` (fault.h) before every call on a file that
 * can fail in the chosen way; everything else goes to the real one. Closing and
 * deleting never fail. Install it before a database is opened, remove it after the last is closed.
 */
#ifndef TESTS_LIB_FAULT_VFS_H
#define TESTS_LIB_FAULT_VFS_H

#include "tests/lib/fault.h"

enum vfs_failure {
    VFS_IO_ERROR, /* opening, reading, writing, syncing, shared memory */
    VFS_DISK_FULL /* writing only */
};

extern struct fault *const vfs_fault;

void fault_vfs_install(void);
void fault_vfs_remove(void);

/* What goes wrong from now on when `vfs_fault` fires. At first VFS_IO_ERROR. */
void fault_vfs_choose(enum vfs_failure failure);

#endif
