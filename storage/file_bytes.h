/*
 * file_bytes.h -- bytes to a file, all of them. Blocking; any thread.
 */
#ifndef STORAGE_FILE_BYTES_H
#define STORAGE_FILE_BYTES_H

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

/* Where the file stands. After a failure some of them may be there. */
NODISCARD enum status file_bytes_write(int file, struct slice bytes);

#endif
