#include "emulator/base/status.h"

#include <errno.h>

const char *status_text(enum status status)
{
    static const char *const texts[] = {
#define X(name, text) [STATUS_##name] = (text),
        STATUS_LIST(X)
#undef X
    };
    return texts[status];
}

enum status status_from_errno(int error)
{
    switch (error) {
    case 0:
        return STATUS_OK;
    case ENOMEM:
        return STATUS_NO_MEMORY;
    case ENOENT:
        return STATUS_NOT_FOUND;
    case EEXIST:
        return STATUS_EXISTS;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_DISK_FULL;
    case EAGAIN:
    case EBUSY:
        return STATUS_BUSY;
    case EACCES:
    case EPERM:
    case EROFS:
        return STATUS_DENIED;
    case ETIMEDOUT:
        return STATUS_TIMED_OUT;
    default:
        return STATUS_IO_ERROR;
    }
}
