#include "handlers/dynamodb/index_key.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"

#define DOCUMENT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define PARTS_MAX_BYTES ((size_t)64 * 1024)
#define NOT_SUPPORTED                                                                      \
    "One or more parameter values are not valid. A value specified for a secondary index " \
    "key is not supported. "

/* ---- schemas ------------------------------------------------------------------------------- */

struct key_schema index_key_of_table(const struct table *table)
{
    struct key_schema schema = {.hash_count = 1, .hash = {{table->hash_name, table->hash_type}}};
    if (table->range_name.len == 0)
        return schema;
    schema.range_count = 1;
    schema.range[0] = (struct key_part){table->range_name, table->range_type};
    return schema;
}

static const struct key_part *find_part(const struct key_part *parts, size_t count,
                                        struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(parts[i].name, name))
            return &parts[i];
    return NULL;
}

const struct key_part *index_key_part(const struct key_schema *schema, struct slice name)
{
    const struct key_part *part = find_part(schema->hash, schema->hash_count, name);
    return part != NULL ? part : find_part(schema->range, schema->range_count, name);
}

const struct table_index *index_key_find(const struct table *table, struct slice name)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (slice_equal(table->indexes[i].name, name))
            return &table->indexes[i];
    return NULL;
}

bool index_key_fits_type(const struct value *value, char type)
{
    const char *name = value_type_name(value->type);
    return name[0] == type && name[1] == '\0';
}

/* ---- encoding -------------------------------------------------------------------------------- */

void index_key_append_part(struct text *out, struct slice part, bool has_end)
{
    while (part.len > 0) {
        size_t plain = slice_find(part, '\0');
        text_append(out, slice_first(part, plain));
        if (plain < part.len)
            text_append(out, SLICE("\0\xFF"));
        part = slice_from(part, plain + 1);
    }
    if (has_end)
        text_append(out, SLICE("\0\x01"));
}

enum status index_key_hash_parts(struct slice parts, struct arena *arena, struct slice *ret_p)
{
    uint8_t digest[MD5_BYTES];
    hash_md5(parts, digest);
    char *p = arena_alloc(arena, KEY_HASH_BYTES + parts.len);
    if (p == NULL)
        return STATUS_NO_MEMORY;
    memcpy(p, digest, KEY_HASH_BYTES);
    if (parts.len > 0)
        memcpy(p + KEY_HASH_BYTES, parts.ptr, parts.len);
    *ret_p = slice_make(p, KEY_HASH_BYTES + parts.len);
    return STATUS_OK;
}

/* Why a value is no key: none of these for one that is. */
enum fault { FAULT_NONE, FAULT_MISSING, FAULT_TYPE, FAULT_EMPTY, FAULT_SIZE };

static enum fault take_part(const struct key_part *part, size_t max_bytes, struct slice item,
                            struct value *ret_value)
{
    if (!value_member(item, part->name, ret_value))
        return FAULT_MISSING;
    if (!index_key_fits_type(ret_value, part->type))
        return FAULT_TYPE;
    if (ret_value->payload.len == 0)
        return FAULT_EMPTY;
    return ret_value->payload.len > max_bytes ? FAULT_SIZE : FAULT_NONE;
}

static bool join_parts(const struct key_part *parts, size_t count, size_t max_bytes,
                       struct slice item, struct text *out)
{
    struct value value;
    for (size_t i = 0; i < count; i++) {
        if (take_part(&parts[i], max_bytes, item, &value) != FAULT_NONE)
            return false;
        index_key_append_part(out, value.payload, true);
    }
    return true;
}

static enum status encode_hash(const struct key_schema *keys, struct slice item,
                               struct arena *arena, struct index_view *view)
{
    struct refusal none = refusal_make(arena);
    struct value value;
    struct text parts;
    if (keys->hash_count == 1) {
        view->is_in = take_part(&keys->hash[0], KEY_MAX_HASH_BYTES, item, &value) == FAULT_NONE;
        return view->is_in ? key_codec_hash(&value, &none, &view->key.p) : STATUS_OK;
    }
    text_init_in(&parts, arena, PARTS_MAX_BYTES);
    view->is_in = join_parts(keys->hash, keys->hash_count, KEY_MAX_HASH_BYTES, item, &parts);
    if (parts.status != STATUS_OK || !view->is_in)
        return parts.status;
    return index_key_hash_parts(text_slice(&parts), arena, &view->key.p);
}

static enum status encode_range(const struct key_schema *keys, struct slice item,
                                struct arena *arena, struct index_view *view)
{
    struct value value;
    struct text parts;
    if (keys->range_count == 1) {
        view->is_in = take_part(&keys->range[0], KEY_MAX_RANGE_BYTES, item, &value) == FAULT_NONE;
        view->key.s = view->is_in ? value.payload : SLICE("");
        return STATUS_OK;
    }
    text_init_in(&parts, arena, PARTS_MAX_BYTES);
    view->is_in = join_parts(keys->range, keys->range_count, KEY_MAX_RANGE_BYTES, item, &parts);
    view->key.s = text_slice(&parts);
    return parts.status;
}

/* ---- views --------------------------------------------------------------------------------------
 */

static bool is_projected(const struct table *table, const struct table_index *index,
                         struct slice name, bool is_key_only)
{
    if (slice_equal(name, table->hash_name) ||
        (table->range_name.len > 0 && slice_equal(name, table->range_name)) ||
        index_key_part(&index->keys, name) != NULL)
        return true;
    for (size_t i = 0; i < index->attribute_count && !is_key_only; i++)
        if (slice_equal(index->attributes[i], name))
            return true;
    return false;
}

static enum status project(const struct table *table, const struct table_index *index,
                           struct slice item, bool is_key_only, struct text *out)
{
    struct slice name;
    struct value value;
    while (value_next_member(&item, &name, &value)) {
        if (!is_projected(table, index, name, is_key_only))
            continue;
        value_append_name(out, name);
        value_append(out, &value);
    }
    return out->status;
}

enum status index_key_view(const struct table *table, const struct table_index *index,
                           struct slice item, struct arena *arena, struct index_view *ret_view)
{
    struct index_view view = {.is_in = false};
    struct text document;
    enum status status = STATUS_OK;
    if (item.ptr != NULL)
        status = encode_hash(&index->keys, item, arena, &view);
    if (status == STATUS_OK && view.is_in && index->keys.range_count > 0)
        status = encode_range(&index->keys, item, arena, &view);
    if (status == STATUS_OK && view.is_in && index->projection != INDEX_ALL) {
        text_init_in(&document, arena, DOCUMENT_MAX_BYTES);
        status = project(table, index, item, false, &document);
        view.document = text_slice(&document);
    }
    if (status != STATUS_OK)
        return status;
    if (view.is_in)
        view.size = value_item_size(index->projection == INDEX_ALL ? item : view.document);
    *ret_view = view;
    return STATUS_OK;
}

enum status index_key_extract(const struct table *table, const struct table_index *index,
                              struct slice item, struct arena *arena, struct slice *ret_document)
{
    struct text document;
    text_init_in(&document, arena, DOCUMENT_MAX_BYTES);
    enum status status = project(table, index, item, true, &document);
    if (status == STATUS_OK)
        *ret_document = text_slice(&document);
    return status;
}

/* ---- checking
 * ------------------------------------------------------------------------------------ */

static enum status refuse_part(const struct table_index *index, const struct key_part *part,
                               const struct value *value, enum fault fault, struct refusal *refusal)
{
    if (fault == FAULT_TYPE)
        return refuse(refusal,
                      "One or more parameter values were invalid: Type mismatch for Index Key %.*s "
                      "Expected: %c Actual: %s IndexName: %.*s",
                      SLICE_ARG(part->name), part->type, value_type_name(value->type),
                      SLICE_ARG(index->name));
    if (fault == FAULT_EMPTY)
        return refuse(refusal,
                      NOT_SUPPORTED "The AttributeValue for a key attribute cannot contain an "
                                    "empty %s value. IndexName: %.*s, IndexKey: %.*s",
                      value->type == VALUE_B ? "binary" : "string", SLICE_ARG(index->name),
                      SLICE_ARG(part->name));
    return refuse(refusal,
                  "One or more parameter values were invalid: Size of the key %.*s of the index "
                  "%.*s has exceeded the maximum size limit",
                  SLICE_ARG(part->name), SLICE_ARG(index->name));
}

static enum status check_part(const struct table_index *index, const struct key_part *part,
                              size_t max_bytes, struct slice item, bool is_update,
                              struct refusal *refusal)
{
    struct value value;
    enum fault fault = take_part(part, max_bytes, item, &value);
    if (fault == FAULT_NONE || fault == FAULT_MISSING)
        return STATUS_OK;
    if (is_update && fault == FAULT_TYPE)
        return refuse(refusal, "The update expression attempted to update the secondary index key "
                               "to unsupported type");
    return refuse_part(index, part, &value, fault, refusal);
}

static enum status check_index(const struct table_index *index, struct slice item, bool is_update,
                               struct refusal *refusal)
{
    const struct key_schema *keys = &index->keys;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < keys->hash_count && status == STATUS_OK; i++)
        status = check_part(index, &keys->hash[i], KEY_MAX_HASH_BYTES, item, is_update, refusal);
    for (size_t i = 0; i < keys->range_count && status == STATUS_OK; i++)
        status = check_part(index, &keys->range[i], KEY_MAX_RANGE_BYTES, item, is_update, refusal);
    return status;
}

enum status index_key_check(const struct table *table, struct slice item, bool is_update,
                            struct refusal *refusal)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < table->index_count && status == STATUS_OK; i++)
        status = check_index(&table->indexes[i], item, is_update, refusal);
    return status;
}
