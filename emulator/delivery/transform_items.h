/*
 * transform_items.h -- the records of a batch on their way through the processors.
 *
 *     accepted records --prepare--> items --function--> outcomes --(query)--partition--> outcomes
 *
 * prepare: Decompression, CloudWatchLogProcessing, RecordDeAggregation. An accepted record becomes
 * any number of items, or fails as a whole. (query): MetadataExtraction, delivery_query.h.
 * partition: the evaluation of Prefix. All here is pure; any thread, one at a time.
 */
#ifndef EMULATOR_DELIVERY_TRANSFORM_ITEMS_H
#define EMULATOR_DELIVERY_TRANSFORM_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/delivery/delivery_settings.h"
#include "emulator/lambda/invoke.h"

struct arena;
struct metadata_answer;
struct transform_error;

/* What became of one item. */
struct transform_outcome {
    const struct transform_error *error; /* NULL: it did not fail */
    const char *why;                     /* instead of the error's message; or NULL */
    unsigned attempts;
    bool is_dropped;
    struct slice data;                /* to be delivered */
    const struct partition_key *keys; /* the function's */
    size_t key_count;
    const struct partition_key *query_keys;
    size_t query_key_count;
    struct slice partition; /* key_name_partition() */
};

struct transform_items {
    const struct lambda_record *accepted;
    size_t accepted_count;
    const struct transform_error **failures; /* one per accepted record; NULL: it has items */

    struct lambda_record *records;
    uint32_t *sources; /* which accepted record each comes from */
    struct transform_outcome *outcomes;
    size_t count;
    size_t capacity;
};

/* More items of one batch than this, or more bytes, and the records behind them fail. */
#define TRANSFORM_MAX_ITEMS ((size_t)400 * 1000)
#define TRANSFORM_MAX_UNPACKED_BYTES ((size_t)48 * 1024 * 1024)

/* Fill in the items of accepted[0..accepted_count). STATUS_NO_MEMORY. */
NODISCARD enum status transform_items_prepare(struct transform_items *items,
                                              const struct delivery_steps *steps,
                                              struct arena *arena);

/* What the query found for one. */
void transform_items_answer(struct transform_outcome *outcome,
                            const struct metadata_answer *answer);

/* Once a query, if there is one, has answered for all. STATUS_NO_MEMORY. */
NODISCARD enum status transform_items_partition(struct transform_items *items,
                                                const struct delivery_steps *steps,
                                                struct arena *arena);

#endif
