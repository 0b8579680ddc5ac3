#include "handlers/s3/s3_schema.h"

#include "emulator/base/arena.h"
#include "emulator/base/xml.h"
#include "tests/lib/asserts.h"

static bool accepts(const char *type, const char *document)
{
    struct arena arena;
    const struct xml_element *root = NULL;
    arena_init(&arena, (size_t)1024 * 1024);
    assert_ok(xml_parse(slice_of(document), &arena, &root));
    bool does = s3_schema_accepts(root, type);
    arena_clear(&arena);
    return does;
}

static void what_is_required_must_be_there_once(void **state)
{
    (void)state;
    assert_true(accepts("Tagging", "<T><TagSet/></T>"));
    assert_false(accepts("Tagging", "<T/>"));
    assert_false(accepts("Tagging", "<T><TagSet/><TagSet/></T>"));
    assert_false(accepts("OwnershipControls", "<O/>"));
}

static void what_is_not_known_is_refused_at_every_depth(void **state)
{
    (void)state;
    assert_false(accepts("Tagging", "<T><TagSet/><More/></T>"));
    assert_false(accepts("Tagging", "<T><TagSet><Tag><Key>k</Key><Value>v</Value><More/></Tag>"
                                    "</TagSet></T>"));
    assert_false(accepts("NoSuchType", "<T/>"));
}

static void words_numbers_truth_and_dates_are_checked(void **state)
{
    (void)state;
    assert_true(accepts("VersioningConfiguration", "<V><Status>Enabled</Status></V>"));
    assert_false(accepts("VersioningConfiguration", "<V><Status>enabled</Status></V>"));
    assert_true(accepts("LifecycleExpiration", "<E><Days> 7 </Days></E>"));
    assert_false(accepts("LifecycleExpiration", "<E><Days>many</Days></E>"));
    assert_true(accepts("LifecycleExpiration", "<E><Date>2030-01-01T00:00:00Z</Date></E>"));
    assert_false(accepts("LifecycleExpiration", "<E><Date>tomorrow</Date></E>"));
    assert_false(
        accepts("PublicAccessBlockConfiguration", "<P><BlockPublicAcls>yes</BlockPublicAcls></P>"));
    assert_false(accepts("Tag", "<T><Key><Deep/></Key><Value/></T>"));
}

static void a_number_that_is_not_there_is_zero(void **state)
{
    (void)state;
    struct arena arena;
    const struct xml_element *root = NULL;
    arena_init(&arena, (size_t)64 * 1024);
    assert_ok(xml_parse(SLICE("<E><Days> 7 </Days></E>"), &arena, &root));
    assert_int_equal(s3_schema_number(root, "Days"), 7);
    assert_int_equal(s3_schema_number(root, "Years"), 0);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_required_must_be_there_once),
        cmocka_unit_test(what_is_not_known_is_refused_at_every_depth),
        cmocka_unit_test(words_numbers_truth_and_dates_are_checked),
        cmocka_unit_test(a_number_that_is_not_there_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
