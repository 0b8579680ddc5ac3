#include "storage/file_bytes.h"

#include <errno.h>
#include <unistd.h>

enum status file_bytes_write(int file, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(file, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return status_from_errno(errno);
        bytes = slice_from(bytes, (size_t)put);
    }
    return STATUS_OK;
}
