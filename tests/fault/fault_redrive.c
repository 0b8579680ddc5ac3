/*
 * Every allocation of a redrive fails once: no failed record is lost or put twice.
 */
#include <string.h>

#include "tests/lib/mem_fault.h"
#include "tests/unit/redrive_fixture.h"

#define HOUR INT64_C(3600000)
#define A "YQ==" /* a */
#define B "Yg==" /* b */

static void run_until_done(struct world *w)
{
    struct redrive_fixture_run run;
    assert_ok(redrive_fixture_run(w, &run));
    assert_false(run.redrive.has_more);
    world_advance(w, HOUR);
}

static void sweep(bool sticky)
{
    FAULT_SWEEP(mem_fault, n, sticky) {
        fault_disarm(mem_fault);
        void *made = NULL;
        struct redrive_fixture_run run;
        assert_int_equal(world_set_up(&made), 0);
        struct world *w = made;
        world_make_bucket(w, "bucket");
        world_make_stream(w, "s", false);
        redrive_fixture_put(w, 1, SLICE(REDRIVE_LINE(A) REDRIVE_LINE(B)));
        redrive_fixture_put(w, 2, SLICE(REDRIVE_LINE(A)));

        fault_arm(mem_fault, n, sticky);
        enum status status = redrive_fixture_run(w, &run);
        fault_disarm(mem_fault);
        bool fired = mem_fault->fired;
        assert_true(fired || status == STATUS_OK);
        run_until_done(w);

        assert_int_equal(world_object_count(w), 1);
        assert_slice(world_object(w, 0), "aba");
        assert_null(strstr(world_key(w, 0), "processing-failed"));
        assert_int_equal(world_tear_down(&made), 0);
        mem_fault->fired = fired;
    }
}

static void no_failed_record_is_lost_or_put_twice_when_an_allocation_fails(void **state)
{
    (void)state;
    sweep(false);
}

static void nor_when_memory_stays_exhausted_for_a_while(void **state)
{
    (void)state;
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(test) cmocka_unit_test_setup_teardown(test, mem_fault_set_up, mem_fault_tear_down)
        TEST(no_failed_record_is_lost_or_put_twice_when_an_allocation_fails),
        TEST(nor_when_memory_stays_exhausted_for_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
