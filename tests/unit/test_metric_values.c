#include "storage/metric_values.h"

#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static void few_values_are_exact(void **state)
{
    (void)state;
    struct metric_values values = {0};
    static const double added[] = {5, 1, 3, 3, 2, 4, 3};
    for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
        assert_ok(metric_values_add(&values, added[i], 1));
    assert_int_equal(values.count, 5);
    assert_true(metric_values_total(&values) == 7.0);
    assert_true(metric_values_percentile(&values, 0) == 1.0);
    assert_true(metric_values_percentile(&values, 50) == 3.0);
    assert_true(metric_values_percentile(&values, 72) == 4.0);
    assert_true(metric_values_percentile(&values, 100) == 5.0);
    metric_values_close(&values);
}

static void counts_weigh(void **state)
{
    (void)state;
    struct metric_values values = {0};
    assert_ok(metric_values_add(&values, 1, 99));
    assert_ok(metric_values_add(&values, 1000, 1));
    assert_true(metric_values_percentile(&values, 99) == 1.0);
    assert_true(metric_values_percentile(&values, 99.5) == 1000.0);
    metric_values_close(&values);
}

static void many_values_stay_bounded_and_near(void **state)
{
    (void)state;
    struct metric_values values = {0};
    for (int i = 1; i <= 10000; i++)
        assert_ok(metric_values_add(&values, (double)i, 1));
    assert_true(values.count <= METRIC_VALUES_MAX);
    assert_true(metric_values_total(&values) == 10000.0);
    double median = metric_values_percentile(&values, 50);
    assert_true(median >= 5000.0 && median <= 5500.0);
    double last = metric_values_percentile(&values, 100);
    assert_true(last >= 10000.0 && last <= 11000.0);
    metric_values_close(&values);
}

static void values_of_every_sign_and_size_stay_bounded(void **state)
{
    (void)state;
    struct metric_values values = {0};
    double value = 1e-100;
    for (int i = 0; i < 1000; i++) {
        assert_ok(metric_values_add(&values, i % 2 == 0 ? value : -value, 1));
        value *= 1.6;
    }
    assert_true(values.count <= METRIC_VALUES_MAX);
    assert_true(metric_values_total(&values) == 1000.0);
    for (size_t i = 1; i < values.count; i++)
        assert_true(values.items[i - 1].value < values.items[i].value);
    metric_values_close(&values);
}

static void bytes_come_back_and_damaged_ones_do_not(void **state)
{
    (void)state;
    struct metric_values values = {0};
    struct metric_values again = {0};
    assert_ok(metric_values_add(&values, 2, 3));
    assert_ok(metric_values_add(&values, -1, 4));
    struct slice bytes = metric_values_bytes(&values);
    assert_status(metric_values_add_bytes(&again, slice_first(bytes, bytes.len - 1)),
                  STATUS_CORRUPT);
    assert_ok(metric_values_add_bytes(&again, bytes));
    assert_slices_equal(metric_values_bytes(&again), bytes);
    metric_values_close(&values);
    metric_values_close(&again);
}

static void without_memory_nothing_changes(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        struct metric_values values = {0};
        enum status status = metric_values_add(&values, 1, 1);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_int_equal(values.count, mem_fault->fired ? 0 : 1);
        metric_values_close(&values);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_are_exact),
        cmocka_unit_test(counts_weigh),
        cmocka_unit_test(many_values_stay_bounded_and_near),
        cmocka_unit_test(values_of_every_sign_and_size_stay_bounded),
        cmocka_unit_test(bytes_come_back_and_damaged_ones_do_not),
        cmocka_unit_test(without_memory_nothing_changes),
    };
    mem_fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
