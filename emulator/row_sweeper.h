/*
 * row_sweeper.h -- removes the rows that dropped tables, log groups, log streams and Kinesis
 * streams left behind.
 *
 * Dropping one takes its name away at once and only notes its rows, which may be very many; they go
 * a portion at a time between other work, so that nobody waits for them. What is left when the
 * sandbox is closed goes after the next start. Embed it; loop thread.
 */
#ifndef EMULATOR_ROW_SWEEPER_H
#define EMULATOR_ROW_SWEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/loop/loop.h"

struct db;

struct row_sweeper {
    struct loop *loop; /* borrowed; NULL until started */
    struct db *db;     /* borrowed */
    struct loop_hook hook;
    struct loop_timer timer;
    bool is_waiting; /* for the timer */
    int64_t changes; /* of the connection, when last looked */
};

void row_sweeper_start(struct row_sweeper *sweeper, struct loop *loop, struct db *db);

/* Before the database is closed. Safe on a zeroed one. */
void row_sweeper_stop(struct row_sweeper *sweeper);

#endif
