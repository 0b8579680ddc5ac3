#include "emulator/loop/child_status.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/slice.h"

size_t child_status_bytes(pid_t pid, const char *name)
{
    char text[4096];
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t len = read(file, text, sizeof(text) - 1);
    (void)close(file);
    text[len > 0 ? len : 0] = '\0';
    const char *line = strstr(text, name);
    uint64_t kilobytes = 0;
    if (line == NULL)
        return 0;
    line += strlen(name);
    line += strspn(line, ": \t");
    struct slice digits = slice_make(line, strspn(line, "0123456789"));
    return slice_to_u64(digits, &kilobytes) == STATUS_OK ? (size_t)kilobytes * 1024 : 0;
}
