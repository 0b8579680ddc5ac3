#include "storage/bucket_setting_store.h"

#include "tests/unit/s3_fixture.h"

static void put(struct s3_fixture *f, const char *kind, const char *id, const char *body)
{
    const struct bucket_setting setting = {.bucket_id = f->bucket_id,
                                           .kind = slice_of(kind),
                                           .id = slice_of(id),
                                           .body = slice_of(body)};
    assert_ok(bucket_setting_put(f->db, &setting));
}

static enum status find(struct s3_fixture *f, const char *kind, const char *id,
                        struct bucket_setting *setting)
{
    *setting = (struct bucket_setting){
        .bucket_id = f->bucket_id, .kind = slice_of(kind), .id = slice_of(id)};
    return bucket_setting_find(f->db, &f->arena, setting);
}

static void a_setting_is_replaced_and_deleted(void **state)
{
    struct s3_fixture *f = *state;
    struct bucket_setting setting;
    put(f, "cors", "", "one");
    put(f, "cors", "", "two");
    assert_ok(find(f, "cors", "", &setting));
    assert_slice(setting.body, "two");
    assert_ok(bucket_setting_delete(f->db, &setting));
    assert_status(find(f, "cors", "", &setting), STATUS_NOT_FOUND);
    assert_status(bucket_setting_delete(f->db, &setting), STATUS_NOT_FOUND);
}

static void settings_of_a_kind_are_listed_by_id_in_pages(void **state)
{
    struct s3_fixture *f = *state;
    put(f, "metrics", "b", "B");
    put(f, "metrics", "a", "A");
    put(f, "inventory", "a", "I");
    struct bucket_setting_list list = {
        .bucket_id = f->bucket_id, .kind = SLICE("metrics"), .after = SLICE(""), .max = 1};
    assert_ok(bucket_setting_list(f->db, &f->arena, &list));
    assert_true(list.is_truncated);
    assert_slice(list.settings[0].body, "A");
    list.after = list.settings[0].id;
    assert_ok(bucket_setting_list(f->db, &f->arena, &list));
    assert_false(list.is_truncated);
    assert_slice(list.settings[0].body, "B");
}

static void settings_go_with_their_bucket(void **state)
{
    struct s3_fixture *f = *state;
    int64_t bucket = 0;
    struct bucket_setting setting;
    put(f, "lifecycle", "", "x");
    assert_ok(bucket_setting_next(f->db, SLICE("lifecycle"), 0, &bucket));
    assert_int_equal(bucket, f->bucket_id);
    assert_status(bucket_setting_next(f->db, SLICE("lifecycle"), bucket, &bucket),
                  STATUS_NOT_FOUND);
    assert_ok(bucket_store_delete(f->db, f->bucket_id));
    assert_status(find(f, "lifecycle", "", &setting), STATUS_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_setting_is_replaced_and_deleted),
        TEST(settings_of_a_kind_are_listed_by_id_in_pages),
        TEST(settings_go_with_their_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
