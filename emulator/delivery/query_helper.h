/*
 * query_helper.h -- the process of a query: our own program, which compiles one jq program and runs
 * it on records for a daemon (query_process.h), and may crash, hang or be killed without taking
 * anybody along.
 *
 * It can gain no privileges, has no environment, no files but the socket, ends with the daemon, and
 * is the first to go when the machine is out of memory.
 */
#ifndef EMULATOR_DELIVERY_QUERY_HELPER_H
#define EMULATOR_DELIVERY_QUERY_HELPER_H

#include <stddef.h>

/* What it may take of memory. */
#define QUERY_HELPER_MAX_BYTES ((size_t)1024 * 1024 * 1024)

/* Serve until the daemon closes the socket. An exit code: 0, unless it could not begin or go on. */
int query_helper_run(void);

#endif
