#include "handlers/dynamodb/key_codec.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/value_reader.h"
#include "storage/table_store.h"

#define INVALID "One or more parameter values were invalid: "
#define KEY_DOCUMENT_MAX ((size_t)64 * 1024 * 1024)

static const char salt[] = "Outliers";

enum { SALT_BYTES = sizeof(salt) - 1 };

static enum value_type type_of(char letter)
{
    return letter == 'S' ? VALUE_S : letter == 'N' ? VALUE_N : VALUE_B;
}

enum status key_codec_hash(const struct value *value, struct refusal *refusal, struct slice *ret_p)
{
    struct slice key = value->payload;
    char input[SALT_BYTES + KEY_MAX_HASH_BYTES];
    uint8_t digest[MD5_BYTES];
    if (key.len > KEY_MAX_HASH_BYTES)
        return refuse(refusal, INVALID "Size of hashkey has exceeded the maximum size limit of2048 "
                                       "bytes");
    memcpy(input, salt, SALT_BYTES);
    size_t len = SALT_BYTES;
    if (value->type == VALUE_N) {
        struct decimal decimal = decimal_decode(key);
        len += decimal_hash_input(&decimal, (uint8_t *)input + len);
    } else if (key.len > 0) {
        memcpy(input + len, key.ptr, key.len);
        len += key.len;
    }
    hash_md5(slice_make(input, len), digest);

    char *p = arena_alloc(refusal->arena, KEY_HASH_BYTES + key.len);
    if (p == NULL)
        return STATUS_NO_MEMORY;
    memcpy(p, digest, KEY_HASH_BYTES);
    if (key.len > 0)
        memcpy(p + KEY_HASH_BYTES, key.ptr, key.len);
    *ret_p = slice_make(p, KEY_HASH_BYTES + key.len);
    return STATUS_OK;
}

enum status key_codec_range(const struct value *value, struct refusal *refusal, struct slice *ret_s)
{
    if (value->payload.len > KEY_MAX_RANGE_BYTES)
        return refuse(refusal, INVALID "Aggregated size of all range keys has exceeded the size "
                                       "limit of 1024 bytes");
    *ret_s = value->payload;
    return STATUS_OK;
}

static enum status check_not_empty(const struct value *value, struct slice name,
                                   struct refusal *refusal)
{
    if (value->payload.len > 0)
        return STATUS_OK;
    refusal->is_empty_key = true;
    return refuse(refusal,
                  "One or more parameter values are not valid. The AttributeValue for a key "
                  "attribute cannot contain an empty %s value. Key: %.*s",
                  value->type == VALUE_B ? "binary" : "string", SLICE_ARG(name));
}

static enum status encode(const struct table *table, const struct value *hash,
                          const struct value *range, struct refusal *refusal,
                          struct item_key *ret_key)
{
    struct item_key key = {{NULL, 0}, {NULL, 0}};
    enum status status = check_not_empty(hash, table->hash_name, refusal);
    if (status == STATUS_OK)
        status = key_codec_hash(hash, refusal, &key.p);
    if (status == STATUS_OK && table->range_name.len > 0)
        status = check_not_empty(range, table->range_name, refusal);
    if (status == STATUS_OK && table->range_name.len > 0)
        status = key_codec_range(range, refusal, &key.s);
    if (status == STATUS_OK)
        *ret_key = key;
    return status;
}

static enum status take(struct slice item, struct slice name, char letter, struct refusal *refusal,
                        struct value *ret_value)
{
    if (!value_member(item, name, ret_value))
        return refuse(refusal, INVALID "Missing the key %.*s in the item", SLICE_ARG(name));
    if (ret_value->type != type_of(letter))
        return refuse(refusal, INVALID "Type mismatch for key %.*s expected: %c actual: %s",
                      SLICE_ARG(name), letter, value_type_name(ret_value->type));
    return STATUS_OK;
}

enum status key_codec_of_item(const struct table *table, struct slice item, struct refusal *refusal,
                              struct item_key *ret_key)
{
    struct value hash;
    struct value range = {VALUE_S, {NULL, 0}};
    enum status status = take(item, table->hash_name, table->hash_type, refusal, &hash);
    if (status == STATUS_OK && table->range_name.len > 0)
        status = take(item, table->range_name, table->range_type, refusal, &range);
    if (status != STATUS_OK)
        return status;
    return encode(table, &hash, &range, refusal, ret_key);
}

enum status key_codec_read(const struct table *table, const struct json *json,
                           struct refusal *refusal, struct slice *ret_document,
                           struct item_key *ret_key)
{
    struct text document;
    struct value hash;
    struct value range = {VALUE_S, {NULL, 0}};
    bool has_range = table->range_name.len > 0;
    text_init_in(&document, refusal->arena, KEY_DOCUMENT_MAX);
    enum status status = value_reader_read_item(json, &document, refusal);
    if (status != STATUS_OK)
        return status;
    struct slice item = text_slice(&document);
    bool fits = json_count(json) == (has_range ? 2U : 1U) &&
                value_member(item, table->hash_name, &hash) &&
                hash.type == type_of(table->hash_type);
    if (fits && has_range)
        fits = value_member(item, table->range_name, &range) &&
               range.type == type_of(table->range_type);
    if (!fits)
        return refuse(refusal, "The provided key element does not match the schema");
    status = encode(table, &hash, &range, refusal, ret_key);
    if (status == STATUS_OK)
        *ret_document = item;
    return status;
}

static void append_member(struct slice item, struct slice name, struct text *out)
{
    struct value value;
    if (!value_member(item, name, &value))
        return;
    value_append_name(out, name);
    value_append(out, &value);
}

enum status key_codec_extract(const struct table *table, struct slice item, struct arena *arena,
                              struct slice *ret_document)
{
    struct text out;
    struct slice first = table->hash_name;
    struct slice second = table->range_name;
    if (second.len > 0 && slice_compare(first, second) > 0) {
        first = table->range_name;
        second = table->hash_name;
    }
    text_init_in(&out, arena, KEY_DOCUMENT_MAX);
    append_member(item, first, &out);
    if (second.len > 0)
        append_member(item, second, &out);
    if (out.status == STATUS_OK)
        *ret_document = text_slice(&out);
    return out.status;
}
