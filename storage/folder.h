/*
 * folder.h -- making, locking and removing folders of the data directory. Blocking; any thread.
 */
#ifndef STORAGE_FOLDER_H
#define STORAGE_FOLDER_H

#include "emulator/base/status.h"

/*
 * With its parents, mode 0700. Fine when it is there already; STATUS_EXISTS when its name is taken
 * by something that is no folder.
 */
NODISCARD enum status folder_make(const char *path);

/* With everything in it; symbolic links are removed, not followed. Fine when it is not there. */
NODISCARD enum status folder_remove(const char *path);

/* What is in it, not the folder itself. */
NODISCARD enum status folder_empty(const char *path);

/*
 * Let other users go through it to its entry `to`; its other entries are closed to them. NULL: all
 * entries stay as they are.
 */
NODISCARD enum status folder_let_pass(const char *path, const char *to);

/*
 * Take the folder for this process: *ret_lock is a descriptor to close (or leave to the process's
 * end). STATUS_BUSY when another process has it.
 */
NODISCARD enum status folder_lock(const char *path, int *ret_lock);

#endif
