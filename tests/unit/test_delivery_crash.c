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

struct ledger {
    unsigned next;                      /* number of the next record */
    unsigned char is_kept[MAX_RECORDS]; /* acknowledged */
    unsigned char seen[MAX_RECORDS];    /* how often it was found at the end */
};

/* Record n is "r0042\n" or "fail0042\n": those go to the error output. */
static void name_record(unsigned n, char *text, size_t size)
{
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
        name_record(ledger->next, text, sizeof(text));
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

static void note_object(struct world *w, struct ledger *ledger, unsigned n, bool has_function)
{
    bool is_error = strstr(world_key(w, n), "processing-failed") != NULL;
    struct slice rest = world_object(w, n);
    while (rest.len > 0) {
        struct slice line = slice_cut(&rest, '\n');
        if (is_error) {
            note_error_line(w, ledger, line);
        } else if (has_function) {
            note_record(ledger, line, "<r");
            assert_true(slice_starts_with(rest, SLICE(">")));
            rest = slice_from(rest, 1);
        } else {
            note_record(ledger, line, line.ptr[0] == 'r' ? "r" : "fail");
        }
    }
}

static void assert_each_exactly_once(struct world *w, struct ledger *ledger, bool has_function)
{
    unsigned objects = world_object_count(w);
    for (unsigned i = 0; i < objects; i++)
        note_object(w, ledger, i, has_function);
    for (unsigned i = 0; i < ledger->next; i++) {
        if (ledger->seen[i] != ledger->is_kept[i])
            fail_msg("record %u: acknowledged %d, found %d times", i, ledger->is_kept[i],
                     ledger->seen[i]);
    }
    assert_int_equal(world_chunks(w), 0);
}

static void run(struct world *w, uint64_t seed, bool has_function)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));
    struct spoiler spoiler = {.world = w};
    sim_timer_init(&spoiler.timer, on_spoil);
    random_init_seeded(&w->random, seed);
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", has_function);
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
    assert_each_exactly_once(w, ledger, has_function);
    free(ledger);
}

static void with_a_function_every_acknowledged_record_ends_in_one_place(void **state)
{
    run(*state, 7, true);
}

static void another_history_with_a_function(void **state)
{
    run(*state, 20261125, true);
}

static void without_a_function_every_acknowledged_record_ends_in_one_place(void **state)
{
    run(*state, 3, false);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(with_a_function_every_acknowledged_record_ends_in_one_place),
        WITH_WORLD(another_history_with_a_function),
        WITH_WORLD(without_a_function_every_acknowledged_record_ends_in_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
