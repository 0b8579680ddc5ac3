#include "emulator/delivery/delivery_buffer.h"
#include "storage/record_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct delivery_limits limits = {.size_bytes = 100, .interval_ms = 1000};
static const struct delivery_limits event_limits = {100, 1000, 1200, 0};

static void add(struct store_fixture *f, struct delivery_buffer *b, int64_t bytes, int64_t at_ms)
{
    const struct record_store_chunk chunk = {.id = b->last_id + 1,
                                             .records = 1,
                                             .bytes = bytes,
                                             .oldest_ms = at_ms - 1,
                                             .queued_ms = at_ms};
    assert_ok(record_store_append(f->db, &chunk));
    delivery_buffer_count(b, chunk.id, 1, bytes, at_ms);
}

static struct delivery_buffer make(void)
{
    struct delivery_buffer b;
    delivery_buffer_init(&b, NULL, STAGE_PROCESS, record_store_first_id(record_store_buffer(1, 0)));
    return b;
}

/* A list's head points to itself: set it up again where it stands now. */
#define MAKE(b)                        \
    struct delivery_buffer b = make(); \
    list_init(&(b).claims)

static void an_empty_buffer_is_never_due(void **state)
{
    (void)state;
    MAKE(b);
    assert_false(delivery_buffer_is_due(&b, &limits, INT64_MAX / 2));
    assert_int_equal(delivery_buffer_due_ms(&b, &limits), INT64_MAX);
}

static void it_is_due_by_interval_size_or_flush(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    add(f, &b, 60, 500);
    assert_int_equal(delivery_buffer_due_ms(&b, &limits), 1500);
    assert_false(delivery_buffer_is_due(&b, &limits, 1499));
    assert_true(delivery_buffer_is_due(&b, &limits, 1500));
    b.flush_through_id = b.last_id;
    assert_true(delivery_buffer_is_due(&b, &limits, 500));
    b.flush_through_id = 0;
    add(f, &b, 40, 600);
    assert_true(delivery_buffer_is_due(&b, &limits, 600));
    b.not_before_ms = 9000;
    assert_false(delivery_buffer_is_due(&b, &limits, 8999));
    assert_int_equal(delivery_buffer_due_ms(&b, &limits), 9000);
}

static void tiny_records_fill_an_event_by_their_number(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    for (int i = 0; i < 4; i++)
        add(f, &b, 0, 0);
    assert_false(delivery_buffer_is_due(&b, &event_limits, 0));
    add(f, &b, 0, 0);
    assert_true(delivery_buffer_is_due(&b, &event_limits, 0));
    struct delivery_claim claim;
    assert_ok(delivery_buffer_claim(&b, f->db, &event_limits, true, &claim));
    assert_int_equal(claim.records, 4);
    assert_true(delivery_buffer_event_bytes(claim.records, claim.bytes) <= 1200);
}

static void a_hard_claim_fits_and_a_soft_one_reaches_the_size(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    for (int i = 0; i < 6; i++)
        add(f, &b, 40, i);
    struct delivery_claim hard;
    struct delivery_claim soft;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &hard));
    assert_int_equal(hard.bytes, 80);
    assert_int_equal(hard.oldest_ms, -1);
    assert_int_equal(b.first_queued_ms, 2);
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, false, &soft));
    assert_int_equal(soft.bytes, 120);
    assert_int_equal(soft.queued_ms, 2);
    assert_int_equal(b.records, 1);
    assert_int_equal(b.first_queued_ms, 5);
}

static void a_record_larger_than_the_limit_goes_alone(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    add(f, &b, 500, 0);
    add(f, &b, 1, 0);
    struct delivery_claim claim;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &claim));
    assert_int_equal(claim.records, 1);
    assert_int_equal(claim.bytes, 500);
}

static void what_is_given_back_waits_again_and_is_claimed_first(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    for (int i = 0; i < 4; i++)
        add(f, &b, 60, i);
    struct delivery_claim first;
    struct delivery_claim second;
    struct delivery_claim again;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &first));
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &second));
    delivery_buffer_give_back(&b, &first);
    assert_int_equal(b.records, 3);
    assert_int_equal(b.first_queued_ms, 0);
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, false, &again));
    assert_int_equal(again.first_id, first.first_id);
    assert_int_equal(again.records, 1); /* never over another claim */
    assert_int_equal(b.first_queued_ms, 2);
}

static void settled_chunks_are_not_looked_for_again(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    add(f, &b, 60, 0);
    add(f, &b, 60, 1);
    struct delivery_claim claim;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &claim));
    assert_ok(record_store_delete(f->db, claim.first_id, claim.last_id));
    delivery_buffer_settle(&claim);
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &claim));
    assert_int_equal(claim.queued_ms, 1);
    assert_int_equal(b.records, 0);
    struct delivery_claim none;
    assert_status(delivery_buffer_claim(&b, f->db, &limits, true, &none), STATUS_END);
}

static void counters_that_promise_too_much_are_put_right(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    add(f, &b, 60, 0);
    delivery_buffer_count(&b, b.last_id + 1, 5, 500, 0); /* of a unit that was undone */
    struct delivery_claim claim;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, false, &claim));
    assert_int_equal(claim.records, 1);
    assert_int_equal(b.records, 0);
    assert_false(delivery_buffer_is_due(&b, &limits, INT64_MAX / 2));
}

static void a_recount_leaves_out_what_is_in_flight(void **state)
{
    struct store_fixture *f = *state;
    MAKE(b);
    for (int i = 0; i < 3; i++)
        add(f, &b, 60, i);
    struct delivery_claim claim;
    assert_ok(delivery_buffer_claim(&b, f->db, &limits, true, &claim));
    b.records = 77;
    assert_ok(delivery_buffer_recount(&b, f->db, 3, 180, b.last_id));
    assert_int_equal(b.records, 2);
    assert_int_equal(b.bytes, 120);
    assert_int_equal(b.first_queued_ms, 1);
}

int main(void)
{
#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, store_fixture_set_up, store_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_empty_buffer_is_never_due),
        TEST(it_is_due_by_interval_size_or_flush),
        TEST(tiny_records_fill_an_event_by_their_number),
        TEST(a_hard_claim_fits_and_a_soft_one_reaches_the_size),
        TEST(a_record_larger_than_the_limit_goes_alone),
        TEST(what_is_given_back_waits_again_and_is_claimed_first),
        TEST(settled_chunks_are_not_looked_for_again),
        TEST(counters_that_promise_too_much_are_put_right),
        TEST(a_recount_leaves_out_what_is_in_flight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
