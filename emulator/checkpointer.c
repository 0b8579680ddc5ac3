#include "emulator/checkpointer.h"

#include "storage/checkpoint.h"
#include "storage/db.h"

static void work(struct worker_job *job)
{
    checkpoint_run(list_entry(job, struct checkpointer, job)->checkpoint);
}

static void done(struct worker_job *job)
{
    struct checkpointer *checkpointer = list_entry(job, struct checkpointer, job);
    checkpointer->is_running = false;
    checkpointer->is_finishing = true;
}

/* Without memory for the job the log grows on and the next turn tries again. */
static void start_pass(struct checkpointer *checkpointer)
{
    checkpointer->job = (struct worker_job){.work = work, .done = done};
    checkpointer->is_running = worker_submit(checkpointer->loop, &checkpointer->job) == STATUS_OK;
}

/* Runs before the hook that commits; with something uncommitted all hooks are run once more. */
static bool on_turn(struct loop_hook *hook)
{
    struct checkpointer *checkpointer = list_entry(hook, struct checkpointer, hook);
    if (checkpointer->is_running)
        return false;
    if (checkpointer->is_finishing) {
        if (db_is_dirty(checkpointer->db))
            return true;
        checkpointer->is_finishing = false;
        checkpoint_finish(checkpointer->checkpoint);
    }
    if (checkpoint_is_due(checkpointer->checkpoint))
        start_pass(checkpointer);
    return false;
}

enum status checkpointer_start(struct checkpointer *checkpointer, struct loop *loop, struct db *db)
{
    *checkpointer = (struct checkpointer){.loop = loop, .db = db, .hook.fn = on_turn};
    list_init(&checkpointer->hook.link);
    enum status status = checkpoint_open(db, &checkpointer->checkpoint);
    if (status == STATUS_OK)
        loop_add_hook(loop, &checkpointer->hook);
    return status;
}

bool checkpointer_is_idle(const struct checkpointer *checkpointer)
{
    return !checkpointer->is_running;
}

void checkpointer_stop(struct checkpointer *checkpointer)
{
    if (checkpointer->checkpoint == NULL)
        return;
    loop_remove_hook(&checkpointer->hook);
    checkpoint_close(checkpointer->checkpoint);
    checkpointer->checkpoint = NULL;
}
