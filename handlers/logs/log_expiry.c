#include "handlers/logs/log_expiry.h"

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/log_retention_store.h"
#include "storage/log_store.h"

#define PORTION_EVENTS 500
#define AGAIN_MS (INT64_C(3600) * 1000)

struct log_expiry {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct sim_timer due;
    struct loop_task task;
    struct db_listener undone;
    int64_t not_before_ms;
    bool is_stopped;
};

/* Wait for the oldest event's time, if there is one. */
static void wait(struct log_expiry *e)
{
    int64_t due_ms = 0;
    enum status status = log_retention_next_ms(e->db, &due_ms);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        log_line(LOG_WARNING, "looking for expired log events: %s", status_text(status));
    if (status != STATUS_OK || e->is_stopped)
        return;
    sim_timer_start(e->clock, &e->due, due_ms > e->not_before_ms ? due_ms : e->not_before_ms);
}

/* Looking costs something per group with a retention: only when no timer runs, or all changed. */
void log_expiry_notify(struct log_expiry *e, const struct log_group_row *group)
{
    if (e == NULL || e->is_stopped || group->retention_days == 0 || e->task.waiting)
        return;
    int64_t soonest_ms = sim_clock_now_ms(e->clock);
    if (!e->due.running || e->due.due_ms > soonest_ms + AGAIN_MS)
        wait(e);
}

void log_expiry_start(struct log_expiry *e)
{
    e->not_before_ms = 0;
    wait(e);
}

static void on_turn(struct loop_task *task)
{
    struct log_expiry *e = list_entry(task, struct log_expiry, task);
    bool has_more = false;
    db_unit_begin(e->db);
    enum status status =
        log_retention_sweep(e->db, sim_clock_now_ms(e->clock), PORTION_EVENTS, &has_more);
    enum status ended = db_unit_end(e->db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "removing expired log events: %s", status_text(status));
    if (status == STATUS_OK && has_more && !e->is_stopped) {
        loop_defer_turn(e->loop, &e->task);
        return;
    }
    wait(e);
    sim_clock_release(e->clock);
}

static void on_due(struct sim_timer *timer)
{
    struct log_expiry *e = list_entry(timer, struct log_expiry, due);
    if (e->is_stopped || e->task.waiting)
        return;
    e->not_before_ms = sim_clock_now_ms(e->clock) + AGAIN_MS;
    sim_clock_hold(e->clock);
    loop_defer_turn(e->loop, &e->task);
}

static void on_group_undone(struct db_listener *listener)
{
    struct log_expiry *e = list_entry(listener, struct log_expiry, undone);
    if (!e->task.waiting && !e->is_stopped)
        log_expiry_start(e);
}

enum status log_expiry_create(struct db *db, struct loop *loop, struct sim_clock *clock,
                              struct log_expiry **ret_expiry)
{
    struct log_expiry *e = mem_zalloc(sizeof(*e));
    if (e == NULL)
        return STATUS_NO_MEMORY;
    e->db = db;
    e->loop = loop;
    e->clock = clock;
    e->undone.group_undone = on_group_undone;
    sim_timer_init(&e->due, on_due);
    loop_task_init(&e->task, on_turn);
    db_add_listener(db, &e->undone);
    *ret_expiry = e;
    return STATUS_OK;
}

void log_expiry_stop(struct log_expiry *e)
{
    e->is_stopped = true;
    sim_timer_stop(e->clock, &e->due);
}

void log_expiry_destroy(struct log_expiry *e)
{
    if (e == NULL)
        return;
    log_expiry_stop(e);
    if (e->task.waiting)
        sim_clock_release(e->clock);
    loop_task_cancel(&e->task);
    db_remove_listener(&e->undone);
    mem_free(e);
}
