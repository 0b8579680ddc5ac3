/*
 * key_codec.h -- a table's keys as bytes: taken from an item or a request's Key, checked
 * against the key schema, and encoded so that the order of bytes is the order of keys.
 *
 *     p = first 8 bytes of MD5("Outliers" + key) + key     partitions in hash order, as AWS scans
 *     s = sort key                                         S and B as they are, N as its code
 */
#ifndef HANDLERS_DYNAMODB_KEY_CODEC_H
#define HANDLERS_DYNAMODB_KEY_CODEC_H

#include "storage/item_store.h"

struct arena;
struct json;
struct refusal;
struct table;
struct value;

#define KEY_HASH_BYTES 8
#define KEY_MAX_HASH_BYTES 2048
#define KEY_MAX_RANGE_BYTES 1024

/* The key of a whole item. The result is in the refusal's arena or borrowed from `item`. */
NODISCARD enum status key_codec_of_item(const struct table *table, struct slice item,
                                        struct refusal *refusal, struct item_key *ret_key);

/*
 * A request's Key, which must have the key attributes and nothing else: as a document in the
 * arena and encoded.
 */
NODISCARD enum status key_codec_read(const struct table *table, const struct json *json,
                                     struct refusal *refusal, struct slice *ret_document,
                                     struct item_key *ret_key);

/* One key value of the right type: p or s. Checks the size. */
NODISCARD enum status key_codec_hash(const struct value *value, struct refusal *refusal,
                                     struct slice *ret_p);
NODISCARD enum status key_codec_range(const struct value *value, struct refusal *refusal,
                                      struct slice *ret_s);

/* Only the key attributes of an item, as a document in the arena. */
NODISCARD enum status key_codec_extract(const struct table *table, struct slice item,
                                        struct arena *arena, struct slice *ret_document);

#endif
