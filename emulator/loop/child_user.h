/*
 * child_user.h -- whom a process is to run as that is started by a daemon of root's.
 */
#ifndef EMULATOR_LOOP_CHILD_USER_H
#define EMULATOR_LOOP_CHILD_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "emulator/base/status.h"

struct child_user {
    bool is_another; /* false: as whom the daemon runs, and the rest is not used */
    uid_t user;
    gid_t group;
};

/*
 * `name` is that of a user, or numbers: "1000" or "1000:100". NULL: nobody, for root; oneself for
 * others. STATUS_NOT_FOUND: there is no such user. STATUS_DENIED: only root may start as another.
 */
NODISCARD enum status child_user_find(const char *name, struct child_user *ret_user);

#endif
