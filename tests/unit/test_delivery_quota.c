/* test_delivery_quota.c -- calls of control operations per second of the sandbox's clock. */
#include <stdio.h>

#include "emulator/delivery/delivery_internal.h"
#include "tests/lib/asserts.h"

#define T0 INT64_C(1700000000000)
#define ACCOUNT SLICE("000000000000")
#define REGION SLICE("us-east-1")

static struct loop *loop;
static struct sim_clock sim;
static struct delivery_engine engine;

static int set_up(void **state)
{
    (void)state;
    assert_ok(loop_create(&loop));
    assert_ok(sim_clock_init(&sim, loop));
    sim_clock_set_mode(&sim, SIM_CLOCK_FROZEN);
    sim_clock_set_now_ms(&sim, T0);
    engine = (struct delivery_engine){.deps = {.clock = &sim, .has_quotas = true}};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sim_clock_close(&sim);
    loop_destroy(loop);
    return 0;
}

static bool take(const char *operation)
{
    return delivery_quota_take_call(&engine, ACCOUNT, REGION, operation);
}

static void the_sixth_call_of_a_second_is_refused(void **state)
{
    (void)state;
    sim_clock_set_now_ms(&sim, T0 + 999);
    for (unsigned i = 0; i < 5; i++)
        assert_true(take("ListDeliveryStreams"));
    assert_false(take("ListDeliveryStreams"));
    assert_false(take("ListDeliveryStreams"));
    sim_clock_set_now_ms(&sim, T0 + 1000);
    assert_true(take("ListDeliveryStreams"));
}

static void operations_accounts_and_regions_have_rates_of_their_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++)
        (void)take("ListDeliveryStreams");
    assert_false(take("ListDeliveryStreams"));
    assert_true(take("DescribeDeliveryStream"));
    assert_true(
        delivery_quota_take_call(&engine, SLICE("111122223333"), REGION, "ListDeliveryStreams"));
    assert_true(
        delivery_quota_take_call(&engine, ACCOUNT, SLICE("eu-west-1"), "ListDeliveryStreams"));
}

static void what_has_no_place_is_not_counted(void **state)
{
    (void)state;
    char account[16];
    for (unsigned i = 0; i < DELIVERY_CALL_RATES; i++) {
        (void)snprintf(account, sizeof(account), "%012u", i + 1);
        assert_true(delivery_quota_take_call(&engine, slice_of(account), REGION, "x"));
    }
    for (unsigned i = 0; i < 10; i++)
        assert_true(take("x"));
    sim_clock_set_now_ms(&sim, T0 + 1000);
    for (unsigned i = 0; i < 5; i++)
        assert_true(take("x"));
    assert_false(take("x"));
}

static void without_quotas_every_call_is_taken(void **state)
{
    (void)state;
    engine.deps.has_quotas = false;
    for (unsigned i = 0; i < 100; i++)
        assert_true(take("ListDeliveryStreams"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_sixth_call_of_a_second_is_refused),
        TEST(operations_accounts_and_regions_have_rates_of_their_own),
        TEST(what_has_no_place_is_not_counted),
        TEST(without_quotas_every_call_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
