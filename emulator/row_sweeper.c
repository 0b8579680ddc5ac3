#include "emulator/row_sweeper.h"

#include "emulator/base/log.h"
#include "storage/db.h"
#include "storage/kinesis_store.h"
#include "storage/log_store.h"
#include "storage/query.h"
#include "storage/table_store.h"

/* A portion is one to two milliseconds' work. Between two others have at least as long. */
#define REST_MS 4
#define PORTION_ITEMS 50
#define PORTION_EVENTS 500
#define PORTION_RECORDS 100

static enum status sweep_portion(struct db *db)
{
    bool has_more = false;
    enum status status = table_store_sweep(db, PORTION_ITEMS, &has_more);
    if (status == STATUS_OK && !has_more)
        status = log_store_sweep(db, PORTION_EVENTS, &has_more);
    if (status == STATUS_OK && !has_more)
        status = kinesis_store_sweep(db, PORTION_RECORDS, &has_more);
    return status;
}

static void on_rested(struct loop_timer *timer)
{
    struct row_sweeper *sweeper = list_entry(timer, struct row_sweeper, timer);
    sweeper->is_waiting = false;
    db_unit_begin(sweeper->db);
    enum status status = sweep_portion(sweeper->db);
    enum status ended = db_unit_end(sweeper->db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "removing rows of what was deleted: %s", status_text(status));
}

static bool has_work(struct db *db)
{
    bool has_items = false;
    bool has_events = false;
    bool has_records = false;
    return table_store_has_dropped(db, &has_items) == STATUS_OK &&
           log_store_has_dropped(db, &has_events) == STATUS_OK &&
           kinesis_store_has_dropped(db, &has_records) == STATUS_OK &&
           (has_items || has_events || has_records);
}

/* Whatever was dropped was written: without a change there is nothing new. */
static bool on_turn(struct loop_hook *hook)
{
    struct row_sweeper *sweeper = list_entry(hook, struct row_sweeper, hook);
    int64_t changes = query_total_changes(sweeper->db);
    if (sweeper->is_waiting || sweeper->changes == changes)
        return false;
    sweeper->changes = changes;
    if (has_work(sweeper->db))
        sweeper->is_waiting =
            loop_timer_start(sweeper->loop, &sweeper->timer, REST_MS, on_rested) == STATUS_OK;
    return false;
}

void row_sweeper_start(struct row_sweeper *sweeper, struct loop *loop, struct db *db)
{
    *sweeper = (struct row_sweeper){.loop = loop, .db = db, .hook.fn = on_turn, .changes = -1};
    list_init(&sweeper->hook.link);
    loop_add_hook(loop, &sweeper->hook);
}

void row_sweeper_stop(struct row_sweeper *sweeper)
{
    if (sweeper->loop == NULL)
        return;
    loop_remove_hook(&sweeper->hook);
    loop_timer_close(&sweeper->timer);
    sweeper->loop = NULL;
}
