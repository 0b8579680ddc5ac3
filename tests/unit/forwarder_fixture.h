/*
 * forwarder_fixture.h -- a forwarder of log events in a world of its own: a frozen clock, a group
 * with a stream, and a destination that answers what the test says.
 */
#ifndef TESTS_UNIT_FORWARDER_FIXTURE_H
#define TESTS_UNIT_FORWARDER_FIXTURE_H

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/gunzip.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/lambda/api_port.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "handlers/logs/log_forwarder.h"
#include "storage/db.h"
#include "storage/log_filter_store.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define FORWARDER_NOW_MS INT64_C(1795422007084)
#define FORWARDER_KINESIS "{\"destinationArn\":\"arn:aws:kinesis:us-east-1:000000000000:stream/k\"}"

struct forwarder_world {
    struct loop *loop;
    struct sim_clock clock;
    struct random random;
    struct db *db;
    struct loop_hook commit;
    struct log_forwarder *forwarder;
    struct api_port port;
    struct api_port_call *call; /* waits for its answer */
    struct loop_task answer;
    const char *error; /* what the destination says; NULL: it takes everything */
    int calls;
    struct text got; /* the messages that were taken, a space after each */
    int64_t group;
    int64_t stream;
};

static struct forwarder_world forwarder_world;

static inline bool forwarder_commit(struct loop_hook *hook)
{
    (void)hook;
    bool was_dirty = db_is_dirty(forwarder_world.db);
    assert_ok(db_commit(forwarder_world.db));
    return was_dirty;
}

/* What was sent, unpacked without the faults of the test. */
static inline void forwarder_take(struct slice input)
{
    const struct json *json = NULL;
    struct slice zipped;
    struct text plain;
    struct arena arena;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    text_init_in(&plain, &arena, (size_t)16 * 1024 * 1024);
    assert_ok(json_parse(input, &arena, &json));
    assert_ok(base64_decode(json_member_string(json, "Data"), &arena, &zipped));
    assert_ok(gunzip_append(zipped, &plain));
    assert_ok(json_parse(text_slice(&plain), &arena, &json));
    for (const struct json *event = json_first(json_member(json, "logEvents")); event != NULL;
         event = json_next(event))
        text_printf(&forwarder_world.got, "%.*s ", SLICE_ARG(json_member_string(event, "message")));
    arena_clear(&arena);
}

static inline void forwarder_answer(struct loop_task *task)
{
    struct forwarder_world *w = list_entry(task, struct forwarder_world, answer);
    struct api_port_call *call = w->call;
    struct fault was = *mem_fault;
    w->call = NULL;
    w->calls++;
    call->http_status = w->error == NULL ? 200 : 400;
    call->output = slice_of(w->error);
    fault_disarm(mem_fault);
    if (w->error == NULL)
        forwarder_take(call->input);
    *mem_fault = was;
    call->done(call);
}

static inline void forwarder_call(void *ctx, struct api_port_call *call)
{
    struct forwarder_world *w = ctx;
    assert_null(w->call);
    w->call = call;
    loop_defer(w->loop, &w->answer);
}

static inline void forwarder_create(void)
{
    struct forwarder_world *w = &forwarder_world;
    const struct log_forwarder_options options = {.db = w->db,
                                                  .loop = w->loop,
                                                  .clock = &w->clock,
                                                  .random = &w->random,
                                                  .api_port = &w->port};
    assert_ok(log_forwarder_create(&options, &w->forwarder));
    log_forwarder_start(w->forwarder);
}

static inline int forwarder_set_up(void **state)
{
    static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};
    const struct log_group_row row = {.name = SLICE("g"), .class = SLICE("STANDARD")};
    struct forwarder_world *w = &forwarder_world;
    if (mem_fault_set_up(state) != 0)
        return -1;
    *w = (struct forwarder_world){.port = {w, forwarder_call}, .commit.fn = forwarder_commit};
    list_init(&w->commit.link);
    loop_task_init(&w->answer, forwarder_answer);
    text_init(&w->got, (size_t)16 * 1024 * 1024);
    assert_ok(loop_create(&w->loop));
    assert_ok(sim_clock_init(&w->clock, w->loop));
    sim_clock_set_mode(&w->clock, SIM_CLOCK_FROZEN);
    sim_clock_set_now_ms(&w->clock, FORWARDER_NOW_MS);
    random_init_seeded(&w->random, 1);
    assert_ok(db_open(":memory:", DB_DURABILITY_NONE, &w->db));
    db_unit_begin(w->db);
    assert_ok(log_group_create(w->db, &owner, &row, &w->group));
    assert_ok(log_stream_create(w->db, w->group, SLICE("s"), 1, &w->stream));
    assert_ok(db_unit_end(w->db, true));
    loop_add_hook(w->loop, &w->commit);
    forwarder_create();
    return 0;
}

static inline int forwarder_tear_down(void **state)
{
    struct forwarder_world *w = &forwarder_world;
    log_forwarder_destroy(w->forwarder);
    loop_remove_hook(&w->commit);
    sim_clock_close(&w->clock);
    db_close(w->db);
    loop_destroy(w->loop);
    text_close(&w->got);
    return mem_fault_tear_down(state);
}

static inline void forwarder_subscribe(const char *name, const char *pattern)
{
    struct forwarder_world *w = &forwarder_world;
    const struct log_filter_row row = {.group_id = w->group,
                                       .kind = LOG_FILTER_SUBSCRIPTION,
                                       .name = slice_of(name),
                                       .pattern = slice_of(pattern),
                                       .settings = SLICE(FORWARDER_KINESIS)};
    db_unit_begin(w->db);
    assert_ok(log_filter_put(w->db, &row));
    assert_ok(db_unit_end(w->db, true));
}

static inline void forwarder_put(const char *message)
{
    struct forwarder_world *w = &forwarder_world;
    struct log_line line = {sim_clock_now_ms(&w->clock), slice_of(message)};
    struct log_batch batch = {w->group, w->stream, line.at_ms, &line, 1};
    db_unit_begin(w->db);
    assert_ok(log_events_append(w->db, &batch));
    assert_ok(db_unit_end(w->db, true));
    log_forwarder_notify(w->forwarder);
}

static inline void forwarder_stop(struct sim_advance *advance)
{
    (void)advance;
    loop_stop(forwarder_world.loop);
}

/* Everything due on the way is done. */
static inline void forwarder_advance(int64_t ms)
{
    struct forwarder_world *w = &forwarder_world;
    struct sim_advance advance;
    sim_clock_advance(&w->clock, &advance, sim_clock_now_ms(&w->clock) + ms, forwarder_stop);
    loop_run(w->loop);
}

#endif
