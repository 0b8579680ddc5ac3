#include "emulator/loop/child_user.h"

#include <limits.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "emulator/base/slice.h"

/* NOBODY: where there is no user of that name, as in an empty container. */
enum { NOBODY = 65534, TEXTS_BYTES = 16 * 1024 };

static bool read_number(struct slice text, uid_t *ret_number)
{
    uint64_t number = 0;
    if (slice_to_u64(text, &number) != STATUS_OK || number >= UINT_MAX)
        return false;
    *ret_number = (uid_t)number;
    return true;
}

/* "1000" or "1000:100". */
static bool read_numbers(const char *name, struct child_user *ret_user)
{
    struct slice group = slice_of(name);
    struct slice user = slice_cut(&group, ':');
    return read_number(user, &ret_user->user) &&
           read_number(group.len > 0 ? group : user, &ret_user->group);
}

static bool read_name(const char *name, struct child_user *ret_user)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char texts[TEXTS_BYTES];
    if (getpwnam_r(name, &entry, texts, sizeof(texts), &found) != 0 || found == NULL)
        return false;
    ret_user->user = entry.pw_uid;
    ret_user->group = entry.pw_gid;
    return true;
}

static void choose_nobody(struct child_user *ret_user)
{
    if (!read_name("nobody", ret_user))
        ret_user->user = ret_user->group = NOBODY;
}

enum status child_user_find(const char *name, struct child_user *ret_user)
{
    struct child_user user = {.user = geteuid(), .group = getegid()};
    if (name == NULL && user.user == 0)
        choose_nobody(&user);
    else if (name != NULL && !read_numbers(name, &user) && !read_name(name, &user))
        return STATUS_NOT_FOUND;
    user.is_another = user.user != geteuid();
    if (user.is_another && geteuid() != 0)
        return STATUS_DENIED;
    *ret_user = user;
    return STATUS_OK;
}
