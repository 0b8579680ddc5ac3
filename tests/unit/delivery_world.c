#include "tests/unit/delivery_world.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/base64.h"
#include "emulator/delivery/record_chunk.h"
#include "storage/blobs.h"
#include "storage/bucket_store.h"
#include "storage/delivery_stream_store.h"
#include "storage/object_store.h"
#include "storage/query.h"
#include "tests/lib/asserts.h"

/* ---- the function ---- */

static struct world *the_world; /* lambda_invoke() gets no pointer of ours */

struct lambda_engine {
    int unused;
};

struct waiting {
    struct list link;
    struct lambda_invocation *invocation;
};

static struct lambda_record_result result_of(struct lambda_invocation *invocation,
                                             struct slice data)
{
    static const struct {
        const char *start;
        enum lambda_result_kind kind;
    } words[] = {
        {"drop", LAMBDA_RESULT_DROPPED},    {"fail", LAMBDA_RESULT_FAILED},
        {"miss", LAMBDA_RESULT_MISSING},    {"twice", LAMBDA_RESULT_DUPLICATE},
        {"empty", LAMBDA_RESULT_NO_DATA},   {"word", LAMBDA_RESULT_BAD_STATUS},
        {"broken", LAMBDA_RESULT_BAD_DATA},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_starts_with(data, slice_of(words[i].start)))
            return (struct lambda_record_result){.kind = words[i].kind};
    }
    char *copy = arena_printf(&invocation->arena, "<%.*s>", SLICE_ARG(data));
    if (copy == NULL)
        invocation->outcome = LAMBDA_INTERNAL_ERROR;
    return (struct lambda_record_result){.kind = LAMBDA_RESULT_OK, .data = slice_of(copy)};
}

static void answer_one(struct world *w, struct lambda_invocation *invocation)
{
    const struct lambda_batch *batch = invocation->batch;
    arena_init(&invocation->arena, (size_t)64 * 1024 * 1024);
    invocation->outcome = LAMBDA_OK;
    if (w->failures_left > 0) {
        invocation->outcome = w->outcome;
        invocation->is_over_limit = w->outcome == LAMBDA_TIMED_OUT && w->is_over_limit;
        invocation->payload = slice_of(w->payload);
        w->failures_left -= w->failures_left == UINT_MAX ? 0 : 1;
    } else {
        invocation->results =
            arena_zalloc(&invocation->arena, batch->record_count * sizeof(*invocation->results));
        if (invocation->results == NULL)
            invocation->outcome = LAMBDA_INTERNAL_ERROR;
        for (size_t i = 0; invocation->results != NULL && i < batch->record_count; i++)
            invocation->results[i] = result_of(invocation, batch->records[i].data);
    }
    invocation->done(invocation);
}

static void on_answer(struct loop_task *task)
{
    struct world *w = list_entry(task, struct world, answer);
    struct list round;
    list_init(&round);
    list_move_all(&round, &w->waiting);
    struct list *link = NULL;
    while ((link = list_take_first(&round)) != NULL) {
        struct waiting *waiting = list_entry(link, struct waiting, link);
        struct lambda_invocation *invocation = waiting->invocation;
        free(waiting);
        answer_one(w, invocation);
    }
}

void lambda_invoke(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    (void)engine;
    struct world *w = the_world;
    const struct lambda_batch *batch = invocation->batch;
    w->invocations++;
    w->limit_ms = invocation->limit_ms;
    assert_false(db_is_dirty(w->db)); /* only committed records are invoked */
    assert_slice(batch->region, WORLD_REGION);
    assert_slice(invocation->function, WORLD_LAMBDA);
    text_printf(&w->invocation_ids, "%.*s\n", SLICE_ARG(batch->invocation_id));
    for (size_t i = 0; i < batch->record_count; i++)
        text_printf(&w->record_ids, "%.*s %.*s\n", SLICE_ARG(batch->records[i].record_id),
                    SLICE_ARG(slice_first(batch->records[i].data, 20)));
    struct waiting *waiting = malloc(sizeof(*waiting));
    waiting->invocation = invocation;
    list_append(&w->waiting, &waiting->link);
    if (!w->is_function_stuck)
        loop_defer(w->loop, &w->answer);
}

void lambda_invocation_clear(struct lambda_invocation *invocation)
{
    arena_clear(&invocation->arena);
}

/* ---- life ---- */

static void read_event(struct event_reader *reader, const struct event *event)
{
    struct world *w = list_entry(reader, struct world, reader);
    if (event->kind != EVENT_LOG)
        return;
    assert_true(event->log_must_exist);
    for (size_t i = 0; i < event->line_count; i++)
        text_printf(&w->logs, "%.*s/%.*s: %.*s\n", SLICE_ARG(event->log_group),
                    SLICE_ARG(event->log_stream), SLICE_ARG(event->lines[i].text));
}

/* As SQLite itself does it on a full disk: the transaction is gone, with all its units. */
static void lose_group(struct world *w)
{
    static const char rollback[] = "ROLLBACK";
    struct query q;
    db_unit_begin(w->db);
    if (db_write(w->db) == STATUS_OK) {
        query_begin(&q, w->db, rollback);
        (void)(query_run(&q) == STATUS_OK);
    }
    assert_int_not_equal(db_unit_end(w->db, true), STATUS_OK);
}

enum status world_try_commit(struct world *w)
{
    if (w->spoils_commit && db_is_dirty(w->db)) {
        w->spoils_commit = false;
        lose_group(w);
    }
    return db_commit(w->db);
}

static bool on_commit(struct loop_hook *hook)
{
    struct world *w = list_entry(hook, struct world, commit);
    if (!db_is_dirty(w->db))
        return false;
    (void)(world_try_commit(w) == STATUS_OK);
    return true;
}

static void start_engine(struct world *w)
{
    static struct lambda_engine lambda;
    const struct delivery_deps deps = {.loop = w->loop,
                                       .db = w->db,
                                       .blobs = w->blobs,
                                       .clock = &w->clock,
                                       .random = &w->random,
                                       .bus = &w->bus,
                                       .lambda = &lambda,
                                       .create_delay_ms = 0};
    assert_ok(delivery_engine_create(&deps, &w->engine));
    assert_ok(delivery_engine_start(w->engine));
}

static void open_storage(struct world *w)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", w->folder);
    assert_ok(db_open(path, DB_DURABILITY_NONE, &w->db));
    (void)snprintf(path, sizeof(path), "%s/blobs", w->folder);
    assert_ok(blob_store_open(path, false, &w->blobs));
}

int world_set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    the_world = w;
    assert_int_equal(temporary_folder_make(w->folder), 0);
    assert_ok(loop_create(&w->loop));
    open_storage(w);
    assert_ok(sim_clock_init(&w->clock, w->loop));
    sim_clock_set_mode(&w->clock, SIM_CLOCK_FROZEN);
    w->clock.frozen_ms = WORLD_START_MS;
    random_init_seeded(&w->random, 1);
    event_bus_init(&w->bus);
    w->reader.read = read_event;
    event_bus_add(&w->bus, &w->reader);
    w->commit.fn = on_commit;
    loop_add_hook(w->loop, &w->commit);
    arena_init(&w->arena, (size_t)512 * 1024 * 1024);
    list_init(&w->waiting);
    loop_task_init(&w->answer, on_answer);
    text_init(&w->record_ids, (size_t)64 * 1024 * 1024);
    text_init(&w->invocation_ids, (size_t)1024 * 1024);
    text_init(&w->logs, (size_t)1024 * 1024);
    start_engine(w);
    *state = w;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;
    delivery_engine_destroy(w->engine);
    loop_task_cancel(&w->answer);
    loop_remove_hook(&w->commit);
    sim_clock_close(&w->clock);
    blob_store_close(w->blobs);
    db_close(w->db);
    loop_destroy(w->loop);
    arena_clear(&w->arena);
    text_close(&w->record_ids);
    text_close(&w->invocation_ids);
    text_close(&w->logs);
    int result = temporary_folder_remove(w->folder);
    free(w);
    return result;
}

/* ---- running ---- */

static void stop_loop(struct sim_advance *advance)
{
    (void)advance;
    loop_stop(the_world->loop);
}

void world_advance(struct world *w, int64_t ms)
{
    struct sim_advance advance;
    sim_clock_advance(&w->clock, &advance, sim_clock_now_ms(&w->clock) + ms, stop_loop);
    loop_run(w->loop);
}

static void stop_drained(struct delivery_drain *drain)
{
    (void)drain;
    loop_stop(the_world->loop);
}

/*
 * What is in flight ends, but what it would write is undone: as if the process had been killed
 * before. The engine sees no difference between the two.
 */
void world_restart(struct world *w)
{
    struct delivery_drain drain = {.done = stop_drained};
    delivery_engine_stop(w->engine);
    w->outcome = LAMBDA_INTERNAL_ERROR; /* a retry is not taken up by a stopped engine */
    w->failures_left = UINT_MAX;
    loop_defer(w->loop, &w->answer);
    delivery_engine_drain(w->engine, &drain);
    loop_run(w->loop);
    delivery_engine_destroy(w->engine);
    w->failures_left = 0;
    w->is_function_stuck = false;
    start_engine(w);
}

void world_commit(struct world *w)
{
    assert_ok(db_commit(w->db));
}

/* ---- making things ---- */

void world_make_bucket(struct world *w, const char *name)
{
    const struct bucket bucket = {.name = slice_of(name),
                                  .account = SLICE(WORLD_ACCOUNT),
                                  .region = SLICE(WORLD_REGION),
                                  .location = SLICE("")};
    db_unit_begin(w->db);
    assert_ok(bucket_store_create(w->db, &bucket));
    assert_ok(db_unit_end(w->db, true));
    world_commit(w);
}

void world_make_stream_of(struct world *w, const char *name, const char *configuration)
{
    struct delivery_stream_row row = {.account = SLICE(WORLD_ACCOUNT),
                                      .region = SLICE(WORLD_REGION),
                                      .name = slice_of(name),
                                      .configuration = slice_of(configuration)};
    db_unit_begin(w->db);
    assert_ok(delivery_stream_create(w->engine, &row));
    assert_ok(db_unit_end(w->db, true));
    world_commit(w);
}

void world_make_stream(struct world *w, const char *name, bool lambda)
{
    const char *processing =
        ",\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":\"Lambda\","
        "\"Parameters\":[{\"ParameterName\":\"LambdaArn\",\"ParameterValue\":\"" WORLD_LAMBDA
        "\"}]}]}";
    char *text = arena_printf(
        &w->arena,
        "{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"in/\",\"CloudWatchLoggingOptions\":"
        "{\"Enabled\":true,\"LogGroupName\":\"group\",\"LogStreamName\":\"stream\"}%s}",
        lambda ? processing : "");
    world_make_stream_of(w, name, text);
}

struct delivery_stream *world_stream(struct world *w, const char *name)
{
    return delivery_stream_find(w->engine, SLICE(WORLD_ACCOUNT), SLICE(WORLD_REGION),
                                slice_of(name));
}

enum status world_put_in_unit(struct world *w, const char *stream, struct slice data, bool keep)
{
    struct text packed;
    struct record_chunk_entry entry;
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    text_init(&packed, (size_t)16 * 1024 * 1024);
    record_chunk_begin(&builder, &packed, &entry, 1);
    record_chunk_add(&builder, data, sim_clock_now_ms(&w->clock));
    assert_ok(record_chunk_finish(&builder, &chunk));
    db_unit_begin(w->db);
    enum status status = delivery_accept(w->engine, world_stream(w, stream), &chunk, 1);
    enum status ended = db_unit_end(w->db, keep && status == STATUS_OK);
    text_close(&packed);
    return status != STATUS_OK ? status : ended;
}

void world_put(struct world *w, const char *stream, const char *data)
{
    assert_ok(world_put_in_unit(w, stream, slice_of(data), true));
}

/* ---- looking ---- */

static unsigned read_number(struct world *w, const char *sql)
{
    struct query q;
    query_begin(&q, w->db, sql);
    unsigned number = query_step(&q) ? (unsigned)query_integer(&q, 0) : 0;
    assert_ok(query_end(&q));
    return number;
}

unsigned world_object_count(struct world *w)
{
    static const char count[] = "SELECT count(*) FROM object";
    return read_number(w, count);
}

unsigned world_chunks(struct world *w)
{
    static const char count[] = "SELECT count(*) FROM record_chunk";
    return read_number(w, count);
}

const char *world_key(struct world *w, unsigned n)
{
    static const char find[] = "SELECT key FROM object ORDER BY id LIMIT 1 OFFSET ?";
    struct query q;
    query_begin(&q, w->db, find);
    query_bind_integer(&q, n);
    assert_true(query_step(&q));
    char *key = arena_text(&w->arena, query_slice(&q, 0));
    assert_ok(query_end(&q));
    return key;
}

const char *world_keys(struct world *w)
{
    struct text keys;
    text_init_in(&keys, &w->arena, (size_t)1024 * 1024);
    unsigned count = world_object_count(w);
    for (unsigned i = 0; i < count; i++)
        text_printf(&keys, "%s\n", world_key(w, i));
    return count > 0 ? keys.ptr : "";
}

static struct slice read_blob(struct world *w, const struct extent *extent)
{
    if (extent->blob_id[0] == '\0')
        return extent->bytes;
    int file = -1;
    assert_ok(blob_open(w->blobs, extent->blob_id, &file));
    char *bytes = arena_alloc(&w->arena, extent->length + 1);
    assert_int_equal(pread(file, bytes, extent->length, (off_t)extent->start),
                     (ssize_t)extent->length);
    close(file);
    return slice_make(bytes, extent->length);
}

struct slice world_object(struct world *w, unsigned n)
{
    struct bucket bucket;
    struct object object;
    struct extent *extents = NULL;
    size_t count = 0;
    assert_ok(bucket_store_find(w->db, SLICE("bucket"), &w->arena, &bucket));
    assert_ok(object_store_read(w->db, bucket.id, slice_of(world_key(w, n)), &w->arena, &object));
    assert_slice(object.content_type, "application/octet-stream");
    if (object.body_id == 0)
        return object.bytes;
    assert_ok(object_store_extents(w->db, object.body_id, &w->arena, &extents, &count));
    assert_int_equal(count, 1);
    return read_blob(w, &extents[0]);
}

void world_spoil_commit(struct world *w)
{
    w->spoils_commit = true;
}
