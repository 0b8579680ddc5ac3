#include "handlers/dynamodb/table_upkeep.h"

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/table_upkeep_work.h"
#include "storage/db.h"
#include "storage/item_expiry_store.h"
#include "storage/stream_store.h"

#define TRIM_AGAIN_MS (INT64_C(3600) * 1000)
#define AFTER_FAILURE_MS (INT64_C(60) * 1000)

struct table_upkeep {
    struct sandbox *sandbox;
    struct sim_timer due;
    struct loop_task task;
    struct db_listener undone;
    int64_t trim_from_ms; /* records are not removed before this */
    int64_t from_ms;      /* nothing is done before this: it failed lately */
    bool is_stopped;
};

/* ---- when there is something to do ------------------------------------------------------------
 */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum status find_due(const struct table_upkeep *u, int64_t *ret_due_ms)
{
    struct db *db = u->sandbox->db;
    int64_t due_ms = INT64_MAX;
    int64_t expires_s = 0;
    int64_t oldest_ms = 0;
    enum status status = item_expiry_next_s(db, &expires_s);
    if (status == STATUS_OK)
        due_ms = expires_s * 1000 + ITEM_EXPIRY_DELAY_MS;
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        status = stream_store_oldest_ms(db, &oldest_ms);
    if (status == STATUS_OK)
        due_ms = earlier(due_ms, later(oldest_ms + STREAM_RETENTION_MS + 1, u->trim_from_ms));
    *ret_due_ms = due_ms;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void wait(struct table_upkeep *u)
{
    int64_t due_ms = INT64_MAX;
    enum status status = find_due(u, &due_ms);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "looking for what is due in tables: %s", status_text(status));
    if (status != STATUS_OK || due_ms == INT64_MAX || u->is_stopped)
        return;
    sim_timer_start(&u->sandbox->clock, &u->due, later(due_ms, u->from_ms));
}

void table_upkeep_notify(struct table_upkeep *u, int64_t due_ms)
{
    if (u == NULL || u->is_stopped || u->task.waiting)
        return;
    if (!u->due.running || u->due.due_ms > due_ms)
        sim_timer_start(&u->sandbox->clock, &u->due, later(due_ms, u->from_ms));
}

/* ---- doing it -------------------------------------------------------------------------------- */

static enum status run_portion(struct table_upkeep *u, bool *ret_more)
{
    struct sandbox *sandbox = u->sandbox;
    int64_t now_ms = sim_clock_now_ms(&sandbox->clock);
    bool has_more = false;
    enum status status = table_upkeep_fill_portion(sandbox, &has_more);
    if (status == STATUS_OK && !has_more)
        status = table_upkeep_note_portion(sandbox, &has_more);
    if (status == STATUS_OK && !has_more)
        status = table_upkeep_expire_portion(sandbox, &has_more);
    if (status == STATUS_OK && !has_more && now_ms >= u->trim_from_ms)
        status = table_upkeep_trim_portion(sandbox, &has_more);
    if (status == STATUS_OK)
        *ret_more = has_more;
    return status;
}

static void on_turn(struct loop_task *task)
{
    struct table_upkeep *u = list_entry(task, struct table_upkeep, task);
    struct sim_clock *clock = &u->sandbox->clock;
    bool has_more = false;
    db_unit_begin(u->sandbox->db);
    enum status status = u->is_stopped ? STATUS_OK : run_portion(u, &has_more);
    enum status ended = db_unit_end(u->sandbox->db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status == STATUS_OK && has_more) {
        loop_defer_turn(u->sandbox->loop, &u->task);
        return;
    }
    if (status != STATUS_OK) {
        log_line(LOG_WARNING, "the upkeep of tables: %s", status_text(status));
        u->from_ms = sim_clock_now_ms(clock) + AFTER_FAILURE_MS;
    }
    if (sim_clock_now_ms(clock) >= u->trim_from_ms)
        u->trim_from_ms = sim_clock_now_ms(clock) + TRIM_AGAIN_MS;
    wait(u);
    sim_clock_release(clock);
}

static void begin(struct table_upkeep *u)
{
    if (u->is_stopped || u->task.waiting)
        return;
    sim_clock_hold(&u->sandbox->clock);
    loop_defer_turn(u->sandbox->loop, &u->task);
}

void table_upkeep_fill(struct table_upkeep *u)
{
    if (u != NULL)
        begin(u);
}

static void on_due(struct sim_timer *timer)
{
    begin(list_entry(timer, struct table_upkeep, due));
}

static void on_group_undone(struct db_listener *listener)
{
    table_upkeep_start(list_entry(listener, struct table_upkeep, undone));
}

/* ---- its life ----------------------------------------------------------------------------------
 */

enum status table_upkeep_create(struct sandbox *sandbox, struct table_upkeep **ret_upkeep)
{
    struct table_upkeep *u = mem_zalloc(sizeof(*u));
    if (u == NULL)
        return STATUS_NO_MEMORY;
    u->sandbox = sandbox;
    u->undone.group_undone = on_group_undone;
    sim_timer_init(&u->due, on_due);
    loop_task_init(&u->task, on_turn);
    db_add_listener(sandbox->db, &u->undone);
    *ret_upkeep = u;
    return STATUS_OK;
}

void table_upkeep_start(struct table_upkeep *u)
{
    u->trim_from_ms = 0;
    u->from_ms = 0;
    begin(u);
}

void table_upkeep_stop(struct table_upkeep *u)
{
    u->is_stopped = true;
    sim_timer_stop(&u->sandbox->clock, &u->due);
}

void table_upkeep_destroy(struct table_upkeep *u)
{
    if (u == NULL)
        return;
    table_upkeep_stop(u);
    if (u->task.waiting)
        sim_clock_release(&u->sandbox->clock);
    loop_task_cancel(&u->task);
    db_remove_listener(&u->undone);
    mem_free(u);
}
