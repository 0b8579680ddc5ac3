/*
 * Whatever is undone or ends in between: each record that was acknowledged ends up in exactly
 * one place, and no other record anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/base64.h"
#include "tests/lib/asserts.h"
#include "tests/unit/delivery_world.h"

#define MAX_RECORDS 4000
#define SECOND INT64_C(1000)

/* What happens to the stream's records on their way. */
enum journey { PLAIN, WITH_FUNCTION, PARTITIONED, WITH_BACKUP };

struct ledger {
    enum journey journey;
    unsigned next;                      /* number of the next record */
    unsigned char is_kept[MAX_RECORDS]; /* acknowledged */
    unsigned char seen[MAX_RECORDS];    /* how often it was found at the end */
    unsigned char backed_up[MAX_RECORDS];
};

/*
 * Record n is "r0042\n" or "fail0042\n": those go to the error output. To be partitioned it is
 * {"n":42}, which is in one of six partitions.
 */
static void name_record(enum journey journey, unsigned n, char *text, size_t size)
{
    if (journey == PARTITIONED && n % 7 != 0)
        (void)snprintf(text, size, "{\"n\":%u}\n", n);
    else
        (void)snprintf(text, size, "%s%04u\n", n % 7 == 0 ? "fail" : "r", n);
}

/* Some records in one group; all of them are acknowledged when its COMMIT works. */
static void put_group(struct world *w, struct ledger *ledger, bool is_spoilt)
{
    unsigned first = ledger->next;
    unsigned count = (unsigned)random_below(&w->random, 5) + 1;
    for (unsigned i = 0; i < count && ledger->next < MAX_RECORDS; i++) {
        char text[32];
        bool keep = random_below(&w->random, 8) != 0;
        name_record(ledger->journey, ledger->next, text, sizeof(text));
        assert_ok(world_put_in_unit(w, "s", slice_of(text), keep));
        ledger->is_kept[ledger->next++] = keep;
    }
    if (is_spoilt)
        world_spoil_commit(w);
    enum status status = world_try_commit(w);
    w->spoils_commit = false;
    for (unsigned i = first; status != STATUS_OK && i < ledger->next; i++)
        ledger->is_kept[i] = 0;
}

/* Spoils the commit of whatever the engine writes next: a timer between its steps. */
struct spoiler {
    struct sim_timer timer;
    struct world *world;
};

static void on_spoil(struct sim_timer *timer)
{
    world_spoil_commit(list_entry(timer, struct spoiler, timer)->world);
}

static void note_record(struct ledger *ledger, struct slice text, const char *start)
{
    uint64_t n = MAX_RECORDS;
    assert_true(slice_starts_with(text, slice_of(start)));
    assert_ok(slice_to_u64(slice_from(text, strlen(start)), &n));
    assert_true(n < ledger->next);
    ledger->seen[n]++;
}

static void note_error_line(struct world *w, struct ledger *ledger, struct slice line)
{
    struct slice raw = slice_from(line, strlen("{\"rawData\":\""));
    struct slice data;
    assert_ok(base64_decode(slice_first(raw, slice_find(raw, '"')), &w->arena, &data));
    note_record(ledger, slice_first(data, data.len - 1), "fail");
}

static void note_result(struct ledger *ledger, struct slice line, struct slice *rest)
{
    note_record(ledger, line, "<r");
    assert_true(slice_starts_with(*rest, SLICE(">")));
    *rest = slice_from(*rest, 1);
}

/* {"n":42} under in/<42 % 6>/. */
static void note_partitioned(struct ledger *ledger, struct slice line, const char *key)
{
    uint64_t n = 0;
    assert_true(slice_ends_with(line, SLICE("}")));
    assert_ok(slice_to_u64(slice_first(slice_from(line, 5), line.len - 6), &n));
    assert_int_equal(key[3] - '0', n % 6);
    assert_true(n < ledger->next);
    ledger->seen[n]++;
}

static void note_backup(struct ledger *ledger, struct slice line)
{
    unsigned char seen[MAX_RECORDS];
    memcpy(seen, ledger->seen, sizeof(seen));
    note_record(ledger, line, line.ptr[0] == 'r' ? "r" : "fail");
    for (unsigned i = 0; i < ledger->next; i++)
        ledger->backed_up[i] = (unsigned char)(ledger->backed_up[i] + ledger->seen[i] - seen[i]);
    memcpy(ledger->seen, seen, sizeof(seen));
}

static void note_line(struct world *w, struct ledger *ledger, const char *key, struct slice *rest)
{
    struct slice line = slice_cut(rest, '\n');
    if (strstr(key, "processing-failed") != NULL)
        note_error_line(w, ledger, line);
    else if (ledger->journey == WITH_FUNCTION)
        note_result(ledger, line, rest);
    else if (ledger->journey == PARTITIONED)
        note_partitioned(ledger, line, key);
    else if (strncmp(key, "raw/", 4) == 0)
        note_backup(ledger, line);
    else
        note_record(ledger, line, line.ptr[0] == 'r' ? "r" : "fail");
}

static void assert_each_exactly_once(struct world *w, struct ledger *ledger)
{
    unsigned objects = world_object_count(w);
    for (unsigned i = 0; i < objects; i++) {
        struct slice rest = world_object(w, i);
        while (rest.len > 0)
            note_line(w, ledger, world_key(w, i), &rest);
    }
    for (unsigned i = 0; i < ledger->next; i++) {
        if (ledger->seen[i] != ledger->is_kept[i])
            fail_msg("record %u: acknowledged %d, found %d times", i, ledger->is_kept[i],
                     ledger->seen[i]);
        assert_int_equal(ledger->backed_up[i],
                         ledger->journey == WITH_BACKUP ? ledger->is_kept[i] : 0);
    }
    assert_int_equal(world_chunks(w), 0);
}

static void make_stream(struct world *w, enum journey journey)
{
    static const char partitioned[] =
        "{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"in/!{partitionKeyFromQuery:p}/\","
        "\"ErrorOutputPrefix\":\"processing-failed/\","
        "\"DynamicPartitioningConfiguration\":{\"Enabled\":true},"
        "\"BufferingHints\":{\"SizeInMBs\":64,\"IntervalInSeconds\":60},"
        "\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":"
        "\"MetadataExtraction\",\"Parameters\":[{\"ParameterName\":\"MetadataExtractionQuery\","
        "\"ParameterValue\":\"{p:(.n%6|tostring)}\"}]}]}}";
    static const char with_backup[] =
        "{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"in/\",\"S3BackupMode\":\"Enabled\","
        "\"S3BackupDescription\":{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"raw/\","
        "\"BufferingHints\":{\"SizeInMBs\":1,\"IntervalInSeconds\":90}}}";
    if (journey == PARTITIONED)
        world_make_stream_of(w, "s", partitioned);
    else if (journey == WITH_BACKUP)
        world_make_stream_of(w, "s", with_backup);
    else
        world_make_stream(w, "s", journey == WITH_FUNCTION);
}

static void run(struct world *w, uint64_t seed, enum journey journey)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));
    struct spoiler spoiler = {.world = w};
    sim_timer_init(&spoiler.timer, on_spoil);
    random_init_seeded(&w->random, seed);
    world_make_bucket(w, "bucket");
    ledger->journey = journey;
    make_stream(w, journey);
    for (int step = 0; step < 150; step++) {
        int64_t now_ms = sim_clock_now_ms(&w->clock);
        if (random_below(&w->random, 3) != 0)
            put_group(w, ledger, random_below(&w->random, 6) == 0);
        if (random_below(&w->random, 3) == 0) {
            w->outcome = LAMBDA_FUNCTION_ERROR;
            w->failures_left = (unsigned)random_below(&w->random, 3);
        }
        if (random_below(&w->random, 2) == 0)
            sim_timer_start(&w->clock, &spoiler.timer,
                            now_ms + (int64_t)random_below(&w->random, 100) * SECOND);
        world_advance(w, (int64_t)random_below(&w->random, 120) * SECOND);
        if (random_below(&w->random, 15) == 0)
            world_restart(w);
    }
    sim_timer_stop(&w->clock, &spoiler.timer);
    w->spoils_commit = false;
    w->failures_left = 0;
    world_advance(w, 3600 * SECOND);
    assert_true(ledger->next > 100);
    assert_each_exactly_once(w, ledger);
    free(ledger);
}

static void with_a_function_every_acknowledged_record_ends_in_one_place(void **state)
{
    run(*state, 7, WITH_FUNCTION);
}

static void another_history_with_a_function(void **state)
{
    run(*state, 20261125, WITH_FUNCTION);
}

static void without_a_function_every_acknowledged_record_ends_in_one_place(void **state)
{
    run(*state, 3, PLAIN);
}

static void in_partitions_every_acknowledged_record_ends_in_one_place(void **state)
{
    run(*state, 11, PARTITIONED);
}

static void another_history_with_partitions(void **state)
{
    run(*state, 4711, PARTITIONED);
}

static void a_backup_has_every_acknowledged_record_once_too(void **state)
{
    run(*state, 5, WITH_BACKUP);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(with_a_function_every_acknowledged_record_ends_in_one_place),
        WITH_WORLD(another_history_with_a_function),
        WITH_WORLD(without_a_function_every_acknowledged_record_ends_in_one_place),
        WITH_WORLD(in_partitions_every_acknowledged_record_ends_in_one_place),
        WITH_WORLD(another_history_with_partitions),
        WITH_WORLD(a_backup_has_every_acknowledged_record_once_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
