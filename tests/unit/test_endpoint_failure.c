#include "emulator/delivery/endpoint_failure.h"

#include "tests/unit/endpoint_fixture.h"

static struct endpoint_failure failure;

static enum status make(const struct store_fixture *f, int64_t records)
{
    failure = (struct endpoint_failure){
        .db = f->db,
        .first_id = ENDPOINT_FIRST_ID,
        .last_id = ENDPOINT_FIRST_ID + 1,
        .records = records,
        .code = SLICE("HttpEndpoint.ConnectionFailed"),
        .message = SLICE("no \"one\""),
        .attempts = 5,
        .ended_ms = 9000,
    };
    return endpoint_failure_make(&failure);
}

static int tear_down(void **state)
{
    text_close(&failure.text);
    return store_fixture_tear_down(state);
}

/* Id 1 << 42 | 1 << 32 | 1 and the next one. */
static void every_record_becomes_a_line(void **state)
{
    static const char *const lines[] = {
        "{\"attemptsMade\":5,\"arrivalTimestamp\":1000,"
        "\"errorCode\":\"HttpEndpoint.ConnectionFailed\",\"errorMessage\":\"no \\\"one\\\"\","
        "\"attemptEndingTimestamp\":9000,\"rawData\":\"b25l\",\"subsequenceNumber\":0,"
        "\"dataId\":\"49000000000000000000000440234147840100000000000000000000.0\"}\n",
        "{\"attemptsMade\":5,\"arrivalTimestamp\":2000,"
        "\"errorCode\":\"HttpEndpoint.ConnectionFailed\",\"errorMessage\":\"no \\\"one\\\"\","
        "\"attemptEndingTimestamp\":9000,\"rawData\":\"\",\"subsequenceNumber\":0,"
        "\"dataId\":\"49000000000000000000000440234147840100000000000000000001.0\"}\n",
        "{\"attemptsMade\":5,\"arrivalTimestamp\":3000,"
        "\"errorCode\":\"HttpEndpoint.ConnectionFailed\",\"errorMessage\":\"no \\\"one\\\"\","
        "\"attemptEndingTimestamp\":9000,\"rawData\":\"AP8=\",\"subsequenceNumber\":0,"
        "\"dataId\":\"49000000000000000000000440234147840200000000000000000000.0\"}\n",
    };
    assert_ok(make(*state, 3));
    assert_int_equal(failure.count, 1);
    assert_int_equal(failure.chunks[0].records, 3);
    assert_int_equal(failure.chunks[0].oldest_ms, 1000);
    struct record_chunk_reader reader;
    struct slice line;
    int64_t arrival_ms = 0;
    assert_ok(record_chunk_open(failure.chunks[0].packed, &reader));
    for (int64_t i = 0; i < 3; i++) {
        assert_true(record_chunk_next(&reader, &line, &arrival_ms));
        assert_slice(line, lines[i]);
        assert_int_equal(arrival_ms, 1000 * (i + 1));
    }
    assert_false(record_chunk_next(&reader, &line, &arrival_ms));
}

static void other_records_than_were_counted_are_corrupt(void **state)
{
    assert_status(make(*state, 4), STATUS_CORRUPT);
}

static void more_records_than_were_counted_are_an_error(void **state)
{
    assert_int_not_equal(make(*state, 2), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_record_becomes_a_line, endpoint_fixture_set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(other_records_than_were_counted_are_corrupt,
                                        endpoint_fixture_set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_records_than_were_counted_are_an_error,
                                        endpoint_fixture_set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
