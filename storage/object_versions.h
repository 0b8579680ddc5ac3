/*
 * object_versions.h -- the versions of an object.
 *
 * object has one row per key, what a plain GET sees; object_past has what was before, and delete
 * markers. Of a key's rows the highest sequence is the latest; with a marker as the latest there
 * is no row in object.
 *
 *     put       never versioned   object is replaced
 *               enabled           object -> object_past; the new row gets an id
 *               suspended         the "null" version, wherever, is replaced; another one is kept
 *     delete    never versioned   the row goes
 *               enabled           object -> object_past; a marker with an id
 *               suspended         the "null" version goes; a marker that is "null"
 *     delete a version            it goes; if it was the latest, the one before is now
 *
 * Writes need an open unit of work. Loop thread only, but for a reader connection.
 */
#ifndef STORAGE_OBJECT_VERSIONS_H
#define STORAGE_OBJECT_VERSIONS_H

#include "storage/bucket_store.h"
#include "storage/object_store.h"

/* Where the next row of a key goes. */
struct object_place {
    int64_t bucket_id;
    enum bucket_versioning versioning;
    int64_t sequence;
    struct object_version_id version;
};

/* Before the row of `key` in object is written: put away what must be kept. Fills in the rest of
 * `place`. */
NODISCARD enum status object_versions_make_way(struct db *db, struct object_place *place,
                                               struct slice key, int64_t now_ms);

/*
 * `version` is an id or "null". STATUS_NOT_FOUND. The bytes of a small body only when asked.
 * Nothing but bucket_id, key, sequence, version and modified_ms stands in a marker.
 */
NODISCARD enum status object_versions_find(struct db *db, const struct object *which, bool bytes,
                                           struct arena *arena, struct object *ret_object);

/* The delete marker that is the latest of its key. STATUS_NOT_FOUND. */
NODISCARD enum status object_versions_find_marker(struct db *db, int64_t bucket_id,
                                                  struct slice key, struct arena *arena,
                                                  struct object *ret_marker);

/* What a delete left: a marker, or nothing. */
struct object_deletion {
    bool has_marker;
    struct object_version_id marker;
};

NODISCARD enum status object_versions_delete(struct db *db, int64_t bucket_id, struct slice key,
                                             int64_t now_ms, struct object_deletion *ret_deletion);

/* For good. `object` is from object_versions_find(). */
NODISCARD enum status object_versions_remove(struct db *db, const struct object *object);

/* Write the traits (but for the encryption) and the restored copy of a version as they stand in
 * `object`; its bytes and times stay. */
NODISCARD enum status object_versions_update(struct db *db, const struct object *object);

/* The sequence an id was made of; 0 for what never was one. */
int64_t object_versions_sequence(struct slice id);

#endif
