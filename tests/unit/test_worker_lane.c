#include <stdatomic.h>
#include <string.h>

#include "emulator/loop/loop.h"
#include "emulator/loop/worker_lane.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

enum { JOBS = 50 };

static struct loop *loop;
static struct worker_lane lane;
static atomic_uint at_work;
static atomic_uint most_at_work;
static unsigned order[JOBS]; /* in which they were done */
static unsigned done_count;
static unsigned expected;

struct numbered {
    struct worker_lane_job job;
    unsigned number;
    bool has_worked;
};

static struct numbered jobs[JOBS];

static void work(struct worker_lane_job *job)
{
    list_entry(job, struct numbered, job)->has_worked = true;
    unsigned now = atomic_fetch_add(&at_work, 1) + 1;
    unsigned most = atomic_load(&most_at_work);
    while (now > most && !atomic_compare_exchange_weak(&most_at_work, &most, now)) {
    }
    (void)atomic_fetch_sub(&at_work, 1);
}

static void done(struct worker_lane_job *job)
{
    const struct numbered *own = list_entry(job, struct numbered, job);
    assert_int_equal(own->has_worked, job->status == STATUS_OK);
    order[done_count++] = own->number;
    if (done_count == expected)
        loop_stop(loop);
}

static int set_up(void **state)
{
    memset(jobs, 0, sizeof(jobs));
    atomic_store(&most_at_work, 0);
    done_count = 0;
    expected = JOBS;
    if (mem_fault_set_up(state) != 0 || loop_create(&loop) != STATUS_OK)
        return -1;
    worker_lane_init(&lane, loop);
    return 0;
}

static int tear_down(void **state)
{
    loop_destroy(loop);
    return mem_fault_tear_down(state);
}

static enum status submit(unsigned number)
{
    jobs[number] = (struct numbered){.job = {.work = work, .done = done}, .number = number};
    return worker_lane_submit(&lane, &jobs[number].job);
}

static void no_more_work_at_once_than_the_lane_is_wide(void **state)
{
    (void)state;
    lane.limit = 2;
    for (unsigned i = 0; i < JOBS; i++)
        assert_ok(submit(i));
    loop_run(loop);
    assert_int_equal(done_count, JOBS);
    assert_in_range(atomic_load(&most_at_work), 1, 2);
    assert_int_equal(lane.running, 0);
}

static void one_after_the_other_they_are_done_in_order(void **state)
{
    (void)state;
    lane.limit = 1;
    for (unsigned i = 0; i < JOBS; i++)
        assert_ok(submit(i));
    loop_run(loop);
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(order[i], i);
    assert_int_equal(atomic_load(&most_at_work), 1);
}

/* A job that was taken is done, and knows whether it worked. */
static void without_memory_a_job_is_refused_or_done_without_work(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        lane.limit = 1;
        done_count = 0;
        expected = 0;
        for (unsigned i = 0; i < 3; i++)
            expected += submit(i) == STATUS_OK ? 1 : 0;
        if (expected > 0)
            loop_run(loop);
        fault_disarm(mem_fault);
        assert_int_equal(done_count, expected);
        assert_true(expected == 3 || mem_fault->fired);
        assert_int_equal(lane.running, 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_more_work_at_once_than_the_lane_is_wide),
        TEST(one_after_the_other_they_are_done_in_order),
        TEST(without_memory_a_job_is_refused_or_done_without_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
