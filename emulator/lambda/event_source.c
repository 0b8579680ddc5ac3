/*
 * As asynchronous invocations (event_queue.c), batches are read a turn after their time has come:
 * what was put in this turn may still be undone with its group.
 */
#include "emulator/lambda/event_source.h"

#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/event_attempt.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"

#define POLL_EVERY_MS 1000
#define FAILED_POLL_MS 60000
#define ROW_ARENA_BYTES ((size_t)1024 * 1024)
#define IN_FLIGHT_MAX 64u
#define POLL_MAX_BYTES ((size_t)1024 * 1024) /* of events made in one turn */

struct event_sources {
    struct event_sources_options options;
    struct sim_timer due;
    struct loop_task poll;
    struct db_listener undone;
    struct list in_flight; /* struct event_attempt */
    unsigned in_flight_count;
    size_t polled_bytes; /* in this turn */
    bool has_none;       /* no mapping at all: nothing is to be looked at */
    bool is_stopped;
};

static int64_t now_ms(const struct event_sources *sources)
{
    return sim_clock_now_ms(sources->options.clock);
}

static void look_at(struct event_sources *sources, int64_t due_ms)
{
    bool is_earlier = !sources->due.running || due_ms < sources->due.due_ms;
    if (!sources->is_stopped && is_earlier)
        sim_timer_start(sources->options.clock, &sources->due, due_ms);
}

/* ---- one batch --------------------------------------------------------------------------- */

static void on_done(struct lambda_invocation *invocation)
{
    struct event_attempt *attempt = list_entry(invocation, struct event_attempt, invocation);
    struct event_sources *sources = attempt->owner;
    struct db *db = sources->options.db;
    db_unit_begin(db);
    enum status status = event_attempt_settle(attempt, db, now_ms(sources));
    bool is_gone = status == STATUS_NOT_FOUND; /* the mapping was deleted */
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    int64_t next_ms = attempt->lane.next_ms;
    if (status != STATUS_OK && !is_gone) {
        log_line(LOG_ERROR, "event source %.*s: how far it has read is lost: %s",
                 SLICE_ARG(attempt->row.source_arn), status_text(status));
        next_ms = now_ms(sources) + FAILED_POLL_MS;
    }
    look_at(sources, next_ms > now_ms(sources) ? next_ms : now_ms(sources));
    list_remove(&attempt->link);
    sources->in_flight_count--;
    event_attempt_free(attempt);
}

static bool is_in_flight(const struct event_sources *sources, int64_t source, int64_t shard)
{
    list_for_each(link, &sources->in_flight) {
        const struct event_attempt *attempt = list_entry(link, struct event_attempt, link);
        if (attempt->lane.source == source && attempt->lane.shard == shard)
            return true;
    }
    return false;
}

static void start(struct event_sources *sources, struct event_attempt *attempt)
{
    attempt->invocation.done = on_done;
    sources->polled_bytes += attempt->invocation.event.len;
    list_append(&sources->in_flight, &attempt->link);
    sources->in_flight_count++;
    lambda_invoke(sources->options.lambda, &attempt->invocation);
}

/* ---- polling ----------------------------------------------------------------------------- */

/* Everything was too old: remember how far, so that it is not read again. */
static enum status leave_behind(struct event_sources *sources, struct event_attempt *attempt)
{
    struct db *db = sources->options.db;
    if (attempt->batch.last_place == attempt->lane.position)
        return STATUS_OK;
    log_line(LOG_WARNING, "event source %.*s: records too old for %.*s are left out",
             SLICE_ARG(attempt->row.source_arn), SLICE_ARG(attempt->row.function));
    event_attempt_move(attempt, attempt->batch.last_place);
    db_unit_begin(db);
    enum status status = event_source_store_put_lane(db, &attempt->lane);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status == STATUS_OK ? ended : status;
}

/* Read what is next of this shard, and hand it over when it is due. Takes the attempt. */
static enum status take_up(struct event_sources *sources, struct event_attempt *attempt,
                           const struct event_stream *stream, const struct event_shard *shard)
{
    enum status status =
        event_attempt_read(attempt, sources->options.db, stream, shard, now_ms(sources));
    if (status == STATUS_OK && attempt->batch.records > 0) {
        int64_t due_ms = event_attempt_due_ms(attempt);
        if (due_ms <= now_ms(sources)) {
            start(sources, attempt);
            return STATUS_OK;
        }
        look_at(sources, due_ms);
    } else if (status == STATUS_OK) {
        status = leave_behind(sources, attempt);
    }
    event_attempt_free(attempt);
    return status;
}

static enum status poll_shard(struct event_sources *sources, const struct event_source_row *row,
                              const struct event_stream *stream, int64_t number)
{
    struct db *db = sources->options.db;
    struct event_shard shard;
    struct event_source_lane lane;
    enum status status = event_stream_shard(db, stream, number, &shard);
    if (status != STATUS_OK || is_in_flight(sources, row->id, shard.id))
        return status;
    status = event_source_store_lane(db, row->id, shard.id, &lane);
    if (status == STATUS_NOT_FOUND) { /* of a stream that was made anew: all of it */
        lane = (struct event_source_lane){.source = row->id, .shard = shard.id};
        status = STATUS_OK;
    }
    if (status != STATUS_OK || lane.position >= shard.last_place)
        return status;
    if (lane.next_ms > now_ms(sources)) {
        look_at(sources, lane.next_ms);
        return STATUS_OK;
    }
    struct event_attempt *attempt = NULL;
    status = event_attempt_create(sources, row, &lane, &attempt);
    if (status != STATUS_OK)
        return status;
    attempt->write_item = sources->options.write_item;
    return take_up(sources, attempt, stream, &shard);
}

/* The rest is looked at on the next turn, or when one of those in flight is done. */
static bool is_enough(struct event_sources *sources)
{
    if (sources->polled_bytes >= POLL_MAX_BYTES)
        look_at(sources, now_ms(sources));
    return sources->polled_bytes >= POLL_MAX_BYTES || sources->in_flight_count >= IN_FLIGHT_MAX;
}

static enum status poll_source(struct event_sources *sources, const struct event_source_row *row,
                               struct arena *arena)
{
    struct event_stream stream;
    if (!row->is_enabled)
        return STATUS_OK;
    if (row->ready_ms > now_ms(sources)) {
        look_at(sources, row->ready_ms);
        return STATUS_OK;
    }
    enum status status = event_stream_find(sources->options.db, row->source_arn, arena, &stream);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    for (int64_t i = 0; i < stream.shards && status == STATUS_OK; i++) {
        if (is_enough(sources))
            return STATUS_OK;
        status = poll_shard(sources, row, &stream, i);
    }
    return status;
}

static enum status poll_all(struct event_sources *sources)
{
    struct event_source_row row = {.id = 0};
    struct arena arena;
    enum status status = STATUS_OK;
    arena_init(&arena, ROW_ARENA_BYTES);
    sources->polled_bytes = 0;
    while (status == STATUS_OK && !sources->is_stopped && !is_enough(sources)) {
        arena_clear(&arena);
        status = event_source_store_next(sources->options.db, row.id, &arena, &row);
        if (status == STATUS_OK)
            status = poll_source(sources, &row, &arena);
    }
    arena_clear(&arena);
    sources->has_none = status == STATUS_NOT_FOUND && row.id == 0;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void on_poll(struct loop_task *task)
{
    struct event_sources *sources = list_entry(task, struct event_sources, poll);
    enum status status = poll_all(sources);
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "event sources cannot be read: %s; tried again later",
                 status_text(status));
        look_at(sources, now_ms(sources) + FAILED_POLL_MS);
    }
    sim_clock_release(sources->options.clock);
}

static void on_due(struct sim_timer *timer)
{
    struct event_sources *sources = list_entry(timer, struct event_sources, due);
    if (sources->is_stopped || sources->poll.waiting)
        return;
    sim_clock_hold(sources->options.clock);
    loop_defer_turn(sources->options.loop, &sources->poll);
}

/* ---- life -------------------------------------------------------------------------------- */

static void on_group_undone(struct db_listener *listener)
{
    event_sources_start(list_entry(listener, struct event_sources, undone));
}

enum status event_sources_create(const struct event_sources_options *options,
                                 struct event_sources **ret_sources)
{
    struct event_sources *sources = mem_zalloc(sizeof(*sources));
    if (sources == NULL)
        return STATUS_NO_MEMORY;
    sources->options = *options;
    sources->undone.group_undone = on_group_undone;
    sim_timer_init(&sources->due, on_due);
    loop_task_init(&sources->poll, on_poll);
    list_init(&sources->in_flight);
    db_add_listener(options->db, &sources->undone);
    *ret_sources = sources;
    return STATUS_OK;
}

void event_sources_start(struct event_sources *sources)
{
    sources->has_none = false;
    look_at(sources, now_ms(sources));
}

void event_sources_stop(struct event_sources *sources)
{
    sources->is_stopped = true;
    sim_timer_stop(sources->options.clock, &sources->due);
}

void event_sources_destroy(struct event_sources *sources)
{
    if (sources == NULL)
        return;
    event_sources_stop(sources);
    if (sources->poll.waiting)
        sim_clock_release(sources->options.clock);
    loop_task_cancel(&sources->poll);
    db_remove_listener(&sources->undone);
    mem_free(sources);
}

void event_sources_notify(struct event_sources *sources)
{
    if (sources != NULL && !sources->has_none)
        look_at(sources, now_ms(sources) + POLL_EVERY_MS);
}

void event_sources_changed(struct event_sources *sources, const struct event_source_row *row)
{
    sources->has_none = false;
    look_at(sources, row->ready_ms > now_ms(sources) ? row->ready_ms : now_ms(sources));
}

/* ---- where to begin ---------------------------------------------------------------------- */

static enum status begin_shard(struct event_sources *sources, const struct event_source_row *row,
                               const struct event_stream *stream, int64_t number)
{
    struct db *db = sources->options.db;
    struct event_shard shard;
    enum status status = event_stream_shard(db, stream, number, &shard);
    if (status != STATUS_OK)
        return status;
    struct event_source_lane lane = {.source = row->id, .shard = shard.id};
    if (slice_equal_text(row->starting_position, "LATEST"))
        lane.position = shard.last_place;
    else if (slice_equal_text(row->starting_position, "AT_TIMESTAMP"))
        status = event_stream_before(db, stream, &shard, row->starting_ms, &lane.position);
    return status == STATUS_OK ? event_source_store_put_lane(db, &lane) : status;
}

enum status event_sources_begin(struct event_sources *sources, const struct event_source_row *row)
{
    struct event_stream stream;
    struct arena arena;
    arena_init(&arena, ROW_ARENA_BYTES);
    enum status status = event_stream_find(sources->options.db, row->source_arn, &arena, &stream);
    for (int64_t i = 0; status == STATUS_OK && i < stream.shards; i++)
        status = begin_shard(sources, row, &stream, i);
    arena_clear(&arena);
    return status;
}
