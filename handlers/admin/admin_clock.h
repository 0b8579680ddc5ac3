/*
 * admin_clock.h -- what the operations on a sandbox's time share.
 */
#ifndef HANDLERS_ADMIN_ADMIN_CLOCK_H
#define HANDLERS_ADMIN_ADMIN_CLOCK_H

#include "emulator/loop/sim_clock.h"

struct sandbox;

/* "real", "frozen", "auto". */
const char *admin_clock_mode_name(enum sim_clock_mode mode);

/* The clock was moved or runs otherwise. Inside a unit of work: readers of the bus keep what they
 * write together with that. */
void admin_clock_publish(struct sandbox *sandbox);

#endif
