/*
 * time_zone.h -- the offsets of a time zone, from the system's tz database (the TZif files below
 * /usr/share/zoneinfo, RFC 8536, versions 2 to 4).
 *
 * glibc can only convert to the zone of the whole process, which is no good for streams with zones
 * of their own, so the files are read here. A zone is read once and then asked from any thread.
 */
#ifndef EMULATOR_DELIVERY_TIME_ZONE_H
#define EMULATOR_DELIVERY_TIME_ZONE_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct time_zone;

/*
 * The zone of that IANA name; empty and "UTC" need no file. STATUS_NOT_FOUND: there is none of that
 * name. STATUS_CORRUPT: its file cannot be understood. In the arena.
 */
NODISCARD enum status time_zone_load(struct slice name, struct arena *arena,
                                     const struct time_zone **ret_zone);

/* The same from the bytes of a TZif file. */
NODISCARD enum status time_zone_parse(struct slice file, struct arena *arena,
                                      const struct time_zone **ret_zone);

/* Seconds east of UTC at that moment; NULL is UTC. */
int32_t time_zone_offset(const struct time_zone *zone, int64_t epoch_s);

/* What the zone's time is called then ("CEST"); "UTC" for NULL. */
struct slice time_zone_abbreviation(const struct time_zone *zone, int64_t epoch_s);

#endif
