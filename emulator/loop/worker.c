#include "emulator/loop/worker.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "emulator/loop/loop_uv.h"

enum { MAX_THREADS = 128 };

/* Workers give way to the loop thread, which every caller waits for. */
enum { NICENESS = 5 };

/* What libuv needs to know of a job; owned by this file, from submit to done. */
struct run {
    uv_work_t request;
    struct worker_job *job; /* borrowed */
    struct loop *loop;      /* borrowed */
};

void worker_set_threads(unsigned count)
{
    assert(count >= 1 && count <= MAX_THREADS);
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", count);
    /* libuv's only way. Before any thread exists: setenv() is not thread-safe. */
    (void)setenv("UV_THREADPOOL_SIZE", text, 1); /* NOLINT(concurrency-mt-unsafe) */
}

/* Linux has this per thread. Where it fails, all threads are equal. */
static void give_way(void)
{
    id_t thread = (id_t)gettid();
    if (getpriority(PRIO_PROCESS, thread) < NICENESS)
        (void)setpriority(PRIO_PROCESS, thread, NICENESS);
}

static void on_thread(uv_work_t *request)
{
    struct run *run = request->data;
    give_way();
    run->job->work(run->job);
}

static void on_loop(uv_work_t *request, int error)
{
    assert(error == 0); /* nothing is ever cancelled */
    (void)error;
    struct run *run = request->data;
    struct worker_job *job = run->job;
    --*loop_jobs(run->loop);
    mem_free(run);
    job->done(job);
}

enum status worker_submit(struct loop *loop, struct worker_job *job)
{
    struct run *run = mem_alloc(sizeof(*run));
    if (run == NULL)
        return STATUS_NO_MEMORY;
    run->job = job;
    run->loop = loop;
    run->request.data = run;
    int error = uv_queue_work(loop_uv(loop), &run->request, on_thread, on_loop);
    if (error) {
        mem_free(run);
        return status_from_errno(-error);
    }
    ++*loop_jobs(loop);
    return STATUS_OK;
}

bool worker_is_idle(struct loop *loop)
{
    return *loop_jobs(loop) == 0;
}
