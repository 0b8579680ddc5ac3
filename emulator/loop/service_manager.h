/*
 * service_manager.h -- what systemd, or whoever speaks as it does, gives a service and wants to
 * hear from it: sd_listen_fds(3) and sd_notify(3) in the few lines that Hydrant needs of them.
 *
 * Before there is another thread: the variables are taken out of the environment, so that no child
 * takes them for its own.
 */
#ifndef EMULATOR_LOOP_SERVICE_MANAGER_H
#define EMULATOR_LOOP_SERVICE_MANAGER_H

#include <stdbool.h>

#include "emulator/base/status.h"

/*
 * The listening socket this process was started with; it is the caller's. STATUS_NOT_FOUND: none
 * was given. STATUS_INVALID: more than one, or one that no stream comes in at.
 */
NODISCARD enum status service_manager_socket(int *ret_fd);

/* Tell it, e.g. "READY=1". Nobody there, or gone: no-op. */
void service_manager_notify(const char *state);

/* "RELOADING=1" with the time it has to carry. */
void service_manager_notify_reloading(void);

#endif
