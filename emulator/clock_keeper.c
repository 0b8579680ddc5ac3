#include "emulator/clock_keeper.h"

#include "emulator/base/log.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/setting_store.h"

/* Two clocks read one after the other may differ by this much without anybody having moved one. */
#define JITTER_MS 20

static const char setting_name[] = "clock.ahead_ms";

enum status clock_keeper_init(struct clock_keeper *keeper, struct db *db, struct sim_clock *clock)
{
    *keeper = (struct clock_keeper){.db = db, .clock = clock};
    enum status status = setting_store_get_integer(db, setting_name, &keeper->kept_ahead_ms);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK)
        sim_clock_set_now_ms(clock, loop_wall_ms() + keeper->kept_ahead_ms);
    return status;
}

static bool has_moved(int64_t ahead_ms, int64_t kept_ms)
{
    return ahead_ms > kept_ms + JITTER_MS || ahead_ms < kept_ms - JITTER_MS;
}

void clock_keeper_save(struct clock_keeper *keeper)
{
    int64_t ahead_ms = sim_clock_now_ms(keeper->clock) - loop_wall_ms();
    if (!has_moved(ahead_ms, keeper->kept_ahead_ms))
        return;
    db_unit_begin(keeper->db);
    enum status status = setting_store_put_integer(keeper->db, setting_name, ahead_ms);
    enum status ended = db_unit_end(keeper->db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    if (status == STATUS_OK)
        keeper->kept_ahead_ms = ahead_ms;
    else
        log_line(LOG_WARNING, "the clock's position could not be kept: %s", status_text(status));
}

void clock_keeper_reset(struct clock_keeper *keeper)
{
    sim_clock_set_now_ms(keeper->clock, loop_wall_ms());
    keeper->kept_ahead_ms = 0;
}
