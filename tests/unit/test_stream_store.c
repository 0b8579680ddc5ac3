#include "storage/query.h"
#include "storage/stream_store.h"
#include "tests/lib/temporary_db.h"

static int set_up(void **state)
{
    static struct temporary_db disk;
    temporary_db_open(&disk);
    *state = &disk;
    return 0;
}

static int tear_down(void **state)
{
    temporary_db_close(*state);
    return 0;
}

static void append(struct db *db, int64_t stream_id, int64_t now_ms, int count)
{
    struct stream_record record = {
        .stream_id = stream_id,
        .created_ms = now_ms,
        .event = STREAM_MODIFY,
        .event_id = "0123456789abcde",
        .size = 12,
        .keys = SLICE("keys"),
        .has_new_image = true,
        .new_image = SLICE("new"),
    };
    for (int i = 0; i < count; i++)
        assert_ok(stream_store_append(db, &record));
}

static void a_record_is_kept_as_it_was(void **state)
{
    static const char find[] = "SELECT event, size, keys, old_image, new_image, event_id"
                               " FROM dynamodb_stream_record WHERE stream_id = 3";
    struct temporary_db *disk = *state;
    struct query q;
    db_unit_begin(disk->db);
    append(disk->db, 3, 1000, 1);
    assert_ok(db_unit_end(disk->db, true));

    query_begin(&q, disk->db, find);
    assert_true(query_step(&q));
    assert_int_equal(query_integer(&q, 0), STREAM_MODIFY);
    assert_int_equal(query_integer(&q, 1), 12);
    assert_slice(query_slice(&q, 2), "keys");
    assert_true(query_is_null(&q, 3));
    assert_slice(query_slice(&q, 4), "new");
    assert_int_equal(query_slice(&q, 5).len, STREAM_EVENT_ID_BYTES);
    assert_false(query_step(&q));
    assert_ok(query_end(&q));
}

static void records_older_than_a_day_go_and_no_others(void **state)
{
    static const char count[] = "SELECT min(created_ms), count(*) FROM dynamodb_stream_record"
                                " WHERE stream_id = ?";
    struct temporary_db *disk = *state;
    struct query q;
    db_unit_begin(disk->db);
    append(disk->db, 1, 1000, 100);
    append(disk->db, 2, 1000, 1);
    append(disk->db, 1, 1001 + STREAM_RETENTION_MS, 64);
    assert_ok(db_unit_end(disk->db, true));

    query_begin(&q, disk->db, count);
    query_bind_integer(&q, 1);
    assert_true(query_step(&q));
    assert_int_equal(query_integer(&q, 0), 1001 + STREAM_RETENTION_MS);
    assert_int_equal(query_integer(&q, 1), 64);
    assert_ok(query_end(&q));
    query_begin(&q, disk->db, count);
    query_bind_integer(&q, 2);
    assert_true(query_step(&q));
    assert_int_equal(query_integer(&q, 1), 1);
    assert_ok(query_end(&q));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_is_kept_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_older_than_a_day_go_and_no_others, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
