/*
 * delivery_stream_store.h -- delivery streams and their tags, as rows.
 *
 * Reads copy into the caller's arena. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_DELIVERY_STREAM_STORE_H
#define STORAGE_DELIVERY_STREAM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

/* Ids beyond this do not fit into the id of a chunk (record_store.h). */
#define DELIVERY_STREAM_MAX_ID ((INT64_C(1) << 21) - 1)

/* Server-side encryption: what was asked for last. */
struct delivery_encryption {
    bool is_on;
    int64_t since_ms;      /* reached then; before, it is under way */
    struct slice key_type; /* empty: never asked for */
    struct slice key_arn;  /* or empty */
};

struct delivery_stream_row {
    int64_t id; /* never used again */
    struct slice account;
    struct slice region;
    struct slice name;
    int64_t version;
    int64_t created_ms;
    int64_t active_ms;          /* CREATING until then */
    int64_t updated_ms;         /* 0: never */
    struct slice configuration; /* JSON */
    int64_t gone_ms;            /* DELETING until then; 0: not deleted */
    struct delivery_encryption encryption;
};

/* Fills in row->id. STATUS_EXISTS: the name is taken. */
NODISCARD enum status delivery_stream_store_insert(struct db *db, struct delivery_stream_row *row);

/* STATUS_NOT_FOUND. */
NODISCARD enum status delivery_stream_store_find(struct db *db, int64_t id, struct arena *arena,
                                                 struct delivery_stream_row *ret_row);

/* Set version, updated_ms and configuration of row->id. */
NODISCARD enum status delivery_stream_store_update(struct db *db,
                                                   const struct delivery_stream_row *row);

/* DELETING, from now on until `gone_ms`. */
NODISCARD enum status delivery_stream_store_set_gone(struct db *db, int64_t id, int64_t gone_ms);

NODISCARD enum status
delivery_stream_store_set_encryption(struct db *db, int64_t id,
                                     const struct delivery_encryption *encryption);

/* Calls that started or stopped encryption: note one; how many there were after `since_ms`. */
NODISCARD enum status delivery_stream_store_note_encryption_call(struct db *db, int64_t id,
                                                                 int64_t now_ms);
NODISCARD enum status delivery_stream_store_count_encryption_calls(struct db *db, int64_t id,
                                                                   int64_t since_ms,
                                                                   size_t *ret_count);

/* With its tags, without its records. */
NODISCARD enum status delivery_stream_store_delete(struct db *db, int64_t id);

/* Call each(arg, row) for every stream, by id; the row is borrowed. The first failure ends it. */
NODISCARD enum status
delivery_stream_store_each(struct db *db,
                           enum status (*each)(void *arg, const struct delivery_stream_row *row),
                           void *arg);

struct delivery_stream_page {
    struct slice account;
    struct slice region;
    struct slice after; /* the last name seen, which need not exist; or empty */
    size_t limit;
    bool wants_put;     /* streams that are put to */
    bool wants_sourced; /* streams that read another one */
    /* the result: */
    struct slice *names; /* sorted; in the arena */
    size_t count;
    bool has_more;
};

NODISCARD enum status delivery_stream_store_names(struct db *db, struct arena *arena,
                                                  struct delivery_stream_page *page);

NODISCARD enum status delivery_stream_store_count(struct db *db, struct slice account,
                                                  struct slice region, size_t *ret_count);

struct delivery_stream_tag {
    struct slice key;
    struct slice value; /* NULL pointer: a key without a value */
};

NODISCARD enum status delivery_stream_store_put_tag(struct db *db, int64_t stream,
                                                    const struct delivery_stream_tag *tag);
NODISCARD enum status delivery_stream_store_delete_tag(struct db *db, int64_t stream,
                                                       struct slice key);

struct delivery_stream_tags {
    struct delivery_stream_tag *tags; /* sorted by key; in the arena */
    size_t count;
    bool has_more;
};

/* Up to `limit` tags behind the key `after`. */
NODISCARD enum status delivery_stream_store_tags(struct db *db, int64_t stream, struct slice after,
                                                 size_t limit, struct arena *arena,
                                                 struct delivery_stream_tags *ret_tags);

NODISCARD enum status delivery_stream_store_count_tags(struct db *db, int64_t stream,
                                                       size_t *ret_count);

#endif
