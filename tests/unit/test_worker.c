#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/worker.h"

enum { JOBS = 200, THREADS = 3 };

static struct loop *loop;
static pthread_t loop_thread;
static int left;

struct sum_job {
    struct worker_job job;
    unsigned up_to;
    unsigned sum;
    int done_count;
    pthread_t worked_on;
};

static int set_up(void **state)
{
    (void)state;
    loop_thread = pthread_self();
    left = 0;
    return loop_create(&loop) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    loop_destroy(loop);
    return 0;
}

static void add_up(struct worker_job *job)
{
    struct sum_job *sum = (struct sum_job *)job;
    for (unsigned i = 1; i <= sum->up_to; i++)
        sum->sum += i;
    sum->worked_on = pthread_self();
}

static void count_down(struct worker_job *job)
{
    struct sum_job *sum = (struct sum_job *)job;
    assert_true(pthread_equal(pthread_self(), loop_thread));
    sum->done_count++;
    if (--left == 0)
        loop_stop(loop);
}

static void every_job_works_elsewhere_and_is_done_here_once(void **state)
{
    (void)state;
    static struct sum_job jobs[JOBS];
    memset(jobs, 0, sizeof(jobs));
    left = JOBS;

    for (unsigned i = 0; i < JOBS; i++) {
        jobs[i].job = (struct worker_job){add_up, count_down};
        jobs[i].up_to = i;
        assert_int_equal(worker_submit(loop, &jobs[i].job), STATUS_OK);
    }
    assert_int_equal(left, JOBS); /* nothing is done before the loop runs */
    assert_false(worker_is_idle(loop));
    loop_run(loop);
    assert_true(worker_is_idle(loop));

    for (unsigned i = 0; i < JOBS; i++) {
        assert_int_equal(jobs[i].sum, i * (i + 1) / 2);
        assert_int_equal(jobs[i].done_count, 1);
        assert_false(pthread_equal(jobs[i].worked_on, loop_thread));
    }
}

static void free_and_count_down(struct worker_job *job)
{
    free(job);
    if (--left == 0)
        loop_stop(loop);
}

static void done_may_free_the_job(void **state)
{
    (void)state;
    left = 10;
    for (int i = 0; i < 10; i++) {
        struct sum_job *sum = calloc(1, sizeof(*sum));
        assert_non_null(sum);
        sum->job = (struct worker_job){add_up, free_and_count_down};
        assert_int_equal(worker_submit(loop, &sum->job), STATUS_OK);
    }

    loop_run(loop);

    assert_int_equal(left, 0);
}

static void submit_again(struct worker_job *job)
{
    if (--left == 0)
        loop_stop(loop);
    else
        assert_int_equal(worker_submit(loop, job), STATUS_OK);
}

static void done_may_submit_the_job_again(void **state)
{
    (void)state;
    struct sum_job sum = {.job = {add_up, submit_again}, .up_to = 4};
    left = 5;

    assert_int_equal(worker_submit(loop, &sum.job), STATUS_OK);
    loop_run(loop);

    assert_int_equal(sum.sum, 5 * 10);
}

/* All threads meet at a barrier: with one thread less this would never end. */
static pthread_barrier_t barrier;

static void meet(struct worker_job *job)
{
    (void)job;
    (void)pthread_barrier_wait(&barrier);
}

static void as_many_jobs_as_threads_run_at_once(void **state)
{
    (void)state;
    struct sum_job jobs[THREADS];
    memset(jobs, 0, sizeof(jobs));
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    left = THREADS;

    for (int i = 0; i < THREADS; i++) {
        jobs[i].job = (struct worker_job){meet, count_down};
        assert_int_equal(worker_submit(loop, &jobs[i].job), STATUS_OK);
    }
    loop_run(loop);

    assert_int_equal(left, 0);
    pthread_barrier_destroy(&barrier);
}

static void *no_alloc(size_t size)
{
    (void)size;
    return NULL;
}

static void *no_resize(void *ptr, size_t size)
{
    (void)ptr;
    (void)size;
    return NULL;
}

static void out_of_memory_runs_nothing(void **state)
{
    (void)state;
    const struct mem_hooks none = {no_alloc, no_resize, free};
    struct sum_job sum = {.job = {add_up, count_down}, .up_to = 4};

    mem_set_hooks(&none);
    enum status got = worker_submit(loop, &sum.job);
    mem_set_hooks(NULL);

    assert_int_equal(got, STATUS_NO_MEMORY);
    left = 1;
    struct sum_job after = {.job = {add_up, count_down}};
    assert_int_equal(worker_submit(loop, &after.job), STATUS_OK);
    loop_run(loop);
    assert_int_equal(sum.sum, 0);
    assert_int_equal(sum.done_count, 0);
}

#define WORKER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKER_TEST(every_job_works_elsewhere_and_is_done_here_once),
        WORKER_TEST(done_may_free_the_job),
        WORKER_TEST(done_may_submit_the_job_again),
        WORKER_TEST(as_many_jobs_as_threads_run_at_once),
        WORKER_TEST(out_of_memory_runs_nothing),
    };
    worker_set_threads(THREADS);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
