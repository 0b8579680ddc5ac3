#include "handlers/s3/s3_upkeep.h"

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/worker.h"
#include "storage/db.h"
#include "storage/object_store.h"
#include "storage/query.h"
#include "storage/tree.h"

/*
 * Files of the tree cost more than the rows they show, so under a steady stream of writes the tree
 * rests between batches; once nothing is written any more it goes on without a pause.
 */
#define REST_MS 200
#define LAST_JOBS 8U /* at most, after s3_upkeep_stop() */

struct s3_upkeep {
    struct loop *loop;        /* borrowed */
    struct db *db;            /* borrowed */
    struct blob_store *blobs; /* borrowed */
    struct tree *tree;        /* owned; NULL: none */
    struct loop_hook hook;
    struct worker_job job;
    struct loop_timer rest;
    bool is_resting;
    bool is_stopping;
    unsigned jobs_left; /* while stopping */
    bool is_working;
    bool is_settled;    /* nothing was found to do since `changes` */
    int64_t changes;    /* of the connection, when last looked */
    bool has_waited;    /* for the COMMIT of this turn */
    bool has_tree_work; /* for the job */
    bool has_garbage;   /* for the job: `garbage` holds something to forget */
    struct garbage garbage;
};

static void work(struct worker_job *job)
{
    struct s3_upkeep *upkeep = list_entry(job, struct s3_upkeep, job);
    for (size_t i = 0; i < upkeep->garbage.count; i++)
        blob_unlink(upkeep->blobs, upkeep->garbage.blob_ids[i]);
    if (upkeep->has_tree_work)
        tree_work(upkeep->tree);
}

static void forget_garbage(struct s3_upkeep *upkeep)
{
    db_unit_begin(upkeep->db);
    enum status status = object_store_garbage_gone(upkeep->db, &upkeep->garbage);
    enum status ended = db_unit_end(upkeep->db, status == STATUS_OK);
    if (status != STATUS_OK || ended != STATUS_OK)
        log_line(LOG_WARNING, "S3: forgetting removed bodies: %s",
                 status_text(status != STATUS_OK ? status : ended));
}

static void on_rested(struct loop_timer *timer)
{
    list_entry(timer, struct s3_upkeep, rest)->is_resting = false;
}

/* Somebody wrote while the job ran: leave the machine to them for a moment. */
static void rest_if_busy(struct s3_upkeep *upkeep)
{
    bool is_busy = upkeep->changes != query_total_changes(upkeep->db);
    if (!is_busy || !upkeep->has_tree_work || upkeep->is_stopping)
        return;
    upkeep->is_resting =
        loop_timer_start(upkeep->loop, &upkeep->rest, REST_MS, on_rested) == STATUS_OK;
}

static void report_failures(struct s3_upkeep *upkeep)
{
    size_t failures = upkeep->tree != NULL ? tree_failures(upkeep->tree) : 0;
    if (failures > 0)
        log_line(LOG_WARNING,
                 "S3: %zu files of the browsable tree could not be brought up to date; the objects "
                 "themselves are fine",
                 failures);
}

static void done(struct worker_job *job)
{
    struct s3_upkeep *upkeep = list_entry(job, struct s3_upkeep, job);
    upkeep->is_working = false;
    if (upkeep->jobs_left > 0)
        upkeep->jobs_left--;
    rest_if_busy(upkeep);
    if (upkeep->has_garbage)
        forget_garbage(upkeep);
    report_failures(upkeep);
}

static bool has_given_up(const struct s3_upkeep *upkeep)
{
    return upkeep->is_stopping && upkeep->jobs_left == 0;
}

static bool has_work(const struct s3_upkeep *upkeep)
{
    return upkeep->has_garbage || upkeep->has_tree_work;
}

/* While the blobs are held it looks on: what it must not remove now is there afterwards. */
static void look(struct s3_upkeep *upkeep)
{
    bool is_held = blob_store_is_held(upkeep->blobs);
    upkeep->garbage.count = 0;
    upkeep->has_garbage = !is_held &&
                          object_store_garbage(upkeep->db, &upkeep->garbage) == STATUS_OK &&
                          upkeep->garbage.has_more;
    upkeep->has_tree_work = upkeep->tree != NULL && tree_take(upkeep->tree);
    upkeep->changes = query_total_changes(upkeep->db);
    upkeep->is_settled = !has_work(upkeep) && !is_held;
}

/*
 * Only committed states count. With something uncommitted the hooks are run once more, and by then
 * the hook that commits has done so.
 */
static bool wait_for_commit(struct s3_upkeep *upkeep)
{
    bool is_first_time = !upkeep->has_waited;
    upkeep->has_waited = true;
    return is_first_time;
}

static bool on_turn(struct loop_hook *hook)
{
    struct s3_upkeep *upkeep = list_entry(hook, struct s3_upkeep, hook);
    if (db_is_dirty(upkeep->db))
        return wait_for_commit(upkeep);
    upkeep->has_waited = false;
    if (upkeep->is_working || upkeep->is_resting || has_given_up(upkeep) ||
        (upkeep->is_settled && upkeep->changes == query_total_changes(upkeep->db)))
        return false;
    look(upkeep);
    if (!has_work(upkeep))
        return false;
    upkeep->job = (struct worker_job){work, done};
    upkeep->is_working = worker_submit(upkeep->loop, &upkeep->job) == STATUS_OK;
    return false;
}

enum status s3_upkeep_create(struct loop *loop, struct db *db, struct blob_store *blobs,
                             const char *tree_folder, struct s3_upkeep **ret_upkeep)
{
    struct s3_upkeep *upkeep = mem_zalloc(sizeof(*upkeep));
    if (upkeep == NULL)
        return STATUS_NO_MEMORY;
    *upkeep = (struct s3_upkeep){.loop = loop, .db = db, .blobs = blobs, .hook.fn = on_turn};
    if (tree_folder != NULL) {
        enum status status = tree_open(db, blobs, tree_folder, &upkeep->tree);
        if (status != STATUS_OK) {
            mem_free(upkeep);
            return status;
        }
    }
    loop_add_hook(loop, &upkeep->hook);
    *ret_upkeep = upkeep;
    return STATUS_OK;
}

bool s3_upkeep_is_idle(const struct s3_upkeep *upkeep)
{
    bool has_nothing = upkeep->is_settled && upkeep->changes == query_total_changes(upkeep->db);
    return !upkeep->is_working && (has_nothing || has_given_up(upkeep));
}

void s3_upkeep_stop(struct s3_upkeep *upkeep)
{
    if (upkeep->is_stopping)
        return;
    upkeep->is_stopping = true;
    upkeep->is_resting = false;
    upkeep->jobs_left = LAST_JOBS;
}

void s3_upkeep_destroy(struct s3_upkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    loop_remove_hook(&upkeep->hook);
    loop_timer_close(&upkeep->rest);
    tree_close(upkeep->tree);
    mem_free(upkeep);
}
