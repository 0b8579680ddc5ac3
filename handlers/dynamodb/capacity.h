/*
 * capacity.h -- capacity units, as ReturnConsumedCapacity reports them.
 */
#ifndef HANDLERS_DYNAMODB_CAPACITY_H
#define HANDLERS_DYNAMODB_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct json;
struct json_writer;

enum capacity_wish { CAPACITY_NONE, CAPACITY_TOTAL, CAPACITY_INDEXES };

/* input.ReturnConsumedCapacity */
enum capacity_wish capacity_wished(const struct json *input);

/* In half units, the smallest there are. */
int64_t capacity_of_read(int64_t bytes, bool is_consistent);
int64_t capacity_of_write(int64_t old_bytes, int64_t new_bytes);

/* One object for a table, as an element or after a key. */
void capacity_write(struct json_writer *w, enum capacity_wish wish, struct slice table,
                    int64_t half_units);

/* The same for a transaction's table: says whether the units are those of reads or of writes. */
void capacity_write_transaction(struct json_writer *w, enum capacity_wish wish, struct slice table,
                                int64_t half_units, bool is_read);

/* The ConsumedCapacity member, unless none is wished. */
void capacity_put(struct json_writer *w, enum capacity_wish wish, struct slice table,
                  int64_t half_units);

#endif
