/*
 * test_redrive_store.c -- how far an error object was taken whose records are put in again.
 */
#include "storage/delivery_stream_store.h"
#include "storage/redrive_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct redrive_object object = {7, SLICE_INIT("failed/a"), SLICE_INIT("etag")};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static uint64_t place_of(struct db *db, int64_t stream, const struct redrive_object *which)
{
    uint64_t place = UINT64_MAX;
    assert_ok(redrive_store_get(db, stream, which, &place));
    return place;
}

static void an_object_is_at_its_start_until_a_place_is_noted(void **state)
{
    struct db *db = db_of(state);
    assert_int_equal(place_of(db, 1, &object), 0);
    assert_ok(redrive_store_put(db, 1, &object, 100));
    assert_int_equal(place_of(db, 1, &object), 100);
    assert_ok(redrive_store_put(db, 1, &object, 5000000000));
    assert_int_equal(place_of(db, 1, &object), 5000000000);
    assert_ok(redrive_store_clear(db, 1));
    assert_int_equal(place_of(db, 1, &object), 0);
}

static void a_place_is_that_of_one_object_as_it_was(void **state)
{
    struct db *db = db_of(state);
    const struct redrive_object others[] = {
        {8, object.key, object.etag},
        {7, SLICE("failed/b"), object.etag},
        {7, object.key, SLICE("another")},
    };
    assert_ok(redrive_store_put(db, 1, &object, 100));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(place_of(db, 1, &others[i]), 0);
    assert_int_equal(place_of(db, 2, &object), 0);
    assert_ok(redrive_store_put(db, 1, &others[1], 50));
    assert_int_equal(place_of(db, 1, &object), 0);
    assert_int_equal(place_of(db, 1, &others[1]), 50);
}

static void a_place_goes_with_its_delivery_stream(void **state)
{
    struct db *db = db_of(state);
    struct delivery_stream_row row = {.account = SLICE("1"),
                                      .region = SLICE("r"),
                                      .name = SLICE("f"),
                                      .configuration = SLICE("{}")};
    assert_ok(delivery_stream_store_insert(db, &row));
    assert_ok(redrive_store_put(db, row.id, &object, 100));
    assert_ok(delivery_stream_store_delete(db, row.id));
    assert_int_equal(place_of(db, row.id, &object), 0);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_object_is_at_its_start_until_a_place_is_noted),
        TEST(a_place_is_that_of_one_object_as_it_was),
        TEST(a_place_goes_with_its_delivery_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
