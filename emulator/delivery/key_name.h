/*
 * key_name.h -- the S3 key of a delivered object, and which prefixes are allowed.
 *
 *     <prefix, evaluated><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>
 *
 *     Prefix has      ErrorOutputPrefix has  data objects under      error objects under
 *     --------------  ---------------------  ---------------------- -------------------------------
 *     no expression   (none)                 <Prefix>yyyy/MM/dd/HH/  <Prefix><type>/yyyy/MM/dd/HH/
 *     no expression   no expression          <Prefix>yyyy/MM/dd/HH/  <Error><type>/yyyy/MM/dd/HH/
 *     any             expressions            as evaluated            as evaluated
 *     expressions     (none)                 refused
 *
 * An expression is `!{namespace:value}`: timestamp (date_pattern.h), firehose:random-string,
 * firehose:error-output-type, partitionKeyFromQuery and partitionKeyFromLambda. No slash is ever
 * added. Every time in a key is the arrival of the oldest record of the object, in the stream's
 * time zone. An evaluated prefix has at most 512 characters, and so many bytes that S3 takes the
 * key.
 *
 * Pure functions: the same input and the same random state give the same key.
 */
#ifndef EMULATOR_DELIVERY_KEY_NAME_H
#define EMULATOR_DELIVERY_KEY_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct partition_key;
struct random;
struct text;
struct time_zone;

struct key_name {
    struct slice prefix;       /* as configured */
    struct slice error_prefix; /* empty: none */
    struct slice error_type;   /* "processing-failed"; empty for a data object */
    struct slice stream;
    int64_t version;
    int64_t oldest_ms;
    const struct time_zone *zone; /* NULL: UTC */
    struct slice extension;       /* with its dot, or empty */
    struct slice partition;       /* from key_name_partition(); or empty */
};

/* Append the key. The prefixes have passed key_name_check(). */
void key_name_append(struct text *out, const struct key_name *name, struct random *random);

/*
 * May these be a stream's prefixes? STATUS_INVALID with the API's message in `message`. Partition
 * keys need dynamic partitioning.
 */
NODISCARD enum status key_name_check(struct slice prefix, struct slice error_prefix,
                                     bool is_partitioned, struct text *message);

/* Which kinds of partition keys a prefix asks for. */
#define KEY_FROM_QUERY 1u
#define KEY_FROM_LAMBDA 2u
unsigned key_name_namespaces(struct slice prefix);

/* What the keys of one record are. */
struct partition_source {
    const struct partition_key *query;
    size_t query_count;
    const struct partition_key *lambda;
    size_t lambda_count;
};

/*
 * Append the values a prefix asks for, in their order, a NUL behind each: records with the same
 * values go into the same objects. STATUS_INVALID: one is missing, or the prefix gets too long;
 * *ret_why says which. What was appended is then of no use.
 */
NODISCARD enum status key_name_partition(struct slice prefix, const struct partition_source *source,
                                         struct text *out, const char **ret_why);

bool key_name_has_expression(struct slice prefix);

#endif
