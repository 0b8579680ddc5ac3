#include "handlers/cloudwatch/metric_series.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define MINUTE(n) ((int64_t)(n)*METRIC_MINUTE_MS)

static const struct metric_key key = {
    SLICE_INIT("1"), SLICE_INIT("r"), SLICE_INIT("N"), SLICE_INIT("m"), {NULL, 0}};

static void add(struct db *db, const char *unit, int64_t minute_ms, double value)
{
    struct metric_place place = {.minute_ms = minute_ms, .unit = slice_of(unit)};
    struct metric_point point = {0};
    assert_ok(metric_store_make(db, &key, minute_ms, &place.metric_id));
    assert_ok(metric_point_add(&point, value, 1));
    assert_ok(metric_store_add(db, &place, &point));
    metric_point_close(&point);
}

/* "start unit sum/count;" of each period. */
static void assert_periods(struct db *db, struct metric_series_request request,
                           const char *expected)
{
    struct metric_series series = {0};
    struct arena arena;
    struct text all;
    request.key = &key;
    arena_init(&arena, 65536);
    text_init(&all, 4096);
    assert_ok(metric_series_read(db, &request, &arena, &series));
    for (size_t i = 0; i < series.count; i++)
        text_printf(&all, "%lld %.*s %g/%g;",
                    (long long)(series.periods[i].start_ms / METRIC_MINUTE_MS),
                    SLICE_ARG(series.periods[i].unit), series.periods[i].point.sum,
                    series.periods[i].point.count);
    assert_slice(text_slice(&all), expected);
    text_close(&all);
    metric_series_close(&series);
    arena_clear(&arena);
}

static void minutes_add_up_to_periods_from_the_origin(void **state)
{
    struct store_fixture *f = *state;
    for (int n = 1; n <= 7; n++)
        add(f->db, "Count", MINUTE(n), n);
    struct metric_series_request request = {
        .start_ms = MINUTE(2), .end_ms = MINUTE(7), .period_ms = MINUTE(3)};
    assert_periods(f->db, request, "0  2/1;3  12/3;6  6/1;");
    request.origin_ms = MINUTE(2);
    assert_periods(f->db, request, "2  9/3;5  11/2;");
}

static void units_are_split_or_added_up(void **state)
{
    struct store_fixture *f = *state;
    add(f->db, "Count", MINUTE(1), 1);
    add(f->db, "Bytes", MINUTE(1), 10);
    add(f->db, "Count", MINUTE(2), 2);
    add(f->db, "Bytes", MINUTE(2), 20);
    struct metric_series_request request = {.end_ms = MINUTE(9), .period_ms = MINUTE(5)};
    assert_periods(f->db, request, "0  33/4;");
    request.splits_units = true;
    assert_periods(f->db, request, "0 Bytes 30/2;0 Count 3/2;");
    request.unit = SLICE("Count");
    assert_periods(f->db, request, "0 Count 3/2;");
}

static void a_metric_nobody_measured_has_no_periods(void **state)
{
    struct store_fixture *f = *state;
    struct metric_series_request request = {.end_ms = MINUTE(9), .period_ms = MINUTE(5)};
    assert_periods(f->db, request, "");
}

static double value_of(const char *name, const struct metric_point *point)
{
    struct metric_statistic statistic;
    double value = 0;
    assert_true(metric_statistic_parse(slice_of(name), &statistic));
    assert_true(metric_statistic_of(&statistic, point, &value));
    return value;
}

static void statistics_are_made_of_points(void **state)
{
    (void)state;
    struct metric_point point = {0};
    for (int i = 1; i <= 4; i++)
        assert_ok(metric_point_add(&point, i, 1));
    assert_true(value_of("SampleCount", &point) == 4.0);
    assert_true(value_of("Average", &point) == 2.5);
    assert_true(value_of("Sum", &point) == 10.0);
    assert_true(value_of("Minimum", &point) == 1.0);
    assert_true(value_of("Maximum", &point) == 4.0);
    assert_true(value_of("p50", &point) == 2.0);
    assert_true(value_of("p75.5", &point) == 4.0);
    metric_point_close(&point);
}

static void other_statistics_are_not_known(void **state)
{
    (void)state;
    static const char *const others[] = {"",     "sum", "tm90", "IQM",
                                         "p",    "p.",  "p101", "p1.2.3",
                                         "p1e1", "p-1", "p50 ", "p0123456789012345"};
    struct metric_statistic statistic;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(metric_statistic_parse(slice_of(others[i]), &statistic));
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(minutes_add_up_to_periods_from_the_origin),
        TEST(units_are_split_or_added_up),
        TEST(a_metric_nobody_measured_has_no_periods),
        cmocka_unit_test(statistics_are_made_of_points),
        cmocka_unit_test(other_statistics_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
