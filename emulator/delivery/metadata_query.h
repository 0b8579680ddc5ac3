/*
 * metadata_query.h -- the processor MetadataExtraction: partition keys from a record by a jq
 * program (libjq, JQ-1.6). The only home of libjq.
 *
 * A compiled program is used by one thread at a time. Compiling takes tens of milliseconds: keep
 * it. What a program may take is bounded: records of 1 MiB and 256 levels, 50 keys, values of 1,024
 * bytes; time and memory by whoever watches it and calls metadata_query_stop() (delivery_query.h).
 *
 * A program stops between two of its steps only. One step may take what it likes, and libjq, which
 * cannot fail to allocate, ends the process where there is no such memory: setting an index of a
 * billion, multiplying a text by as much, or a slice that begins at NaN. The batch is due again
 * after a restart, and so on. Nothing short of a process of its own could bound that. Other asserts
 * of libjq 1.6 that a record could lead into are kept from it: times strftime has no year for,
 * looking for an empty string, leaving a path expression half-way are errors of the record. `input`
 * has nothing, `debug` and `stderr` say nothing, `env` is empty.
 */
#ifndef EMULATOR_DELIVERY_METADATA_QUERY_H
#define EMULATOR_DELIVERY_METADATA_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/lambda/invoke.h"

struct arena;
struct metadata_query;
struct text;

#define METADATA_MAX_VALUE_BYTES 1024
#define METADATA_MAX_RECORD_BYTES ((size_t)1024 * 1024)

struct metadata_keys {
    const struct partition_key *keys;
    size_t count;
};

/* STATUS_INVALID: no such program; why is appended to `problem`, which may be NULL. */
NODISCARD enum status metadata_query_create(struct slice program, struct text *problem,
                                            struct metadata_query **ret_query);

/* As it was given; lives with the query. */
struct slice metadata_query_program(const struct metadata_query *query);

/* NULL is a no-op. */
void metadata_query_destroy(struct metadata_query *query);

/*
 * The first result of the program for a record, which must be an object of scalars. STATUS_INVALID:
 * not JSON, no result, an error, or more than is allowed; *ret_why says which, in English. Keys
 * in the arena. A value that is null or empty is an error as well.
 */
NODISCARD enum status metadata_query_run(struct metadata_query *query, struct slice record,
                                         struct arena *arena, struct metadata_keys *ret_keys,
                                         const char **ret_why);

/*
 * From another thread: end the run under way, and every later one, with STATUS_INVALID. A run that
 * was just beginning may not have noticed: call it again after a while, until the run is over.
 */
void metadata_query_stop(struct metadata_query *query);
bool metadata_query_is_stopped(const struct metadata_query *query);

#endif
