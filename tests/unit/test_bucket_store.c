#include "tests/unit/s3_fixture.h"

static void make(struct s3_fixture *f, const char *name, const char *account, const char *region)
{
    const struct bucket bucket = {.name = slice_of(name),
                                  .account = slice_of(account),
                                  .region = slice_of(region),
                                  .location = slice_of("EU"),
                                  .created_ms = 7};
    assert_ok(bucket_store_create(f->db, &bucket));
}

static void a_bucket_is_found_as_it_was_made(void **state)
{
    struct s3_fixture *f = *state;
    struct bucket found;
    make(f, "music", "111111111111", "eu-west-1");
    assert_ok(bucket_store_find(f->db, SLICE("music"), &f->arena, &found));
    assert_slice(found.name, "music");
    assert_slice(found.account, "111111111111");
    assert_slice(found.region, "eu-west-1");
    assert_slice(found.location, "EU");
    assert_int_equal(found.created_ms, 7);
    assert_status(bucket_store_find(f->db, SLICE("none"), &f->arena, &found), STATUS_NOT_FOUND);
}

static void a_name_is_taken_for_everyone(void **state)
{
    struct s3_fixture *f = *state;
    const struct bucket other = {.name = SLICE("photos"), .account = SLICE("999999999999")};
    struct bucket found;
    assert_status(bucket_store_create(f->db, &other), STATUS_EXISTS);
    assert_ok(bucket_store_find(f->db, SLICE("photos"), &f->arena, &found));
    assert_slice(found.account, "000000000000");
}

static void a_bucket_with_objects_stays(void **state)
{
    struct s3_fixture *f = *state;
    struct bucket found;
    s3_fixture_put(f, "k", SLICE("v"));
    assert_status(bucket_store_delete(f->db, f->bucket_id), STATUS_CONFLICT);
    assert_ok(object_store_delete(f->db, f->bucket_id, SLICE("k"), 6000));
    assert_ok(bucket_store_delete(f->db, f->bucket_id));
    assert_status(bucket_store_find(f->db, SLICE("photos"), &f->arena, &found), STATUS_NOT_FOUND);
}

static void a_list_has_one_accounts_buckets_by_name_and_in_pages(void **state)
{
    struct s3_fixture *f = *state;
    make(f, "zebra", "000000000000", "eu-west-1");
    make(f, "alpha", "000000000000", "us-east-1");
    make(f, "other", "111111111111", "us-east-1");
    struct bucket_list list = {.account = SLICE("000000000000"), .max = 2};
    assert_ok(bucket_store_list(f->db, &f->arena, &list));
    assert_int_equal(list.count, 2);
    assert_true(list.is_truncated);
    assert_slice(list.buckets[0].name, "alpha");
    assert_slice(list.buckets[1].name, "photos");
    list.after = list.buckets[1].name;
    assert_ok(bucket_store_list(f->db, &f->arena, &list));
    assert_int_equal(list.count, 1);
    assert_false(list.is_truncated);
    assert_slice(list.buckets[0].name, "zebra");
}

static void a_list_can_be_narrowed(void **state)
{
    struct s3_fixture *f = *state;
    make(f, "photos-eu", "000000000000", "eu-west-1");
    struct bucket_list by_region = {
        .account = SLICE("000000000000"), .region = SLICE("eu-west-1"), .max = 9};
    struct bucket_list by_prefix = {
        .account = SLICE("000000000000"), .prefix = SLICE("photos-"), .max = 9};
    assert_ok(bucket_store_list(f->db, &f->arena, &by_region));
    assert_ok(bucket_store_list(f->db, &f->arena, &by_prefix));
    assert_int_equal(by_region.count, 1);
    assert_slice(by_region.buckets[0].name, "photos-eu");
    assert_int_equal(by_prefix.count, 1);
    assert_slice(by_prefix.buckets[0].name, "photos-eu");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_bucket_is_found_as_it_was_made),
        TEST(a_name_is_taken_for_everyone),
        TEST(a_bucket_with_objects_stays),
        TEST(a_list_has_one_accounts_buckets_by_name_and_in_pages),
        TEST(a_list_can_be_narrowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
