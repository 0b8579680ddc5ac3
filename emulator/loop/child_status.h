/*
 * child_status.h -- what the system says of a process. For the files of this folder.
 */
#ifndef EMULATOR_LOOP_CHILD_STATUS_H
#define EMULATOR_LOOP_CHILD_STATUS_H

#include <stddef.h>
#include <sys/types.h>

/* A line such as "VmRSS:	  123 kB" of /proc/PID/status, in bytes; 0: there is none. `name` is
 * with the line's end before it: "\nVmRSS". */
size_t child_status_bytes(pid_t pid, const char *name);

#endif
