#include "handlers/logs/log_forwarder.h"

#include "emulator/base/list.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "handlers/logs/log_portion.h"
#include "storage/db.h"

#define LOOKED_AT_MAX 64 /* filters in one turn */
#define FAILED_MS 60000

struct log_forwarder {
    struct log_forwarder_options options;
    struct sim_timer due;
    struct loop_task task;
    struct db_listener undone;
    struct list in_flight; /* struct log_portion */
    unsigned in_flight_count;
    int64_t after;   /* the filter looked at last in this round */
    bool has_worked; /* in this round, or was told of something new */
    int64_t next_ms; /* when a filter of this round is to be tried again */
    bool is_started;
    bool is_stopped;
};

static int64_t now_ms(const struct log_forwarder *f)
{
    return sim_clock_now_ms(f->options.clock);
}

/* One more turn, for which the clock is held. */
static void defer(struct log_forwarder *f)
{
    if (f->task.waiting || f->is_stopped || !f->is_started)
        return;
    sim_clock_hold(f->options.clock);
    loop_defer_turn(f->options.loop, &f->task);
}

void log_forwarder_notify(struct log_forwarder *f)
{
    if (f == NULL)
        return;
    f->has_worked = true;
    defer(f);
}

/* ---- a portion ---- */

static bool is_in_flight(const struct log_forwarder *f, int64_t filter)
{
    list_for_each(link, &f->in_flight) {
        if (list_entry(link, struct log_portion, link)->filter.id == filter)
            return true;
    }
    return false;
}

/* It was sent, or was not: what that means is written in a unit of its own. */
static void on_sent(struct log_portion *portion)
{
    struct log_forwarder *f = portion->owner;
    struct db *db = f->options.db;
    db_unit_begin(db);
    enum status status = log_portion_settle(portion, db, now_ms(f));
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "how far a subscription filter has come was not stored: %s",
                 status_text(status));
    list_remove(&portion->link);
    f->in_flight_count--;
    log_portion_free(portion);
    log_forwarder_notify(f);
    sim_clock_release(f->options.clock);
}

static void send(struct log_forwarder *f, struct log_portion *portion)
{
    list_append(&f->in_flight, &portion->link);
    f->in_flight_count++;
    sim_clock_hold(f->options.clock);
    log_portion_send(portion, f->options.api_port, on_sent);
}

/* In a unit of work. *ret_is_ready: it is to be sent. */
static enum status prepare(struct log_forwarder *f, struct log_portion *portion, int64_t filter)
{
    struct db *db = f->options.db;
    enum status status = log_portion_load(portion, db, filter);
    if (status == STATUS_NOT_FOUND)
        return log_portion_drop(db, filter);
    if (status != STATUS_OK)
        return status;
    if (portion->filter.next_ms > now_ms(f)) {
        f->next_ms = portion->filter.next_ms < f->next_ms ? portion->filter.next_ms : f->next_ms;
        portion->is_waiting = true;
        return STATUS_OK;
    }
    return log_portion_work(portion, f->options.events, now_ms(f));
}

static enum status work_on(struct log_forwarder *f, int64_t filter)
{
    struct db *db = f->options.db;
    struct log_portion *portion = log_portion_create(f, db, f->options.random);
    if (portion == NULL)
        return STATUS_NO_MEMORY;
    db_unit_begin(db);
    enum status status = prepare(f, portion, filter);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    f->has_worked |= status == STATUS_OK && !portion->is_waiting;
    if (status == STATUS_OK && portion->is_ready)
        send(f, portion);
    else
        log_portion_free(portion);
    return status;
}

/* ---- rounds ---- */

static void begin_round(struct log_forwarder *f)
{
    f->after = 0;
    f->has_worked = false;
    f->next_ms = INT64_MAX;
}

/* STATUS_NOT_FOUND: nothing is left to do now. */
static enum status work_once(struct log_forwarder *f)
{
    for (int i = 0; i < LOOKED_AT_MAX; i++) {
        int64_t filter = 0;
        enum status status = log_forward_next_filter(f->options.db, f->after, &filter);
        if (status == STATUS_NOT_FOUND && f->has_worked) {
            begin_round(f);
            continue;
        }
        if (status != STATUS_OK)
            return status;
        f->after = filter;
        if (is_in_flight(f, filter))
            continue;
        bool had_worked = f->has_worked;
        f->has_worked = false;
        status = work_on(f, filter);
        bool is_done = f->has_worked;
        f->has_worked |= had_worked;
        if (status != STATUS_OK || is_done)
            return status;
    }
    return STATUS_OK;
}

static void look_later(struct log_forwarder *f, int64_t at_ms)
{
    if (at_ms < INT64_MAX && !f->is_stopped)
        sim_timer_start(f->options.clock, &f->due, at_ms);
}

static void on_turn(struct loop_task *task)
{
    struct log_forwarder *f = list_entry(task, struct log_forwarder, task);
    bool can_work = !f->is_stopped && f->in_flight_count < LOG_PORTIONS_MAX;
    enum status status = can_work ? work_once(f) : STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        defer(f);
    } else if (status == STATUS_NOT_FOUND) {
        look_later(f, f->next_ms);
    } else {
        log_line(LOG_ERROR, "filters of log groups cannot go on: %s; tried again later",
                 status_text(status));
        look_later(f, now_ms(f) + FAILED_MS);
    }
    sim_clock_release(f->options.clock);
}

static void on_due(struct sim_timer *timer)
{
    log_forwarder_notify(list_entry(timer, struct log_forwarder, due));
}

/* ---- life ---- */

static void on_group_undone(struct db_listener *listener)
{
    log_forwarder_notify(list_entry(listener, struct log_forwarder, undone));
}

enum status log_forwarder_create(const struct log_forwarder_options *options,
                                 struct log_forwarder **ret_forwarder)
{
    struct log_forwarder *f = mem_zalloc(sizeof(*f));
    if (f == NULL)
        return STATUS_NO_MEMORY;
    f->options = *options;
    f->undone.group_undone = on_group_undone;
    sim_timer_init(&f->due, on_due);
    loop_task_init(&f->task, on_turn);
    list_init(&f->in_flight);
    begin_round(f);
    db_add_listener(options->db, &f->undone);
    *ret_forwarder = f;
    return STATUS_OK;
}

void log_forwarder_start(struct log_forwarder *f)
{
    f->is_started = true;
    log_forwarder_notify(f);
}

void log_forwarder_stop(struct log_forwarder *f)
{
    f->is_stopped = true;
    sim_timer_stop(f->options.clock, &f->due);
}

bool log_forwarder_is_idle(const struct log_forwarder *f)
{
    return f->in_flight_count == 0;
}

void log_forwarder_destroy(struct log_forwarder *f)
{
    if (f == NULL)
        return;
    log_forwarder_stop(f);
    if (f->task.waiting)
        sim_clock_release(f->options.clock);
    loop_task_cancel(&f->task);
    db_remove_listener(&f->undone);
    mem_free(f);
}
