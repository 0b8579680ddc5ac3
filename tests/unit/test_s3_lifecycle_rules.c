#include "handlers/s3/s3_lifecycle_rules.h"

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"

#define NOON (INT64_C(20000) * LIFECYCLE_DAY_MS + LIFECYCLE_DAY_MS / 2)
#define KIB UINT64_C(1024)

struct world {
    struct arena arena;
    struct lifecycle lifecycle;
};

static int set_up(void **state)
{
    static struct world world;
    arena_init(&world.arena, (size_t)1024 * 1024);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    arena_clear(&w->arena);
    return 0;
}

static void use(struct world *w, const char *rule)
{
    const char *text =
        arena_printf(&w->arena,
                     "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status>%s</Rule>"
                     "</LifecycleConfiguration>",
                     rule);
    assert_ok(lifecycle_parse(slice_of(text), SLICE(""), &w->arena, &w->lifecycle));
}

static enum lifecycle_action judge(struct world *w, const struct lifecycle_version *version,
                                   int64_t days)
{
    return lifecycle_judge(&w->lifecycle, version, NOON + days * LIFECYCLE_DAY_MS).action;
}

static void days_end_at_the_next_midnight(void **state)
{
    struct world *w = *state;
    const struct lifecycle_version version = {.key = SLICE("k"), .modified_ms = NOON};
    struct slice rule;
    int64_t expiry_ms = 0;
    use(w, "<Filter/><Expiration><Days>2</Days></Expiration>");

    assert_true(lifecycle_expiry(&w->lifecycle, &version, &expiry_ms, &rule));

    assert_int_equal(expiry_ms, NOON + LIFECYCLE_DAY_MS / 2 + 2 * LIFECYCLE_DAY_MS);
    assert_slice(rule, "r");
    assert_int_equal(judge(w, &version, 2), LIFECYCLE_KEEP);
    assert_int_equal(judge(w, &version, 3), LIFECYCLE_EXPIRE);
}

static void a_filter_is_met_in_all_its_parts(void **state)
{
    struct world *w = *state;
    struct lifecycle_version version = {
        .key = SLICE("a/b"), .size = 10, .tags = SLICE("x=1&t=a%20b"), .modified_ms = NOON};
    use(w, "<Filter><And><Prefix>a/</Prefix><Tag><Key>t</Key><Value>a b</Value></Tag>"
           "<ObjectSizeGreaterThan>9</ObjectSizeGreaterThan><ObjectSizeLessThan>11"
           "</ObjectSizeLessThan></And></Filter><Expiration><Days>1</Days></Expiration>");
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_EXPIRE);
    version.size = 11;
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
    version.size = 9;
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
    version.size = 10;
    version.tags = SLICE("t=a");
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
    version.tags = SLICE("t=a%20b");
    version.key = SLICE("b");
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
}

static void earlier_versions_go_but_for_the_newest_of_them(void **state)
{
    struct world *w = *state;
    struct lifecycle_version version = {
        .key = SLICE("k"), .modified_ms = NOON, .past_since_ms = NOON, .newer_past = 2};
    use(w, "<Prefix/><NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays>"
           "<NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>");
    assert_int_equal(judge(w, &version, 3), LIFECYCLE_KEEP);
    assert_int_equal(judge(w, &version, 4), LIFECYCLE_REMOVE);
    version.newer_past = 1;
    assert_int_equal(judge(w, &version, 4), LIFECYCLE_KEEP);
    version.past_since_ms = 0;
    assert_int_equal(judge(w, &version, 40), LIFECYCLE_KEEP);
}

static void a_marker_goes_when_nothing_else_is_left(void **state)
{
    struct world *w = *state;
    struct lifecycle_version marker = {.key = SLICE("k"), .is_marker = true, .is_only = true};
    use(w, "<Filter/><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"
           "</Expiration>");
    assert_int_equal(judge(w, &marker, 1), LIFECYCLE_REMOVE);
    marker.is_only = false;
    assert_int_equal(judge(w, &marker, 1), LIFECYCLE_KEEP);
}

static void objects_move_down_to_the_deepest_class_that_is_due(void **state)
{
    struct world *w = *state;
    struct lifecycle_version version = {.key = SLICE("k"), .size = 128 * KIB, .modified_ms = NOON};
    use(w, "<Filter/><Transition><Days>1</Days><StorageClass>STANDARD_IA</StorageClass>"
           "</Transition><Transition><Days>2</Days><StorageClass>GLACIER</StorageClass>"
           "</Transition>");
    int64_t late_ms = NOON + 9 * LIFECYCLE_DAY_MS;
    assert_slice(lifecycle_judge(&w->lifecycle, &version, late_ms).storage_class, "GLACIER");
    version.storage_class = SLICE("DEEP_ARCHIVE");
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
    version.storage_class = SLICE("");
    version.size--;
    assert_int_equal(judge(w, &version, 9), LIFECYCLE_KEEP);
    w->lifecycle.has_own_minimum = true;
    assert_slice(lifecycle_judge(&w->lifecycle, &version, late_ms).storage_class, "GLACIER");
}

static void uploads_are_aborted_after_their_days(void **state)
{
    struct world *w = *state;
    use(w, "<Prefix>a</Prefix><AbortIncompleteMultipartUpload><DaysAfterInitiation>1"
           "</DaysAfterInitiation></AbortIncompleteMultipartUpload>");
    int64_t late_ms = NOON + 2 * LIFECYCLE_DAY_MS;
    assert_true(lifecycle_aborts(&w->lifecycle, SLICE("ab"), NOON, late_ms));
    assert_false(lifecycle_aborts(&w->lifecycle, SLICE("ab"), NOON, NOON));
    assert_false(lifecycle_aborts(&w->lifecycle, SLICE("b"), NOON, late_ms));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(days_end_at_the_next_midnight),
        TEST(a_filter_is_met_in_all_its_parts),
        TEST(earlier_versions_go_but_for_the_newest_of_them),
        TEST(a_marker_goes_when_nothing_else_is_left),
        TEST(objects_move_down_to_the_deepest_class_that_is_due),
        TEST(uploads_are_aborted_after_their_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
