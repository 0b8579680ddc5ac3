/*
 * clock_keeper.h -- a sandbox's clock outlives the process: how far it is ahead of real time is
 * kept in the database, written in the first commit after it changed. So no record is ever found
 * with an arrival later than now, and what an advance was acknowledged for stays past.
 */
#ifndef EMULATOR_CLOCK_KEEPER_H
#define EMULATOR_CLOCK_KEEPER_H

#include <stdint.h>

#include "emulator/base/status.h"

struct db;
struct sim_clock;

struct clock_keeper {
    struct db *db;           /* borrowed */
    struct sim_clock *clock; /* borrowed */
    int64_t kept_ahead_ms;
};

/* Put the clock where it was. */
NODISCARD enum status clock_keeper_init(struct clock_keeper *keeper, struct db *db,
                                        struct sim_clock *clock);

/* Between units, just before a commit: write what changed. A failure is logged and tried again. */
void clock_keeper_save(struct clock_keeper *keeper);

/* The clock's database was emptied: the clock is back at real time. */
void clock_keeper_reset(struct clock_keeper *keeper);

#endif
