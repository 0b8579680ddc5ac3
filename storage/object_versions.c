#include "storage/object_versions.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "storage/db.h"
#include "storage/object_rows.h"
#include "storage/query.h"

/* An id is 24 bytes in 64 characters: the sequence, big end first, and a digest of it. */
#define SEQUENCE_BYTES 6
#define SEQUENCE_CHARS 8
#define ID_BYTES 24

/* In the order of their bytes, so that ids sort as sequences do. */
static const char alphabet[] = ".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

#define PAST_COLUMNS                                                                         \
    "bucket, key, size, modified_ms, etag, checksum_algorithm, checksum, sequence, version," \
    " content_type, content_encoding, metadata, " OBJECT_TRAIT_COLUMNS                       \
    ", restored_until_ms, body, bytes"

/* ---- ids ---- */

static void make_id(int64_t sequence, struct object_version_id *id)
{
    uint8_t bytes[ID_BYTES];
    uint8_t digest[SHA256_BYTES];
    for (size_t i = 0; i < SEQUENCE_BYTES; i++)
        bytes[i] = (uint8_t)(sequence >> (8 * (SEQUENCE_BYTES - 1 - i)));
    hash_sha256(slice_make(bytes, SEQUENCE_BYTES), digest);
    memcpy(bytes + SEQUENCE_BYTES, digest, ID_BYTES - SEQUENCE_BYTES);
    for (size_t i = 0; i < ID_BYTES / 3; i++) {
        const uint8_t *b = bytes + 3 * i;
        char *out = id->text + 4 * i;
        out[0] = alphabet[b[0] >> 2];
        out[1] = alphabet[(b[0] & 3) << 4 | b[1] >> 4];
        out[2] = alphabet[(b[1] & 15) << 2 | b[2] >> 6];
        out[3] = alphabet[b[2] & 63];
    }
    id->text[VERSION_ID_CHARS] = '\0';
}

int64_t object_versions_sequence(struct slice id)
{
    int64_t sequence = 0;
    struct object_version_id made;
    if (id.len != VERSION_ID_CHARS)
        return 0;
    for (size_t i = 0; i < SEQUENCE_CHARS; i++) {
        const char *at = id.ptr[i] != '\0' ? strchr(alphabet, id.ptr[i]) : NULL;
        if (at == NULL)
            return 0;
        sequence = sequence << 6 | (at - alphabet);
    }
    make_id(sequence, &made);
    return slice_equal_text(id, made.text) ? sequence : 0;
}

static enum status next_sequence(struct db *db, int64_t *ret_sequence)
{
    static const char next[] = "INSERT INTO version_sequence(id, last) VALUES (1, 1)"
                               " ON CONFLICT(id) DO UPDATE SET last = last + 1 RETURNING last";
    struct query q;
    int64_t sequence = 0;
    query_begin(&q, db, next);
    if (query_step(&q))
        sequence = query_integer(&q, 0);
    while (query_step(&q))
        continue;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_sequence = sequence;
    return status;
}

/* ---- moving rows ---- */

struct row {
    struct db *db;
    int64_t bucket_id;
    struct slice key;
};

static enum status run_on(const struct row *row, const char *sql)
{
    struct query q;
    query_begin(&q, row->db, sql);
    query_bind_integer(&q, row->bucket_id);
    query_bind_blob(&q, row->key);
    return query_run(&q);
}

static enum status run_at(const struct row *row, const char *sql, int64_t number)
{
    struct query q;
    query_begin(&q, row->db, sql);
    query_bind_integer(&q, row->bucket_id);
    query_bind_blob(&q, row->key);
    query_bind_integer(&q, number);
    return query_run(&q);
}

/* Copy the row of object, if there is one, and end the time of a marker as the latest. */
static enum status put_away(const struct row *row, int64_t now_ms)
{
    static const char copy[] = "INSERT INTO object_past(" PAST_COLUMNS ", past_since_ms)"
                               " SELECT " PAST_COLUMNS ", ?3 FROM object"
                               " WHERE bucket = ?1 AND key = ?2";
    static const char end[] = "UPDATE object_past SET past_since_ms = ?3"
                              " WHERE bucket = ?1 AND key = ?2 AND past_since_ms = 0";
    enum status status = run_at(row, end, now_ms);
    return status == STATUS_OK ? run_at(row, copy, now_ms) : status;
}

/* As put_away(), but the "null" version, of which there is one at most, goes. */
static enum status put_away_but_null(const struct row *row, int64_t now_ms)
{
    static const char copy[] = "INSERT INTO object_past(" PAST_COLUMNS ", past_since_ms)"
                               " SELECT " PAST_COLUMNS ", ?3 FROM object"
                               " WHERE bucket = ?1 AND key = ?2 AND version <> ''";
    static const char drop[] = "DELETE FROM object_past"
                               " WHERE bucket = ? AND key = ? AND version = ''";
    static const char end[] = "UPDATE object_past SET past_since_ms = ?3"
                              " WHERE bucket = ?1 AND key = ?2 AND past_since_ms = 0";
    enum status status = run_on(row, drop);
    if (status == STATUS_OK)
        status = run_at(row, end, now_ms);
    return status == STATUS_OK ? run_at(row, copy, now_ms) : status;
}

enum status object_versions_make_way(struct db *db, struct object_place *place, struct slice key,
                                     int64_t now_ms)
{
    struct row row = {db, place->bucket_id, key};
    place->version.text[0] = '\0';
    if (place->versioning == BUCKET_NEVER_VERSIONED)
        return STATUS_OK;
    enum status status = next_sequence(db, &place->sequence);
    if (status != STATUS_OK)
        return status;
    if (place->versioning == BUCKET_SUSPENDED)
        return put_away_but_null(&row, now_ms);
    make_id(place->sequence, &place->version);
    return put_away(&row, now_ms);
}

/* ---- deleting ---- */

static enum status add_marker(const struct row *row, const struct object_place *place,
                              int64_t now_ms)
{
    static const char insert[] =
        "INSERT INTO object_past(bucket, key, is_marker, size, modified_ms, etag,"
        " checksum_algorithm, checksum, sequence, version, content_type, content_encoding,"
        " metadata, " OBJECT_TRAIT_COLUMNS ", restored_until_ms, past_since_ms)"
        " VALUES (?, ?, 1, 0, ?, '', 0, '', ?, ?, '', '', '', '', '', '', '', '', 0, 0, 0, 0)";
    struct query q;
    query_begin(&q, row->db, insert);
    query_bind_integer(&q, row->bucket_id);
    query_bind_blob(&q, row->key);
    query_bind_integer(&q, now_ms);
    query_bind_integer(&q, place->sequence);
    query_bind_text(&q, slice_of(place->version.text));
    return query_run(&q);
}

static enum status find_versioning(struct db *db, int64_t bucket_id,
                                   enum bucket_versioning *ret_versioning)
{
    static const char find[] = "SELECT versioning FROM bucket WHERE id = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, bucket_id);
    *ret_versioning = BUCKET_NEVER_VERSIONED;
    if (query_step(&q))
        *ret_versioning = (enum bucket_versioning)query_integer(&q, 0);
    return query_end(&q);
}

static enum status drop_current(const struct row *row)
{
    static const char drop[] = "DELETE FROM object WHERE bucket = ? AND key = ?";
    return run_on(row, drop);
}

static enum status leave_marker(const struct row *row, enum bucket_versioning versioning,
                                int64_t now_ms, struct object_deletion *deletion)
{
    struct object_place place = {.bucket_id = row->bucket_id, .versioning = versioning};
    enum status status = object_versions_make_way(row->db, &place, row->key, now_ms);
    if (status == STATUS_OK)
        status = drop_current(row);
    if (status == STATUS_OK)
        status = add_marker(row, &place, now_ms);
    deletion->has_marker = true;
    deletion->marker = place.version;
    return status;
}

enum status object_versions_delete(struct db *db, int64_t bucket_id, struct slice key,
                                   int64_t now_ms, struct object_deletion *ret_deletion)
{
    struct row row = {db, bucket_id, key};
    struct object_deletion deletion = {0};
    enum bucket_versioning versioning;
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = find_versioning(db, bucket_id, &versioning);
    if (status != STATUS_OK)
        return status;
    if (versioning != BUCKET_NEVER_VERSIONED) {
        status = leave_marker(&row, versioning, now_ms, &deletion);
    } else {
        status = drop_current(&row);
        if (status == STATUS_OK && query_changes(db) == 0)
            status = STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK)
        *ret_deletion = deletion;
    return status;
}

/* The latest of object_past takes the place in object that has become free, unless a marker. */
static enum status promote(const struct row *row)
{
    static const char copy[] =
        "INSERT INTO object(" PAST_COLUMNS ") SELECT " PAST_COLUMNS " FROM object_past p"
        " WHERE bucket = ?1 AND key = ?2 AND is_marker = 0"
        " AND NOT EXISTS (SELECT 1 FROM object WHERE bucket = ?1 AND key = ?2)"
        " AND sequence = (SELECT max(sequence) FROM object_past"
        " WHERE bucket = ?1 AND key = ?2)";
    static const char drop[] =
        "DELETE FROM object_past WHERE bucket = ?1 AND key = ?2 AND sequence ="
        " (SELECT sequence FROM object WHERE bucket = ?1 AND key = ?2)";
    static const char mark[] =
        "UPDATE object_past SET past_since_ms = 0 WHERE bucket = ?1 AND key = ?2 AND is_marker = 1"
        " AND NOT EXISTS (SELECT 1 FROM object WHERE bucket = ?1 AND key = ?2)"
        " AND sequence = (SELECT max(sequence) FROM object_past"
        " WHERE bucket = ?1 AND key = ?2)";
    enum status status = run_on(row, copy);
    if (status == STATUS_OK)
        status = run_on(row, drop);
    return status == STATUS_OK ? run_on(row, mark) : status;
}

enum status object_versions_remove(struct db *db, const struct object *object)
{
    static const char current[] = "DELETE FROM object"
                                  " WHERE bucket = ? AND key = ? AND sequence = ?";
    static const char past[] = "DELETE FROM object_past"
                               " WHERE bucket = ? AND key = ? AND sequence = ?";
    struct row row = {db, object->bucket_id, object->key};
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = run_at(&row, object->is_past ? past : current, object->sequence);
    if (status == STATUS_OK && query_changes(db) == 0)
        status = STATUS_NOT_FOUND;
    return status == STATUS_OK ? promote(&row) : status;
}

/* ---- finding and changing ---- */

static enum status find_in_past(struct db *db, struct object *object, bool bytes,
                                struct arena *arena)
{
    static const char select[] = "SELECT " OBJECT_COLUMNS ", bytes, is_marker FROM object_past"
                                 " WHERE bucket = ? AND key = ? AND version = ?";
    struct query q;
    query_begin(&q, db, select);
    query_bind_integer(&q, object->bucket_id);
    query_bind_blob(&q, object->key);
    query_bind_text(&q, object->version);
    bool found = query_step(&q);
    if (found) {
        object_rows_read(&q, arena, object);
        object->is_past = true;
        object->is_marker = query_integer(&q, OBJECT_COLUMN_COUNT + 1) != 0;
        if (bytes && object->body_id == 0)
            object->bytes = query_copy(&q, OBJECT_COLUMN_COUNT, arena);
    }
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status object_versions_find(struct db *db, const struct object *which, bool bytes,
                                 struct arena *arena, struct object *ret_object)
{
    struct object object = {.bucket_id = which->bucket_id, .key = which->key};
    struct slice version = which->version;
    if (slice_equal(version, SLICE("null")))
        version = slice_make("", 0);
    enum status status = bytes
                             ? object_store_read(db, which->bucket_id, which->key, arena, &object)
                             : object_store_find(db, which->bucket_id, which->key, arena, &object);
    if (status == STATUS_NOT_FOUND ||
        (status == STATUS_OK && !slice_equal(object.version, version))) {
        object =
            (struct object){.bucket_id = which->bucket_id, .key = which->key, .version = version};
        status = find_in_past(db, &object, bytes, arena);
    }
    if (status == STATUS_OK)
        *ret_object = object;
    return status;
}

enum status object_versions_find_marker(struct db *db, int64_t bucket_id, struct slice key,
                                        struct arena *arena, struct object *ret_marker)
{
    static const char select[] = "SELECT sequence, version, modified_ms FROM object_past"
                                 " WHERE bucket = ? AND key = ? AND past_since_ms = 0"
                                 " AND is_marker = 1 ORDER BY sequence DESC LIMIT 1";
    struct object marker = {.bucket_id = bucket_id, .key = key, .is_past = true, .is_marker = true};
    struct query q;
    query_begin(&q, db, select);
    query_bind_integer(&q, bucket_id);
    query_bind_blob(&q, key);
    bool found = query_step(&q);
    if (found) {
        marker.sequence = query_integer(&q, 0);
        marker.version = query_copy(&q, 1, arena);
        marker.modified_ms = query_integer(&q, 2);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_marker = marker;
    return status;
}

enum status object_versions_update(struct db *db, const struct object *object)
{
    static const char current[] =
        "UPDATE object SET (" OBJECT_TRAIT_COLUMNS ", restored_until_ms) ="
        " (?, ?, ?, ?, ?, ?, ?, ?) WHERE bucket = ? AND key = ? AND sequence = ?";
    static const char past[] =
        "UPDATE object_past SET (" OBJECT_TRAIT_COLUMNS ", restored_until_ms) ="
        " (?, ?, ?, ?, ?, ?, ?, ?) WHERE bucket = ? AND key = ? AND sequence = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, object->is_past ? past : current);
    object_traits_bind(&q, &object->traits);
    query_bind_integer(&q, object->restored_until_ms);
    query_bind_integer(&q, object->bucket_id);
    query_bind_blob(&q, object->key);
    query_bind_integer(&q, object->sequence);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}
