/*
 * What is due is started in two steps, a turn of the loop apart: an event added in this turn may
 * still be undone with its group, and one that is started must be in the database for good.
 *
 *     on_due (holds the clock) -> end of the turn: COMMIT -> start_due -> lambda_invoke ...
 */
#include "emulator/lambda/event_queue.h"

#include <inttypes.h>
#include <stdio.h>

#include "emulator/base/arena.h"
#include "emulator/base/list.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/function_event_store.h"
#include "storage/function_store.h"

#define RETRIES_OTHERWISE 2
#define AGE_OTHERWISE_S (6 * 3600)
#define REFUSED_MAX_MS (5 * 60 * 1000)
#define EVENT_ARENA_BYTES ((size_t)2 * 1024 * 1024)

struct event_queue {
    struct event_queue_options options;
    struct sim_timer due;
    struct loop_task start;
    struct db_listener undone;
    struct list in_flight; /* struct attempt */
    unsigned in_flight_count;
    int64_t horizon_ms; /* what was due when `start` was asked for */
    bool is_stopped;
};

struct attempt {
    struct list link;
    struct event_queue *queue;
    struct arena arena;
    struct function_event event;
    struct function_event_config config;
    struct lambda_invocation invocation;
};

static int64_t now_ms(const struct event_queue *queue)
{
    return sim_clock_now_ms(queue->options.clock);
}

static void look_at(struct event_queue *queue, int64_t due_ms)
{
    bool is_earlier = !queue->due.running || due_ms < queue->due.due_ms;
    if (!queue->is_stopped && is_earlier)
        sim_timer_start(queue->options.clock, &queue->due, due_ms);
}

static void attempt_free(struct attempt *attempt)
{
    lambda_invocation_clear(&attempt->invocation);
    arena_clear(&attempt->arena);
    mem_free(attempt);
}

/* ---- what became of an attempt ----------------------------------------------------------- */

static int64_t max_retries(const struct attempt *attempt)
{
    return attempt->config.has_max_retries ? attempt->config.max_retries : RETRIES_OTHERWISE;
}

static int64_t max_age_ms(const struct attempt *attempt)
{
    return (attempt->config.has_max_age ? attempt->config.max_age_s : AGE_OTHERWISE_S) * 1000;
}

static bool was_refused(const struct lambda_invocation *invocation)
{
    return invocation->outcome == LAMBDA_THROTTLED || invocation->outcome == LAMBDA_INTERNAL_ERROR;
}

/* False: it has failed for the last time. */
static bool put_off(struct attempt *attempt)
{
    struct function_event *event = &attempt->event;
    int64_t delay_ms = 1000;
    if (was_refused(&attempt->invocation)) {
        for (int64_t i = 0; i < event->refusals && delay_ms < REFUSED_MAX_MS; i++)
            delay_ms *= 2;
        event->refusals++;
    } else {
        event->failures++;
        event->refusals = 0;
        delay_ms = event->failures * 60 * 1000;
    }
    event->due_ms =
        now_ms(attempt->queue) + (delay_ms < REFUSED_MAX_MS ? delay_ms : REFUSED_MAX_MS);
    return event->failures <= max_retries(attempt);
}

static void log_given_up(const struct attempt *attempt, const char *why)
{
    const struct function_event *event = &attempt->event;
    log_line(LOG_WARNING, "function %.*s: the asynchronous invocation %.*s is given up: %s: %.*s",
             SLICE_ARG(event->function), SLICE_ARG(event->request_id), why,
             SLICE_ARG(attempt->invocation.error_message));
}

/* Throttled for good: nothing of it is to run. */
static bool is_switched_off(struct attempt *attempt)
{
    const struct function_event *event = &attempt->event;
    struct function_row row;
    enum status status = function_store_find(attempt->queue->options.db, event->account,
                                             event->region, event->function, &attempt->arena, &row);
    return status == STATUS_OK && row.has_concurrency && row.concurrency == 0;
}

/* Why there is no further attempt after one that did not succeed; NULL: there is one. */
static const char *why_over(struct attempt *attempt)
{
    enum lambda_outcome outcome = attempt->invocation.outcome;
    if (outcome == LAMBDA_NOT_FOUND)
        return "the function is gone";
    if (outcome == LAMBDA_THROTTLED && is_switched_off(attempt))
        return "its reserved concurrency is zero";
    return put_off(attempt) ? NULL : "it has failed too often";
}

static enum status settle(struct attempt *attempt)
{
    struct db *db = attempt->queue->options.db;
    if (attempt->invocation.outcome == LAMBDA_OK)
        return function_event_store_remove(db, attempt->event.id);
    const char *why = why_over(attempt);
    if (why == NULL)
        return function_event_store_put_off(db, &attempt->event);
    log_given_up(attempt, why);
    return function_event_store_remove(db, attempt->event.id);
}

/* One that is gone went with its function, or in a reset. */
static void write_outcome(struct attempt *attempt)
{
    struct db *db = attempt->queue->options.db;
    db_unit_begin(db);
    enum status status = settle(attempt);
    bool is_gone = status == STATUS_NOT_FOUND;
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status == STATUS_OK || is_gone)
        return;
    attempt->event.due_ms = now_ms(attempt->queue) + REFUSED_MAX_MS;
    log_line(LOG_ERROR,
             "function %.*s: what became of the asynchronous invocation %.*s is lost: %s",
             SLICE_ARG(attempt->event.function), SLICE_ARG(attempt->event.request_id),
             status_text(status));
}

static void on_done(struct lambda_invocation *invocation)
{
    struct attempt *attempt = list_entry(invocation, struct attempt, invocation);
    struct event_queue *queue = attempt->queue;
    write_outcome(attempt);
    bool was_full = queue->in_flight_count == EVENT_QUEUE_IN_FLIGHT_MAX;
    look_at(queue, was_full ? now_ms(queue) : attempt->event.due_ms);
    list_remove(&attempt->link);
    queue->in_flight_count--;
    attempt_free(attempt);
}

/* ---- starting ---------------------------------------------------------------------------- */

static bool is_in_flight(const struct event_queue *queue, int64_t id)
{
    list_for_each(link, &queue->in_flight) {
        if (list_entry(link, struct attempt, link)->event.id == id)
            return true;
    }
    return false;
}

static enum status read_config(struct attempt *attempt)
{
    const struct function_event *event = &attempt->event;
    const struct function_event_key key = {event->account, event->region, event->function,
                                           event->qualifier.len > 0 ? event->qualifier
                                                                    : SLICE("$LATEST")};
    enum status status =
        function_event_store_config(attempt->queue->options.db, &key, &attempt->config);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void invoke(struct attempt *attempt)
{
    const struct function_event *event = &attempt->event;
    struct event_queue *queue = attempt->queue;
    const char *target =
        arena_printf(&attempt->arena, "%.*s%s%.*s", SLICE_ARG(event->function),
                     event->qualifier.len > 0 ? ":" : "", SLICE_ARG(event->qualifier));
    attempt->invocation = (struct lambda_invocation){
        .account = event->account,
        .region = event->region,
        .function = slice_of(target),
        .event = event->payload,
        .request_id_given = event->request_id,
        .done = on_done,
    };
    list_append(&queue->in_flight, &attempt->link);
    queue->in_flight_count++;
    lambda_invoke(queue->options.lambda, &attempt->invocation);
}

static void give_up_old(struct attempt *attempt)
{
    struct db *db = attempt->queue->options.db;
    log_given_up(attempt, "it is too old");
    db_unit_begin(db);
    enum status status = function_event_store_remove(db, attempt->event.id);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (ended != STATUS_OK)
        look_at(attempt->queue, now_ms(attempt->queue) + REFUSED_MAX_MS);
}

/* Takes the attempt. */
static void start_or_give_up(struct attempt *attempt)
{
    int64_t age_ms = now_ms(attempt->queue) - attempt->event.accepted_ms;
    if (age_ms <= max_age_ms(attempt)) {
        invoke(attempt);
        return;
    }
    give_up_old(attempt);
    attempt_free(attempt);
}

static struct attempt *attempt_create(struct event_queue *queue)
{
    struct attempt *attempt = mem_zalloc(sizeof(*attempt));
    if (attempt == NULL)
        return NULL;
    attempt->queue = queue;
    list_init(&attempt->link);
    arena_init(&attempt->arena, EVENT_ARENA_BYTES);
    return attempt;
}

/* The event behind `place`, as far as it is due. STATUS_NOT_FOUND: the next one is not due yet. */
static enum status take_next(struct event_queue *queue, struct function_event_place *place,
                             struct attempt **ret_attempt)
{
    struct attempt *attempt = attempt_create(queue);
    if (attempt == NULL)
        return STATUS_NO_MEMORY;
    enum status status =
        function_event_store_next(queue->options.db, place, &attempt->arena, &attempt->event);
    if (status == STATUS_OK && attempt->event.due_ms > queue->horizon_ms) {
        look_at(queue, attempt->event.due_ms);
        status = STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK)
        status = read_config(attempt);
    if (status != STATUS_OK) {
        attempt_free(attempt);
        return status;
    }
    place->due_ms = attempt->event.due_ms;
    place->id = attempt->event.id;
    *ret_attempt = attempt;
    return STATUS_OK;
}

static void start_due(struct loop_task *task)
{
    struct event_queue *queue = list_entry(task, struct event_queue, start);
    struct function_event_place place = {INT64_MIN, INT64_MIN};
    enum status status = STATUS_OK;
    while (!queue->is_stopped && queue->in_flight_count < EVENT_QUEUE_IN_FLIGHT_MAX) {
        struct attempt *attempt = NULL;
        status = take_next(queue, &place, &attempt);
        if (status != STATUS_OK)
            break;
        if (is_in_flight(queue, attempt->event.id))
            attempt_free(attempt);
        else
            start_or_give_up(attempt);
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        log_line(LOG_ERROR, "asynchronous invocations: %s; tried again later", status_text(status));
        look_at(queue, now_ms(queue) + REFUSED_MAX_MS);
    }
    sim_clock_release(queue->options.clock);
}

static void on_due(struct sim_timer *timer)
{
    struct event_queue *queue = list_entry(timer, struct event_queue, due);
    if (queue->is_stopped)
        return;
    queue->horizon_ms = now_ms(queue);
    if (queue->start.waiting)
        return;
    sim_clock_hold(queue->options.clock);
    loop_defer_turn(queue->options.loop, &queue->start);
}

/* ---- life -------------------------------------------------------------------------------- */

static void on_group_undone(struct db_listener *listener)
{
    struct event_queue *queue = list_entry(listener, struct event_queue, undone);
    look_at(queue, now_ms(queue));
}

enum status event_queue_create(const struct event_queue_options *options,
                               struct event_queue **ret_queue)
{
    struct event_queue *queue = mem_zalloc(sizeof(*queue));
    if (queue == NULL)
        return STATUS_NO_MEMORY;
    queue->options = *options;
    queue->undone.group_undone = on_group_undone;
    sim_timer_init(&queue->due, on_due);
    loop_task_init(&queue->start, start_due);
    list_init(&queue->in_flight);
    db_add_listener(options->db, &queue->undone);
    *ret_queue = queue;
    return STATUS_OK;
}

void event_queue_start(struct event_queue *queue)
{
    look_at(queue, now_ms(queue));
}

void event_queue_stop(struct event_queue *queue)
{
    queue->is_stopped = true;
    sim_timer_stop(queue->options.clock, &queue->due);
}

void event_queue_destroy(struct event_queue *queue)
{
    if (queue == NULL)
        return;
    event_queue_stop(queue);
    if (queue->start.waiting)
        sim_clock_release(queue->options.clock);
    loop_task_cancel(&queue->start);
    db_remove_listener(&queue->undone);
    mem_free(queue);
}

enum status event_queue_add(struct event_queue *queue, struct function_event *event)
{
    event->accepted_ms = now_ms(queue);
    event->due_ms = event->accepted_ms;
    event->failures = 0;
    event->refusals = 0;
    enum status status = function_event_store_add(queue->options.db, event, &event->id);
    if (status == STATUS_OK)
        look_at(queue, event->due_ms);
    return status;
}
