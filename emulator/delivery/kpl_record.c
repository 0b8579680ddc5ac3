#include "emulator/delivery/kpl_record.h"

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

enum { FIELD_KEY_TABLE = 1, FIELD_RECORDS = 3 }; /* of AggregatedRecord */

enum { FIELD_KEY_INDEX = 1, FIELD_RECORD_DATA = 3 }; /* of Record */

static const char magic[] = "\xF3\x89\x9A\xC2";
#define MAGIC_BYTES (sizeof(magic) - 1)

/* One field of a message. */
struct field {
    unsigned number;
    unsigned wire;
    uint64_t value;     /* WIRE_VARINT */
    struct slice bytes; /* WIRE_BYTES */
};

static bool take_varint(struct slice *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 10 && i < rest->len; i++) {
        unsigned char byte = (unsigned char)rest->ptr[i];
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) != 0)
            continue;
        *rest = slice_from(*rest, i + 1);
        *ret_value = value;
        return true;
    }
    return false;
}

static bool take_bytes(struct slice *rest, uint64_t len, struct slice *ret_bytes)
{
    if (len > rest->len)
        return false;
    *ret_bytes = slice_first(*rest, (size_t)len);
    *rest = slice_from(*rest, (size_t)len);
    return true;
}

/* False: this is no message. */
static bool take_field(struct slice *rest, struct field *ret_field)
{
    uint64_t tag = 0;
    uint64_t len = 0;
    if (!take_varint(rest, &tag) || tag >> 3 > UINT32_MAX)
        return false;
    *ret_field = (struct field){.number = (unsigned)(tag >> 3), .wire = (unsigned)(tag & 7)};
    if (ret_field->wire == WIRE_VARINT)
        return take_varint(rest, &ret_field->value);
    if (ret_field->wire == WIRE_BYTES)
        return take_varint(rest, &len) && take_bytes(rest, len, &ret_field->bytes);
    if (ret_field->wire == WIRE_FIXED64)
        return take_bytes(rest, 8, &ret_field->bytes);
    return ret_field->wire == WIRE_FIXED32 && take_bytes(rest, 4, &ret_field->bytes);
}

static bool is_field(const struct field *field, unsigned number, unsigned wire)
{
    return field->number == number && field->wire == wire;
}

/* A message's keys and records. */
struct tables {
    struct slice *keys;
    size_t key_count;
    struct kpl_record *records;
    size_t record_count;
};

static bool count_fields(struct slice message, struct tables *t)
{
    struct field field;
    for (struct slice rest = message; rest.len > 0;) {
        if (!take_field(&rest, &field))
            return false;
        t->key_count += is_field(&field, FIELD_KEY_TABLE, WIRE_BYTES);
        t->record_count += is_field(&field, FIELD_RECORDS, WIRE_BYTES);
    }
    return t->record_count > 0;
}

static bool read_record(struct slice message, const struct tables *t, struct kpl_record *record)
{
    struct field field;
    bool has_key = false;
    bool has_data = false;
    for (struct slice rest = message; rest.len > 0;) {
        if (!take_field(&rest, &field))
            return false;
        if (is_field(&field, FIELD_RECORD_DATA, WIRE_BYTES)) {
            record->data = field.bytes;
            has_data = true;
        }
        if (!is_field(&field, FIELD_KEY_INDEX, WIRE_VARINT))
            continue;
        if (field.value >= t->key_count)
            return false;
        record->partition_key = t->keys[field.value];
        has_key = true;
    }
    return has_key && has_data;
}

/* The keys first: they may stand behind the records. */
static bool read_tables(struct slice message, struct tables *t)
{
    struct field field;
    size_t keys = 0;
    size_t records = 0;
    for (struct slice rest = message; rest.len > 0 && take_field(&rest, &field);) {
        if (is_field(&field, FIELD_KEY_TABLE, WIRE_BYTES))
            t->keys[keys++] = field.bytes;
    }
    for (struct slice rest = message; rest.len > 0 && take_field(&rest, &field);) {
        if (is_field(&field, FIELD_RECORDS, WIRE_BYTES) &&
            !read_record(field.bytes, t, &t->records[records++]))
            return false;
    }
    return true;
}

static bool find_message(struct slice data, struct slice *ret_message)
{
    uint8_t digest[MD5_BYTES];
    if (data.len < MAGIC_BYTES + MD5_BYTES ||
        !slice_starts_with(data, slice_make(magic, MAGIC_BYTES)))
        return false;
    *ret_message = slice_make(data.ptr + MAGIC_BYTES, data.len - MAGIC_BYTES - MD5_BYTES);
    hash_md5(*ret_message, digest);
    return slice_equal(slice_from(data, data.len - MD5_BYTES), slice_make(digest, MD5_BYTES));
}

enum status kpl_record_split(struct slice data, struct arena *arena,
                             struct kpl_record **ret_records, size_t *ret_count)
{
    struct slice message = {NULL, 0};
    struct tables t = {0};
    if (!find_message(data, &message) || !count_fields(message, &t))
        return STATUS_INVALID;
    t.keys = arena_alloc(arena, (t.key_count + 1) * sizeof(*t.keys));
    t.records = arena_zalloc(arena, t.record_count * sizeof(*t.records));
    if (t.keys == NULL || t.records == NULL)
        return STATUS_NO_MEMORY;
    if (!read_tables(message, &t))
        return STATUS_INVALID;
    *ret_records = t.records;
    *ret_count = t.record_count;
    return STATUS_OK;
}
