#include "emulator/lambda/process_folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/loop/child_user.h"

static bool path_of(const struct lambda_slot *slot, unsigned place, char path[PATH_MAX])
{
    int len =
        snprintf(path, PATH_MAX, "%s/%.*s.%.*s.%.*s.%u", slot->engine->temporary_folder,
                 SLICE_ARG(slot->account), SLICE_ARG(slot->region), SLICE_ARG(slot->name), place);
    return len > 0 && len < PATH_MAX;
}

static void remove_place(struct lambda_slot *slot, unsigned place)
{
    char path[PATH_MAX];
    unsigned bit = 1U << place;
    if ((slot->folders_made & bit) != 0 && path_of(slot, place, path))
        lambda_trash(slot->engine, path);
    slot->folders_made &= ~bit;
}

/* What the processes of an earlier revision left is not for those of this one. */
static void forget_earlier(struct lambda_slot *slot, const char *revision_id)
{
    if (strcmp(slot->folders_revision, revision_id) == 0)
        return;
    for (unsigned place = 0; place < FUNCTION_PROCESSES_MAX; place++)
        if ((slot->folders_used & 1U << place) == 0)
            remove_place(slot, place);
    (void)snprintf(slot->folders_revision, sizeof(slot->folders_revision), "%s", revision_id);
}

static enum status make(const struct lambda_slot *slot, const char *path)
{
    const struct child_user *user = &slot->engine->options.function_user;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return status_from_errno(errno);
    if (user->is_another && chown(path, user->user, user->group) != 0)
        return status_from_errno(errno);
    return STATUS_OK;
}

/* One that is there comes before one that has to be made. */
static unsigned choose(const struct lambda_slot *slot)
{
    unsigned kept = slot->folders_made & ~slot->folders_used;
    unsigned place = 0;
    while (place < FUNCTION_PROCESSES_MAX && (kept & 1U << place) == 0)
        place++;
    if (place < FUNCTION_PROCESSES_MAX)
        return place;
    for (place = 0; (slot->folders_used & 1U << place) != 0;)
        place++;
    return place;
}

enum status process_folder_take(struct function_process *process, struct arena *arena,
                                const char **ret_path)
{
    char path[PATH_MAX];
    struct lambda_slot *slot = process->slot;
    forget_earlier(slot, process->revision_id);
    unsigned place = choose(slot);
    if (place >= FUNCTION_PROCESSES_MAX || !path_of(slot, place, path))
        return STATUS_TOO_LARGE;
    enum status status = make(slot, path);
    if (status != STATUS_OK) {
        log_line(LOG_WARNING, "cannot make %s: %s", path, status_text(status));
        return status;
    }
    process->place = (int)place;
    slot->folders_used |= 1U << place;
    slot->folders_made |= 1U << place;
    *ret_path = arena_text(arena, slice_of(path));
    return *ret_path != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void process_folder_leave(struct function_process *process)
{
    struct lambda_slot *slot = process->slot;
    if (process->place < 0)
        return;
    slot->folders_used &= ~(1U << process->place);
    bool is_old = strcmp(slot->folders_revision, process->revision_id) != 0;
    if (process->is_let_go || is_old)
        remove_place(slot, (unsigned)process->place);
    process->place = -1;
}

void process_folder_remove_all(struct lambda_slot *slot)
{
    for (unsigned place = 0; place < FUNCTION_PROCESSES_MAX; place++)
        remove_place(slot, place);
}
