#include "emulator/delivery/endpoint_request.h"

#include <zlib.h>

#include "tests/unit/endpoint_fixture.h"

#define BODY                                                                               \
    "{\"requestId\":\"r-1\",\"timestamp\":1578090901599,\"records\":[{\"data\":\"b25l\"}," \
    "{\"data\":\"\"},{\"data\":\"AP8=\"}]}"

static struct endpoint_request request_of(const struct store_fixture *f)
{
    return (struct endpoint_request){
        .db = f->db,
        .first_id = ENDPOINT_FIRST_ID,
        .last_id = ENDPOINT_FIRST_ID + 1,
        .request_id = SLICE("r-1"),
        .timestamp_ms = 1578090901599,
    };
}

static void every_record_is_an_object_in_its_order(void **state)
{
    struct endpoint_request request = request_of(*state);
    struct text body;
    int64_t records = 0;
    text_init(&body, 65536);
    assert_ok(endpoint_request_make(&request, &body, &records));
    assert_slice(text_slice(&body), BODY);
    assert_int_equal(records, 3);
    text_close(&body);
}

static void only_the_claimed_chunks_are_in_it(void **state)
{
    struct endpoint_request request = request_of(*state);
    struct text body;
    int64_t records = 0;
    text_init(&body, 65536);
    request.first_id++;
    assert_ok(endpoint_request_make(&request, &body, &records));
    assert_slice(text_slice(&body), "{\"requestId\":\"r-1\",\"timestamp\":1578090901599,"
                                    "\"records\":[{\"data\":\"AP8=\"}]}");
    assert_int_equal(records, 1);
    text_close(&body);
}

static void gzip_is_of_the_same_body(void **state)
{
    struct endpoint_request request = request_of(*state);
    struct text body;
    int64_t records = 0;
    char plain[1024];
    z_stream inflating = {0};
    text_init(&body, 65536);
    request.is_gzip = true;
    assert_ok(endpoint_request_make(&request, &body, &records));
    assert_int_equal(inflateInit2(&inflating, 15 + 16), Z_OK);
    inflating.next_in = (Bytef *)body.ptr;
    inflating.avail_in = (uInt)body.len;
    inflating.next_out = (Bytef *)plain;
    inflating.avail_out = sizeof(plain);
    assert_int_equal(inflate(&inflating, Z_FINISH), Z_STREAM_END);
    assert_int_equal(inflating.avail_in, 0);
    assert_slice(slice_make(plain, inflating.total_out), BODY);
    (void)inflateEnd(&inflating);
    text_close(&body);
}

static void a_body_beyond_its_maximum_is_too_large(void **state)
{
    struct endpoint_request request = request_of(*state);
    struct text body;
    int64_t records = 7;
    text_init(&body, 80);
    assert_status(endpoint_request_make(&request, &body, &records), STATUS_TOO_LARGE);
    assert_int_equal(records, 7);
    text_close(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_record_is_an_object_in_its_order,
                                        endpoint_fixture_set_up, store_fixture_tear_down),
        cmocka_unit_test_setup_teardown(only_the_claimed_chunks_are_in_it, endpoint_fixture_set_up,
                                        store_fixture_tear_down),
        cmocka_unit_test_setup_teardown(gzip_is_of_the_same_body, endpoint_fixture_set_up,
                                        store_fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_body_beyond_its_maximum_is_too_large,
                                        endpoint_fixture_set_up, store_fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
