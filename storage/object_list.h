/*
 * object_list.h -- walking a bucket's keys in byte order, grouped by a delimiter.
 *
 * A key that holds the delimiter behind the prefix stands for its group: everything up to the
 * delimiter. A group is reported once and its members are skipped with one seek, however many
 * they are.
 *
 * The same walk lists versions (of a key, the latest first) and unfinished uploads (of a key, the
 * oldest first); `after` and `after_number` are then the last row seen.
 */
#ifndef STORAGE_OBJECT_LIST_H
#define STORAGE_OBJECT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/object_store.h"

enum object_list_kind { OBJECT_LIST_CURRENT, OBJECT_LIST_VERSIONS, OBJECT_LIST_UPLOADS };

struct object_list_row {
    struct slice name; /* a key, or a group with its delimiter */
    bool is_group;     /* then nothing but the name is there */
    struct slice storage_class;
    int64_t number;  /* of versions: the sequence; of uploads: when it was initiated */
    struct slice id; /* of versions: empty for "null" */
    bool is_latest;
    bool is_marker;
    int64_t past_since_ms; /* of versions: since when it is not the latest; 0: it is */
    uint64_t size;
    int64_t modified_ms;
    struct slice etag;
    enum checksum_algorithm checksum_algorithm;
    bool is_composite;
};

struct object_list {
    int64_t bucket_id;
    struct slice prefix;
    struct slice delimiter; /* empty: no groups */
    struct slice after;     /* the last name seen, key or group; empty: from the start */
    enum object_list_kind kind;
    int64_t after_number;  /* the last row of `after` seen; 0: all of them */
    struct slice after_id; /* of uploads: the same, among those of one time */
    size_t max;
    /* the result, in the arena: */
    struct object_list_row *rows;
    size_t count;
    bool is_truncated;
};

NODISCARD enum status object_list_run(struct db *db, struct arena *arena, struct object_list *list);

#endif
