/*
 * metadata_query.h -- the processor MetadataExtraction: partition keys from a record by a jq
 * program (libjq, JQ-1.6). The only home of libjq.
 *
 * libjq cannot be interrupted, and cannot fail to allocate: it ends the process where a program or
 * a record asks it for too much, or for a slice that begins at NaN. So it runs in a process that
 * may end (query_helper.h); in ours only where there is no launcher, in tests. What is bounded here
 * is what goes in and what comes out: records of 1 MiB and 256 levels, 50 keys, names and values of
 * 1,024 bytes.
 *
 * What libjq 1.6 would end the process for with an everyday mistake is an error of the record,
 * which costs less: times strftime has no year for, looking for an empty string. Leaving a path
 * expression half-way works. `input` has nothing, `debug` and `stderr` say nothing, `env` is empty.
 *
 * A compiled program is used by one thread at a time. Compiling takes tens of milliseconds: keep
 * it.
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

#define METADATA_MAX_NAME_BYTES 1024
#define METADATA_MAX_VALUE_BYTES 1024
#define METADATA_MAX_RECORD_BYTES ((size_t)1024 * 1024)

/* Why a record has no keys. */
#define METADATA_TROUBLES(X)                                           \
    X(NONE, "")                                                        \
    X(RECORD_TOO_LARGE, "the record is larger than 1 MiB")             \
    X(NOT_JSON, "the record is not JSON")                              \
    X(NO_OBJECT, "the query gives no object for the record")           \
    X(TOO_MANY_KEYS, "partitionKeys has more than 50 keys")            \
    X(LONG_NAME, "a name in partitionKeys is too long")                \
    X(EMPTY_VALUE, "partitionKeys values must not be null or empty")   \
    X(NESTED_VALUE, "partitionKeys values must be scalars")            \
    X(LONG_VALUE, "a value of partitionKeys is too long or has a NUL") \
    X(LIMIT, "the query took too long or too much memory")             \
    X(PROCESS_ENDED, "the query ended its process for the record")     \
    X(NO_PROGRAM, "the query could not be compiled")

enum metadata_trouble {

#define X(name, text) METADATA_##name,
    METADATA_TROUBLES(X)
#undef X
        METADATA_TROUBLE_COUNT
};

/* In English. */
const char *metadata_trouble_text(enum metadata_trouble trouble);

/* What a record's keys are, or why it has none. */
struct metadata_answer {
    enum metadata_trouble trouble;
    size_t count;
    const struct partition_key *keys;
};

/* STATUS_INVALID: no such program; why is appended to `problem`, which may be NULL. */
NODISCARD enum status metadata_query_create(struct slice program, struct text *problem,
                                            struct metadata_query **ret_query);

/* NULL is a no-op. */
void metadata_query_destroy(struct metadata_query *query);

/*
 * The first result of the program for a record, which has to be an object of scalars that are
 * neither null nor empty. Keys in the arena. STATUS_NO_MEMORY.
 */
NODISCARD enum status metadata_query_run(struct metadata_query *query, struct slice record,
                                         struct arena *arena, struct metadata_answer *ret_answer);

#endif
