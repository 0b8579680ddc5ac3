/*
 * index_key.h -- key schemas of secondary indexes, and what of an item is in an index.
 *
 * A key half of one attribute is encoded as a table's (key_codec.h). One of several attributes is
 * a row of parts: each part's bytes with 00 written as 00 FF, ended by 00 01, so that parts compare
 * one after the other and none is the beginning of another.
 */
#ifndef HANDLERS_DYNAMODB_INDEX_KEY_H
#define HANDLERS_DYNAMODB_INDEX_KEY_H

#include <stdbool.h>

#include "storage/index_store.h"

struct arena;
struct refusal;
struct table;
struct text;
struct value;

/* A table's own key as a schema. */
struct key_schema index_key_of_table(const struct table *table);

/* The attribute of that name in the schema; NULL. */
const struct key_part *index_key_part(const struct key_schema *schema, struct slice name);

/* The index of that name; NULL. */
const struct table_index *index_key_find(const struct table *table, struct slice name);

bool index_key_fits_type(const struct value *value, char type);

/* Append one part of a half that has several; without its end for begins_with. */
void index_key_append_part(struct text *out, struct slice part, bool has_end);

/* The p of a half with several parts. */
NODISCARD enum status index_key_hash_parts(struct slice parts, struct arena *arena,
                                           struct slice *ret_p);

/* What of an item is in an index. */
struct index_view {
    bool is_in; /* it has all of the index's key */
    struct item_key key;
    struct slice document; /* NULL pointer: the whole item */
    int64_t size;
};

/* `item` NULL pointer: there is none. Never refuses: what cannot be a key is not in the index. */
NODISCARD enum status index_key_view(const struct table *table, const struct table_index *index,
                                     struct slice item, struct arena *arena,
                                     struct index_view *ret_view);

/*
 * Refuse an item with an attribute that cannot be the key of one of the table's indexes.
 * `is_update`: an update expression put it there.
 */
NODISCARD enum status index_key_check(const struct table *table, struct slice item, bool is_update,
                                      struct refusal *refusal);

/* The key attributes of the table and the index, as a document in the arena. */
NODISCARD enum status index_key_extract(const struct table *table, const struct table_index *index,
                                        struct slice item, struct arena *arena,
                                        struct slice *ret_document);

#endif
