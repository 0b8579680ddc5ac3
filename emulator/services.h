/*
 * services.h -- every API Hydrant has. A new one is a line in services.c.
 */
#ifndef EMULATOR_SERVICES_H
#define EMULATOR_SERVICES_H

struct router;

extern const struct router services_router;

#endif
