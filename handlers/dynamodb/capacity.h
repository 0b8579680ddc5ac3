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
struct table;

enum capacity_wish { CAPACITY_NONE, CAPACITY_TOTAL, CAPACITY_INDEXES };

/* input.ReturnConsumedCapacity */
enum capacity_wish capacity_wished(const struct json *input);

/* In half units, the smallest there are. */
int64_t capacity_of_read(int64_t bytes, bool is_consistent);
int64_t capacity_of_write(int64_t old_bytes, int64_t new_bytes);

/* One object for a table, as an element or after a key. */
void capacity_write(struct json_writer *w, enum capacity_wish wish, struct slice table,
                    int64_t half_units);

/* What a table and its indexes took. */
struct capacity_use {
    const struct table *table;
    int64_t half_units;         /* of the table itself */
    const int64_t *index_units; /* half units of each of its indexes; NULL: none */
    const char *kind;           /* "ReadCapacityUnits"... of a transaction; NULL */
};

void capacity_write_use(struct json_writer *w, enum capacity_wish wish,
                        const struct capacity_use *use);
void capacity_put_use(struct json_writer *w, enum capacity_wish wish,
                      const struct capacity_use *use);

/* The ConsumedCapacity member, unless none is wished. */
void capacity_put(struct json_writer *w, enum capacity_wish wish, struct slice table,
                  int64_t half_units);

#endif
