#include "emulator/loop/worker_lane.h"

#include "emulator/loop/loop_uv.h"

static void on_worker(struct worker_job *job)
{
    struct worker_lane_job *own = list_entry(job, struct worker_lane_job, job);
    own->work(own);
}

/* As many as there is room for. Those that find no memory are done without having worked. */
static void start_waiting(struct worker_lane *lane)
{
    while (!list_is_empty(&lane->waiting) && lane->running < lane->limit) {
        struct list *link = list_take_first(&lane->waiting);
        struct worker_lane_job *job = list_entry(link, struct worker_lane_job, link);
        job->status = worker_submit(lane->loop, &job->job);
        if (job->status == STATUS_OK)
            lane->running++;
        else
            job->done(job);
    }
}

static void on_done(struct worker_job *job)
{
    struct worker_lane_job *own = list_entry(job, struct worker_lane_job, job);
    struct worker_lane *lane = own->lane;
    lane->running--;
    own->done(own); /* may free it, and submit another, which waits behind those that do */
    start_waiting(lane);
}

void worker_lane_init(struct worker_lane *lane, struct loop *loop)
{
    unsigned processors = uv_available_parallelism();
    *lane = (struct worker_lane){.loop = loop, .limit = processors > 2 ? processors - 1 : 1};
    list_init(&lane->waiting);
}

enum status worker_lane_submit(struct worker_lane *lane, struct worker_lane_job *job)
{
    job->lane = lane;
    job->status = STATUS_OK;
    job->job = (struct worker_job){.work = on_worker, .done = on_done};
    list_init(&job->link);
    if (lane->running >= lane->limit || !list_is_empty(&lane->waiting)) {
        list_append(&lane->waiting, &job->link);
        return STATUS_OK;
    }
    enum status status = worker_submit(lane->loop, &job->job);
    lane->running += status == STATUS_OK ? 1 : 0;
    return status;
}
