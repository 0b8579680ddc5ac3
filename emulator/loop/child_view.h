/*
 * child_view.h -- what a started process sees of the file system, and who it is: a /tmp of its own,
 * and, as another user, the folders it needs even where that user may not go.
 *
 *     /                     as it is
 *     /tmp                  the folder given
 *     /root                 closed to the user: empty but for the way to ...
 *     /root/x/functions/f   ... a folder it needs, at its own path, only to be read
 *
 * Both are mounts in a namespace that ends with the process. Where none may be made (most
 * containers) there is no /tmp of its own, and a folder the user cannot reach is out of reach.
 *
 * For a process of one thread that is about to become somebody else's program.
 */
#ifndef EMULATOR_LOOP_CHILD_VIEW_H
#define EMULATOR_LOOP_CHILD_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "emulator/base/status.h"

enum { CHILD_VIEW_NEEDS_MAX = 8 };

struct child_view {
    const char *temporary_folder;            /* to be /tmp; NULL: none of its own */
    const char *needs[CHILD_VIEW_NEEDS_MAX]; /* folders, absolute */
    size_t need_count;
    bool has_user;
    uid_t user;
    gid_t group;
};

/*
 * Make it so, and stay in the same folder. *ret_is_private: /tmp is its own. STATUS_DENIED: the
 * user cannot read *ret_closed; this process is who it was, but without its further groups, and
 * sees what it saw. Another status leaves it in between: it is to end.
 */
NODISCARD enum status child_view_enter(const struct child_view *view, bool *ret_is_private,
                                       const char **ret_closed);

#endif
