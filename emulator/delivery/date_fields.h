/*
 * date_fields.h -- what the letters of a date pattern stand for: numbers, names, offsets from UTC.
 * Names are English and weeks are those of the United States (from Sunday; the first has the 1st of
 * January), as Java has them for Locale.US.
 */
#ifndef EMULATOR_DELIVERY_DATE_FIELDS_H
#define EMULATOR_DELIVERY_DATE_FIELDS_H

#include <stdint.h>
#include <time.h>

#include "emulator/base/slice.h"

struct text;

/* A moment as clocks in its zone show it. */
struct date {
    struct tm tm;
    int ms;
    int32_t offset_s; /* east of UTC */
};

/* `local_ms` is since the epoch, of local time. */
struct date date_make(int64_t local_ms, int32_t offset_s);

/* Of a letter that is a number: y u Y M L Q q d D w W e c H h K k m s A n N. */
int64_t date_number(char letter, const struct date *date);

/* Of a letter that is a name: G M L Q q E e c a, so many times in a row. */
void date_name_append(struct text *out, char letter, unsigned count, const struct date *date);

/* Z X x O. */
void date_offset_append(struct text *out, char letter, unsigned count, int32_t offset_s);

#endif
