/*
 * key_finder.h -- who owns the access keys of IAM's users and of STS's sessions: the key_port of a
 * sandbox, over its database and its clock.
 *
 * Only keys that look like AWS's are looked up, so that calls with "test" cost nothing. Embed it;
 * loop thread.
 */
#ifndef EMULATOR_KEY_FINDER_H
#define EMULATOR_KEY_FINDER_H

#include "emulator/auth/key_port.h"

struct db;
struct sim_clock;

struct key_finder {
    struct key_port port; /* what credentials are read with */
    struct db *db;        /* borrowed */
    struct sim_clock *clock;
};

void key_finder_init(struct key_finder *finder, struct db *db, struct sim_clock *clock);

#endif
