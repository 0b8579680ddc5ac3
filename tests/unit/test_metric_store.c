#include "storage/metric_store.h"

#include "emulator/base/text.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define MINUTE(n) ((int64_t)(n)*METRIC_MINUTE_MS)
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static struct metric_key key_of(const char *name)
{
    return (struct metric_key){.account = SLICE("000000000000"),
                               .region = SLICE("us-east-1"),
                               .namespace = SLICE("N"),
                               .name = slice_of(name),
                               .dimensions = SLICE("k\0v\0")};
}

static int64_t make(struct db *db, const char *name, int64_t now_ms)
{
    struct metric_key key = key_of(name);
    int64_t id = 0;
    assert_ok(metric_store_make(db, &key, now_ms, &id));
    return id;
}

static void add(struct db *db, int64_t id, const char *unit, int64_t minute_ms, double value)
{
    struct metric_place place = {id, minute_ms, slice_of(unit)};
    struct metric_point point = {0};
    assert_ok(metric_point_add(&point, value, 1));
    assert_ok(metric_store_add(db, &place, &point));
    metric_point_close(&point);
}

/* "minute unit sum/count min..max median;" of each row. */
static void assert_minutes(struct db *db, struct metric_range range, const char *expected)
{
    struct query q;
    struct metric_minute minute = {0};
    struct text all;
    text_init(&all, 4096);
    metric_minutes_begin(&q, db, &range);
    while (metric_minutes_next(&q, &minute)) {
        double median = -1;
        (void)metric_point_percentile(&minute.point, 50, &median);
        text_printf(&all, "%lld %.*s %g/%g %g..%g %g;",
                    (long long)(minute.minute_ms / METRIC_MINUTE_MS), SLICE_ARG(minute.unit),
                    minute.point.sum, minute.point.count, minute.point.min, minute.point.max,
                    median);
    }
    assert_ok(query_end(&q));
    assert_slice(text_slice(&all), expected);
    text_close(&all);
}

static void assert_list(struct db *db, struct metric_filter filter, const char *expected)
{
    struct query q;
    struct metric_row row;
    struct text all;
    text_init(&all, 4096);
    filter.account = SLICE("000000000000");
    filter.region = filter.region.len > 0 ? filter.region : SLICE("us-east-1");
    metric_list_begin(&q, db, &filter);
    while (metric_list_next(&q, &row))
        text_printf(&all, "%.*s.%.*s;", SLICE_ARG(row.namespace), SLICE_ARG(row.name));
    assert_ok(query_end(&q));
    assert_slice(text_slice(&all), expected);
    text_close(&all);
}

static void a_minute_adds_up_by_unit(void **state)
{
    struct store_fixture *f = *state;
    int64_t id = make(f->db, "m", MINUTE(5));
    add(f->db, id, "Count", MINUTE(5), 3);
    add(f->db, id, "Count", MINUTE(5), 1);
    add(f->db, id, "Bytes", MINUTE(5), 7);
    add(f->db, id, "Count", MINUTE(6), -2);
    struct metric_range all = {.metric_id = id, .to_ms = INT64_MAX};
    assert_minutes(f->db, all, "5 Bytes 7/1 7..7 7;5 Count 4/2 1..3 1;6 Count -2/1 -2..-2 -2;");
}

static void a_range_has_its_first_minute_and_not_its_last(void **state)
{
    struct store_fixture *f = *state;
    int64_t id = make(f->db, "m", MINUTE(5));
    for (int n = 4; n <= 7; n++)
        add(f->db, id, "Count", MINUTE(n), n);
    struct metric_range range = {
        .metric_id = id, .from_ms = MINUTE(5), .to_ms = MINUTE(7), .unit = SLICE("Count")};
    assert_minutes(f->db, range, "5 Count 5/1 5..5 5;6 Count 6/1 6..6 6;");
    range.unit = SLICE("Bytes");
    assert_minutes(f->db, range, "");
}

static void what_is_saved_takes_the_place_of_what_was(void **state)
{
    struct store_fixture *f = *state;
    int64_t id = make(f->db, "m", MINUTE(5));
    add(f->db, id, "Count", MINUTE(5), 3);
    struct metric_place place = {id, MINUTE(5), SLICE("Count")};
    struct metric_point point = {0};
    assert_ok(metric_point_add(&point, 10, 2));
    assert_ok(metric_store_save(f->db, &place, &point, false));
    metric_point_close(&point);
    struct metric_range all = {.metric_id = id, .to_ms = INT64_MAX};
    assert_minutes(f->db, all, "5 Count 20/2 10..10 10;");
}

static void a_metric_is_made_once(void **state)
{
    struct store_fixture *f = *state;
    struct metric_key key = key_of("m");
    int64_t id = 0;
    assert_status(metric_store_find(f->db, &key, &id), STATUS_NOT_FOUND);
    int64_t made = make(f->db, "m", MINUTE(1));
    assert_int_equal(make(f->db, "m", MINUTE(2)), made);
    assert_ok(metric_store_find(f->db, &key, &id));
    assert_int_equal(id, made);
    key.dimensions = SLICE("k\0w\0");
    assert_status(metric_store_find(f->db, &key, &id), STATUS_NOT_FOUND);
    key = key_of("m");
    key.region = SLICE("eu-west-1");
    assert_status(metric_store_find(f->db, &key, &id), STATUS_NOT_FOUND);
}

static void minutes_older_than_the_retention_go_when_one_is_begun(void **state)
{
    struct store_fixture *f = *state;
    int64_t id = make(f->db, "m", 0);
    add(f->db, id, "Count", MINUTE(0), 1);
    add(f->db, id, "Count", MINUTE(1), 2);
    add(f->db, id, "Count", METRIC_RETENTION_MS + MINUTE(1), 3);
    struct metric_range all = {.metric_id = id, .to_ms = INT64_MAX};
    assert_minutes(f->db, all, "1 Count 2/1 2..2 2;21601 Count 3/1 3..3 3;");
}

static void metrics_without_recent_minutes_go_when_another_is_made(void **state)
{
    struct store_fixture *f = *state;
    int64_t old = make(f->db, "old", 0);
    add(f->db, old, "Count", 0, 1);
    int64_t kept = make(f->db, "kept", 0);
    add(f->db, kept, "Count", 10 * DAY_MS, 1);
    (void)make(f->db, "new", 20 * DAY_MS);
    struct metric_filter all = {.newest_from_ms = INT64_MIN};
    assert_list(f->db, all, "N.kept;N.new;");
    assert_minutes(f->db, (struct metric_range){.metric_id = old, .to_ms = INT64_MAX}, "");
}

static void a_list_is_filtered_and_goes_on_behind_a_number(void **state)
{
    struct store_fixture *f = *state;
    int64_t first = make(f->db, "a", MINUTE(1));
    (void)make(f->db, "b", MINUTE(100));
    (void)make(f->db, "c", MINUTE(50));
    assert_list(f->db, (struct metric_filter){0}, "N.a;N.b;N.c;");
    assert_list(f->db, (struct metric_filter){.after_id = first}, "N.b;N.c;");
    assert_list(f->db, (struct metric_filter){.name = SLICE("b")}, "N.b;");
    assert_list(f->db, (struct metric_filter){.namespace = SLICE("X")}, "");
    assert_list(f->db, (struct metric_filter){.newest_from_ms = MINUTE(60)}, "N.b;");
    assert_list(f->db, (struct metric_filter){.region = SLICE("eu-west-1")}, "");
}

static void a_percentile_needs_all_values_or_equal_ones(void **state)
{
    (void)state;
    struct metric_point set = {.sum = 30, .count = 3, .min = 5, .max = 15};
    struct metric_point equal = {.sum = 30, .count = 3, .min = 10, .max = 10};
    double value = 0;
    assert_false(metric_point_percentile(&set, 50, &value));
    assert_true(metric_point_percentile(&equal, 50, &value));
    assert_true(value == 10.0);
}

static void minutes_begin_at_whole_ones_before_1970_too(void **state)
{
    (void)state;
    assert_int_equal(metric_point_minute_ms(MINUTE(3) + 59999), MINUTE(3));
    assert_int_equal(metric_point_minute_ms(MINUTE(3)), MINUTE(3));
    assert_int_equal(metric_point_minute_ms(-1), MINUTE(-1));
}

static void dimensions_are_packed_and_unpacked(void **state)
{
    (void)state;
    struct text packed;
    struct slice name;
    struct slice value;
    text_init(&packed, 100);
    metric_dimension_pack(&packed, SLICE("a"), SLICE("1"));
    metric_dimension_pack(&packed, SLICE("b"), SLICE(""));
    struct slice rest = text_slice(&packed);
    assert_true(metric_dimension_next(&rest, &name, &value));
    assert_slice(name, "a");
    assert_slice(value, "1");
    assert_true(metric_dimension_next(&rest, &name, &value));
    assert_slice(name, "b");
    assert_slice(value, "");
    assert_false(metric_dimension_next(&rest, &name, &value));
    text_close(&packed);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_minute_adds_up_by_unit),
        TEST(a_range_has_its_first_minute_and_not_its_last),
        TEST(what_is_saved_takes_the_place_of_what_was),
        TEST(a_metric_is_made_once),
        TEST(minutes_older_than_the_retention_go_when_one_is_begun),
        TEST(metrics_without_recent_minutes_go_when_another_is_made),
        TEST(a_list_is_filtered_and_goes_on_behind_a_number),
        cmocka_unit_test(a_percentile_needs_all_values_or_equal_ones),
        cmocka_unit_test(minutes_begin_at_whole_ones_before_1970_too),
        cmocka_unit_test(dimensions_are_packed_and_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
