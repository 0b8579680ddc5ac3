/* What a daemon makes of a mailbox, whoever wrote what into it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/isolation/isolated_log.h"
#include "emulator/isolation/isolated_order.h"
#include "emulator/isolation/isolated_outcome.h"
#include "emulator/isolation/isolated_puts.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/mailbox_bell.h"
#include "emulator/isolation/wire.h"
#include "emulator/transform/plugin_backend.h"
#include "emulator/transform/runtime_plugin.h"
#include "tests/lib/asserts.h"

#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

static struct mailbox mailbox;
static struct arena arena;
static struct plugin_run helper; /* what the helper worked on */
static struct plugin_run daemon_run;

static const struct lambda_record records[] = {
    {SLICE_INIT("a"), SLICE_INIT("first"), 1, NULL},
    {SLICE_INIT("b"), SLICE_INIT("second"), 2, NULL},
};

enum { COUNT = sizeof(records) / sizeof(records[0]) };

static struct lambda_record_result results[COUNT];

static void make_run(struct plugin_run *run)
{
    memset(run, 0, sizeof(*run));
    arena_init(&run->arena, ARENA_BYTES);
    run->has_batch = true;
    run->memory_mb = 128;
    run->batch = (struct lambda_batch){.records = records, .record_count = COUNT};
}

static int set_up(void **state)
{
    (void)state;
    assert_ok(mailbox_create(&mailbox));
    arena_init(&arena, ARENA_BYTES);
    make_run(&helper);
    make_run(&daemon_run);
    memset(results, 0, sizeof(results));
    helper.results = results;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    arena_clear(&helper.arena);
    arena_clear(&daemon_run.arena);
    mailbox_close(&mailbox);
    return 0;
}

/* The first record made anew with a key, the second as it came, from its second byte on. */
static void write_good_outcome(void)
{
    static const struct partition_key key = {SLICE_INIT("name"), SLICE_INIT("value")};
    size_t used = 0;
    results[0] =
        (struct lambda_record_result){.kind = LAMBDA_RESULT_OK, .keys = &key, .key_count = 1};
    assert_ok(isolated_outcome_keep(&mailbox, SLICE("made anew"), &used, &results[0].data));
    results[1] = (struct lambda_record_result){.kind = LAMBDA_RESULT_OK,
                                               .data = slice_from(records[1].data, 1)};
    helper.outcome = LAMBDA_OK;
    assert_ok(isolated_outcome_write(&mailbox, &helper, used));
}

static void what_the_helper_wrote_is_what_the_daemon_reads(void **state)
{
    (void)state;
    write_good_outcome();
    assert_ok(isolated_outcome_read(&mailbox, &daemon_run));
    assert_int_equal(daemon_run.outcome, LAMBDA_OK);
    assert_slice(daemon_run.results[0].data, "made anew");
    assert_int_equal(daemon_run.results[0].key_count, 1);
    assert_slice(daemon_run.results[0].keys[0].name, "name");
    assert_slice(daemon_run.results[0].keys[0].value, "value");
    assert_slice(daemon_run.results[1].data, "econd");
}

static void what_was_read_changes_no_more(void **state)
{
    (void)state;
    write_good_outcome();
    assert_ok(isolated_outcome_read(&mailbox, &daemon_run));
    for (unsigned area = 0; area < MAILBOX_AREAS; area++)
        memset(mailbox_at(&mailbox, (enum mailbox_area)area), 0xff,
               mailbox_room((enum mailbox_area)area));
    assert_slice(daemon_run.results[0].data, "made anew");
    assert_slice(daemon_run.results[0].keys[0].name, "name");
    assert_slice(daemon_run.results[1].data, "econd");
}

static void a_failure_is_told_as_in_process(void **state)
{
    (void)state;
    helper.outcome = LAMBDA_FUNCTION_ERROR;
    helper.error_type = "Test.Type";
    helper.error_message = "not \xff valid";
    helper.init_failed = true;
    assert_ok(isolated_outcome_write(&mailbox, &helper, 0));
    assert_ok(isolated_outcome_read(&mailbox, &daemon_run));
    assert_int_equal(daemon_run.outcome, LAMBDA_FUNCTION_ERROR);
    assert_true(daemon_run.init_failed);
    assert_slice(daemon_run.payload, "{\"errorMessage\":\"not \xef\xbf\xbd valid\",\"errorType\":"
                                     "\"Test.Type\"}");
}

/* ---- the numbers of one result: kind, place, offset, length, keys --------------------------- */

static void write_numbers(const int64_t *numbers, size_t count)
{
    struct wire_writer w = {.ptr = mailbox_at(&mailbox, MAILBOX_OUT),
                            .room = mailbox_room(MAILBOX_OUT)};
    for (size_t i = 0; i < count; i++)
        wire_put_number(&w, numbers[i]);
    mailbox_set_bytes(&mailbox, MAILBOX_OUT, w.len);
}

/* outcome, init_failed, init_us, duration_us, used_bytes, no type, no message, no payload */
#define HEAD LAMBDA_OK, 0, 0, 0, 0, 0, 0, 0
#define DROPPED LAMBDA_RESULT_DROPPED, 0, 0

static void nothing_outside_of_a_record_or_of_what_was_kept_is_a_records_data(void **state)
{
    (void)state;
    static const int64_t cases[][8 + 5 + 3] = {
        {HEAD, LAMBDA_RESULT_OK, 1, 0, 6, 0, DROPPED}, /* "first" has 5 */
        {HEAD, LAMBDA_RESULT_OK, 1, 6, 0, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 1, -1, 1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 1, 1, -1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 1, INT64_MAX, INT64_MAX, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 2, 0, 11, 0, DROPPED}, /* 10 were kept */
        {HEAD, LAMBDA_RESULT_OK, 2, 10, 1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 2, INT64_MIN, 1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 3, 0, 1, 0, DROPPED}, /* there is no such place */
        {HEAD, LAMBDA_RESULT_OK, -1, 0, 1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_BAD_DATA, 1, 0, 1, 0, DROPPED}, /* no helper says that */
        {HEAD, -1, 1, 0, 1, 0, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 1, 0, 1, PARTITION_KEYS_MAX + 1, DROPPED},
        {HEAD, LAMBDA_RESULT_OK, 1, 0, 1, 1, DROPPED}, /* a key that is not there */
        {HEAD, LAMBDA_RESULT_OK, 1, 0, 1, -1, DROPPED},
    };
    memset(mailbox_at(&mailbox, MAILBOX_KEPT), 'k', 10);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mailbox_set_bytes(&mailbox, MAILBOX_KEPT, 10);
        write_numbers(cases[i], sizeof(cases[i]) / sizeof(cases[i][0]));
        assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
        assert_null(daemon_run.results);
    }
}

static void no_byte_is_kept_for_two_records(void **state)
{
    (void)state;
    static const int64_t shared[] = {HEAD, LAMBDA_RESULT_OK, 2, 0, 6, 0, LAMBDA_RESULT_OK, 2, 4, 6,
                                     0};
    static const int64_t apart[] = {HEAD, LAMBDA_RESULT_OK, 2, 0, 6, 0, LAMBDA_RESULT_OK, 2, 6, 4,
                                    0};
    mailbox_set_bytes(&mailbox, MAILBOX_KEPT, 10);
    write_numbers(shared, sizeof(shared) / sizeof(shared[0]));
    assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
    write_numbers(apart, sizeof(apart) / sizeof(apart[0]));
    assert_ok(isolated_outcome_read(&mailbox, &daemon_run));
}

static void results_too_few_or_too_many_are_none(void **state)
{
    (void)state;
    static const int64_t few[] = {HEAD, DROPPED};
    static const int64_t many[] = {HEAD, DROPPED, DROPPED, DROPPED};
    write_numbers(few, sizeof(few) / sizeof(few[0]));
    assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
    write_numbers(many, sizeof(many) / sizeof(many[0]));
    assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
    mailbox_set_bytes(&mailbox, MAILBOX_OUT, 0);
    assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
}

static void an_outcome_no_helper_tells_is_none(void **state)
{
    (void)state;
    static const int64_t outcomes[] = {LAMBDA_TIMED_OUT,
                                       LAMBDA_MALFORMED,
                                       LAMBDA_NOT_FOUND,
                                       LAMBDA_THROTTLED,
                                       LAMBDA_FUNCTION_ERROR,
                                       99,
                                       -1};
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        const int64_t numbers[] = {outcomes[i], 0, 0, 0, 0, 0, 0, 0};
        write_numbers(numbers, sizeof(numbers) / sizeof(numbers[0]));
        assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
    }
}

static void a_count_of_bytes_beyond_the_area_is_cut_to_it(void **state)
{
    (void)state;
    struct slice copy;
    write_good_outcome();
    mailbox_set_bytes(&mailbox, MAILBOX_KEPT, SIZE_MAX);
    mailbox_set_bytes(&mailbox, MAILBOX_OUT, SIZE_MAX);
    assert_int_equal(mailbox_bytes(&mailbox, MAILBOX_OUT), mailbox_room(MAILBOX_OUT));
    assert_status(isolated_outcome_read(&mailbox, &daemon_run), STATUS_INVALID);
    assert_ok(mailbox_snapshot(&mailbox, MAILBOX_OUT, SIZE_MAX, &arena, &copy));
    assert_int_equal(copy.len, 0);
}

/* Numbers at random in a good outcome: whatever is read, all of it can be looked at. */
static void scribbling_never_leads_out_of_the_copy(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252U;
    volatile unsigned sum = 0;
    for (int round = 0; round < 20000; round++) {
        write_good_outcome();
        size_t len = mailbox_bytes(&mailbox, MAILBOX_OUT);
        for (int i = 0; i < 3; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            mailbox_at(&mailbox, MAILBOX_OUT)[random % len] = (char)(random >> 32);
        }
        make_run(&daemon_run);
        if (isolated_outcome_read(&mailbox, &daemon_run) == STATUS_OK && daemon_run.results != NULL)
            for (size_t i = 0; i < COUNT; i++)
                for (size_t at = 0; at < daemon_run.results[i].data.len; at++)
                    sum += (unsigned char)daemon_run.results[i].data.ptr[at];
        arena_clear(&daemon_run.arena);
    }
}

/* ---- rows and log ------------------------------------------------------------------------ */

static void write_calls(const int64_t *numbers, size_t count)
{
    struct wire_writer w = {.ptr = mailbox_at(&mailbox, MAILBOX_CALLS),
                            .room = mailbox_room(MAILBOX_CALLS)};
    for (size_t i = 0; i < count; i++)
        wire_put_number(&w, numbers[i]);
    mailbox_set_bytes(&mailbox, MAILBOX_CALLS, w.len);
}

static void rows_and_answers_come_over(void **state)
{
    (void)state;
    struct plugin_put puts[PLUGIN_PUTS_MAX] = {{.input = SLICE("{\"a\":1}")},
                                               {.input = SLICE("{\"b\":2}")}};
    struct plugin_put got[PLUGIN_PUTS_MAX];
    size_t count = 0;
    assert_ok(isolated_puts_write(&mailbox, puts, 2));
    assert_ok(isolated_puts_read(&mailbox, &arena, got, &count));
    assert_int_equal(count, 2);
    assert_slice(got[1].input, "{\"b\":2}");
    got[0].http_status = 200;
    got[0].output = SLICE("{}");
    got[1].http_status = 400;
    got[1].output = SLICE("no");
    isolated_puts_write_answers(&mailbox, STATUS_OK, got, 2);
    assert_ok(isolated_puts_read_answers(&mailbox, puts, 2));
    assert_int_equal(puts[1].http_status, 400);
    assert_slice(puts[1].output, "no");
    isolated_puts_write_answers(&mailbox, STATUS_NO_MEMORY, got, 2);
    assert_status(isolated_puts_read_answers(&mailbox, puts, 2), STATUS_NO_MEMORY);
}

static void answers_too_large_are_said_to_be(void **state)
{
    (void)state;
    size_t size = mailbox_room(MAILBOX_CALLS);
    char *large = arena_zalloc(&arena, size);
    struct plugin_put put = {.http_status = 200, .output = {large, size}};
    isolated_puts_write_answers(&mailbox, STATUS_OK, &put, 1);
    assert_status(isolated_puts_read_answers(&mailbox, &put, 1), STATUS_TOO_LARGE);
}

static void rows_that_make_no_sense_are_none(void **state)
{
    (void)state;
    struct plugin_put puts[PLUGIN_PUTS_MAX];
    size_t count = 0;
    static const int64_t cases[][2] = {
        {0, 0}, {-1, 0}, {PLUGIN_PUTS_MAX + 1, 0}, {1, 1}, {1, INT64_MAX}, {1, -1}, {2, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_calls(cases[i], 2);
        assert_status(isolated_puts_read(&mailbox, &arena, puts, &count), STATUS_INVALID);
    }
    mailbox_set_bytes(&mailbox, MAILBOX_CALLS, 0);
    assert_status(isolated_puts_read(&mailbox, &arena, puts, &count), STATUS_INVALID);
}

static void count_entry(void *ctx, const struct isolated_log_entry *entry)
{
    size_t *count = ctx;
    *count += entry->is_start ? 1000 : entry->text.len;
}

static void log_lines_come_over_once(void **state)
{
    (void)state;
    size_t used = 0;
    size_t taken = 0;
    size_t count = 0;
    assert_ok(
        isolated_log_write(&mailbox, &(struct isolated_log_entry){.text = SLICE("four")}, &used));
    assert_ok(isolated_log_read(&mailbox, &arena, &taken, &count, count_entry));
    assert_ok(isolated_log_write(&mailbox, &(struct isolated_log_entry){.is_start = true}, &used));
    assert_ok(isolated_log_read(&mailbox, &arena, &taken, &count, count_entry));
    assert_ok(isolated_log_read(&mailbox, &arena, &taken, &count, count_entry));
    assert_int_equal(count, 1004);
}

static void a_log_that_makes_no_sense_ends_where_it_does(void **state)
{
    (void)state;
    size_t used = 0;
    size_t taken = 0;
    size_t count = 0;
    assert_ok(
        isolated_log_write(&mailbox, &(struct isolated_log_entry){.text = SLICE("four")}, &used));
    memset(mailbox_at(&mailbox, MAILBOX_LOG) + used, 0xff, 100);
    mailbox_set_bytes(&mailbox, MAILBOX_LOG, used + 100);
    assert_status(isolated_log_read(&mailbox, &arena, &taken, &count, count_entry), STATUS_INVALID);
    assert_int_equal(count, 4);
    assert_int_equal(taken, used + 100);
    taken = 0;
    memset(mailbox_at(&mailbox, MAILBOX_LOG), 0, 4096); /* nothing, logged again and again */
    assert_status(isolated_log_read(&mailbox, &arena, &taken, &count, count_entry), STATUS_INVALID);
    assert_int_equal(count, 4);
}

/* ---- the mailbox itself ------------------------------------------------------------------ */

static void the_memory_can_be_neither_shrunk_nor_grown(void **state)
{
    (void)state;
    assert_int_not_equal(ftruncate(mailbox.file, 0), 0);
    assert_int_not_equal(ftruncate(mailbox.file, (off_t)1 << 30), 0);
}

static void an_emptied_mailbox_holds_on_to_nothing_large(void **state)
{
    (void)state;
    memset(mailbox_at(&mailbox, MAILBOX_IN), 1, mailbox_room(MAILBOX_IN));
    mailbox_set_bytes(&mailbox, MAILBOX_IN, mailbox_room(MAILBOX_IN));
    mailbox_empty(&mailbox);
    assert_int_equal(mailbox_bytes(&mailbox, MAILBOX_IN), 0);
    assert_int_equal(mailbox_at(&mailbox, MAILBOX_IN)[mailbox_room(MAILBOX_IN) - 1], 0);
}

static void a_bell_that_blocks_does_not_make_the_daemon_wait(void **state)
{
    (void)state;
    int bell = mailbox_bell_open();
    assert_true(bell >= 0);
    assert_int_equal(fcntl(bell, F_SETFL, 0), 0); /* the helper can do that, too */
    assert_int_equal(mailbox_bell_take(&mailbox, bell), MAILBOX_NOTHING);
    mailbox_bell_ring(&mailbox, bell, MAILBOX_ANSWERED);
    assert_int_equal(mailbox_bell_take(&mailbox, bell), MAILBOX_ANSWERED);
    assert_int_equal(mailbox_bell_take(&mailbox, bell), MAILBOX_NOTHING);
    (void)close(bell);
}

static void a_batch_that_has_no_room_is_refused(void **state)
{
    (void)state;
    const struct isolated_order order = {.clock_is_real = false};
    size_t size = mailbox_room(MAILBOX_IN);
    char *large = arena_zalloc(&arena, size);
    const struct lambda_record record = {SLICE("a"), {large, size}, 1, NULL};
    helper.file_path = "f.so";
    helper.function_name = "f";
    helper.batch = (struct lambda_batch){.records = &record, .record_count = 1};
    assert_status(isolated_order_write(&mailbox, &helper, &order), STATUS_TOO_LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_helper_wrote_is_what_the_daemon_reads),
        TEST(what_was_read_changes_no_more),
        TEST(a_failure_is_told_as_in_process),
        TEST(nothing_outside_of_a_record_or_of_what_was_kept_is_a_records_data),
        TEST(no_byte_is_kept_for_two_records),
        TEST(results_too_few_or_too_many_are_none),
        TEST(an_outcome_no_helper_tells_is_none),
        TEST(a_count_of_bytes_beyond_the_area_is_cut_to_it),
        TEST(scribbling_never_leads_out_of_the_copy),
        TEST(rows_and_answers_come_over),
        TEST(answers_too_large_are_said_to_be),
        TEST(rows_that_make_no_sense_are_none),
        TEST(log_lines_come_over_once),
        TEST(a_log_that_makes_no_sense_ends_where_it_does),
        TEST(the_memory_can_be_neither_shrunk_nor_grown),
        TEST(an_emptied_mailbox_holds_on_to_nothing_large),
        TEST(a_bell_that_blocks_does_not_make_the_daemon_wait),
        TEST(a_batch_that_has_no_room_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
