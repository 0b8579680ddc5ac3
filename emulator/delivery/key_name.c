#include "emulator/delivery/key_name.h"

#include <string.h>

#include "emulator/base/ids.h"
#include "emulator/base/text.h"
#include "emulator/base/utf8.h"
#include "emulator/delivery/date_pattern.h"
#include "emulator/delivery/prefix_expression.h"
#include "emulator/delivery/time_zone.h"
#include "emulator/lambda/invoke.h"
#include "emulator/loop/random.h"

#define PREFIX_MAX_CHARS 512

/* S3 has keys of 1,024 bytes; what stands behind the prefix may take 270 of them. */
#define PREFIX_MAX_BYTES 754
#define DATE_MAX_BYTES ((size_t)4 * 1024)
#define SAMPLE_MS INT64_C(1795651199000) /* a Wednesday in September or November: long names */
#define SAMPLE_OFFSET_S (-41400)         /* "GMT-11:30" */
#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define CONSTRAINT "Ths supplied prefix(es) do not satisfy the following constraint: " /* sic */

bool key_name_has_expression(struct slice prefix)
{
    return slice_search(prefix, SLICE("!{")) < prefix.len;
}

static bool is_partition_key(const struct expression *expression)
{
    return expression->kind == EXPRESSION_QUERY_KEY || expression->kind == EXPRESSION_LAMBDA_KEY;
}

/* As a clock in the stream's time zone shows it. */
static void append_date(struct text *out, struct slice pattern, const struct key_name *name)
{
    int64_t oldest_s = name->oldest_ms / 1000 - (name->oldest_ms % 1000 < 0 ? 1 : 0);
    int32_t offset_s = time_zone_offset(name->zone, oldest_s);
    date_pattern_append(out, pattern, name->oldest_ms + offset_s * INT64_C(1000), offset_s);
}

static void append_prefix(struct text *out, struct slice prefix, const struct key_name *name,
                          struct random *random)
{
    struct expression expression;
    struct slice partition = name->partition;
    while (prefix_expression_next(&prefix, &expression) == STATUS_OK) {
        char letters[RANDOM_STRING_CHARS + 1];
        switch (expression.kind) {
        case EXPRESSION_TEXT:
            text_append(out, expression.value);
            break;
        case EXPRESSION_TIMESTAMP:
            append_date(out, expression.value, name);
            break;
        case EXPRESSION_RANDOM_STRING:
            random_text(random, RANDOM_STRING_CHARS, LETTERS_AND_DIGITS, letters);
            text_append_text(out, letters);
            break;
        case EXPRESSION_ERROR_TYPE:
            text_append(out, name->error_type);
            break;
        case EXPRESSION_QUERY_KEY:
        case EXPRESSION_LAMBDA_KEY:
            text_append(out, slice_cut(&partition, '\0'));
            break;
        }
    }
}

static void append_folder(struct text *out, const struct key_name *name, struct random *random)
{
    bool is_error = name->error_type.len > 0;
    bool has_own = is_error && name->error_prefix.len > 0;
    struct slice prefix = has_own ? name->error_prefix : name->prefix;
    append_prefix(out, prefix, name, random);
    if (key_name_has_expression(prefix))
        return;
    if (is_error) {
        text_append(out, name->error_type);
        text_append_byte(out, '/');
    }
    append_date(out, SLICE("yyyy/MM/dd/HH/"), name);
}

void key_name_append(struct text *out, const struct key_name *name, struct random *random)
{
    char uuid[UUID_CHARS + 1];
    append_folder(out, name, random);
    text_append(out, name->stream);
    text_append_byte(out, '-');
    text_append_i64(out, name->version);
    text_append_byte(out, '-');
    append_date(out, SLICE("yyyy-MM-dd-HH-mm-ss"), name);
    text_append_byte(out, '-');
    random_uuid(random, uuid);
    text_append_text(out, uuid);
    text_append(out, name->extension);
}

/* How long an evaluated prefix is. */
struct prefix_length {
    size_t chars;
    size_t bytes;
};

static void add_length(struct prefix_length *length, struct slice part)
{
    length->chars += utf8_count(part);
    length->bytes += part.len;
}

static void add_date_length(struct prefix_length *length, struct slice pattern)
{
    struct text date;
    text_init(&date, DATE_MAX_BYTES);
    date_pattern_append(&date, pattern, SAMPLE_MS, SAMPLE_OFFSET_S);
    add_length(length, text_slice(&date));
    text_close(&date);
}

static bool is_too_long(const struct prefix_length *length)
{
    return length->chars > PREFIX_MAX_CHARS || length->bytes > PREFIX_MAX_BYTES;
}

/* Of an expression, but for partition keys, whose values only a record has. */
static void add_expression_length(struct prefix_length *length, const struct expression *expression)
{
    switch (expression->kind) {
    case EXPRESSION_TEXT:
        add_length(length, expression->value);
        break;
    case EXPRESSION_TIMESTAMP:
        add_date_length(length, expression->value);
        break;
    case EXPRESSION_RANDOM_STRING:
        length->chars += RANDOM_STRING_CHARS;
        length->bytes += RANDOM_STRING_CHARS;
        break;
    case EXPRESSION_ERROR_TYPE:
        add_length(length, SLICE("processing-failed"));
        break;
    case EXPRESSION_QUERY_KEY:
    case EXPRESSION_LAMBDA_KEY:
        break;
    }
}

/* What one prefix is made of. */
struct prefix_parts {
    struct prefix_length length;
    bool has_expression;
    bool has_error_type;
    bool has_partition_key;
};

/* AWS calls Prefix "prefix" here. */
static enum status refuse_length(const struct prefix_length *length, const char *member,
                                 struct text *message)
{
    if (length->chars > PREFIX_MAX_CHARS)
        text_printf(message, CONSTRAINT "Length of evaluated %s cannot be greater than %d",
                    strcmp(member, "Prefix") == 0 ? "prefix" : member, PREFIX_MAX_CHARS);
    else
        text_printf(message, CONSTRAINT "%s is longer than %d bytes when evaluated", member,
                    PREFIX_MAX_BYTES);
    return STATUS_INVALID;
}

static enum status look_into(struct slice prefix, const char *member, struct prefix_parts *parts,
                             struct text *message)
{
    *parts = (struct prefix_parts){.has_expression = key_name_has_expression(prefix)};
    struct expression expression;
    enum status status = STATUS_OK;
    while ((status = prefix_expression_next(&prefix, &expression)) == STATUS_OK) {
        parts->has_error_type |= expression.kind == EXPRESSION_ERROR_TYPE;
        parts->has_partition_key |= is_partition_key(&expression);
        add_expression_length(&parts->length, &expression);
        if (expression.kind == EXPRESSION_TIMESTAMP &&
            date_pattern_check(expression.value) != STATUS_OK) {
            text_printf(message,
                        CONSTRAINT "%s contains the timestamp pattern '%.*s', which is not valid"
                                   " or not supported",
                        member, SLICE_ARG(expression.value));
            return STATUS_INVALID;
        }
    }
    if (status == STATUS_END && is_too_long(&parts->length))
        return refuse_length(&parts->length, member, message);
    if (status == STATUS_END)
        return STATUS_OK;
    text_printf(message,
                CONSTRAINT "%s may contain !{ only as part of a valid expression"
                           " !{namespace:value}",
                member);
    return status;
}

static enum status refuse(struct text *message, const char *why)
{
    text_append_text(message, why);
    return STATUS_INVALID;
}

static enum status check_error_prefix(const struct prefix_parts *error, struct text *message)
{
    if (error->has_partition_key)
        return refuse(message, "Dynamic Partitioning Namespaces can't be part of an error prefix"
                               " expression");
    if (error->has_expression && !error->has_error_type)
        return refuse(message, CONSTRAINT "ErrorOutputPrefix must contain at least one"
                                          " occurrence of !{firehose:error-output-type}");
    return STATUS_OK;
}

static enum status check_prefix(const struct prefix_parts *prefix, bool has_error_prefix,
                                bool is_partitioned, struct text *message)
{
    if (prefix->has_expression && !has_error_prefix)
        return refuse(message, CONSTRAINT "ErrorOutputPrefix cannot be null or empty when Prefix"
                                          " contains expressions");
    if (prefix->has_error_type)
        return refuse(message, CONSTRAINT "Prefix must not contain any occurrence of"
                                          " !{firehose:error-output-type}");
    if (prefix->has_partition_key && !is_partitioned)
        return refuse(message, "Dynamic Partitioning Namespaces can only be part of a prefix"
                               " expression when Dynamic Partitioning is enabled.");
    return STATUS_OK;
}

enum status key_name_check(struct slice prefix, struct slice error_prefix, bool is_partitioned,
                           struct text *message)
{
    struct prefix_parts in_prefix = {.has_expression = false};
    struct prefix_parts in_error = {.has_expression = false};
    enum status status = look_into(prefix, "Prefix", &in_prefix, message);
    if (status == STATUS_OK)
        status = look_into(error_prefix, "ErrorOutputPrefix", &in_error, message);
    if (status == STATUS_OK)
        status = check_prefix(&in_prefix, error_prefix.len > 0, is_partitioned, message);
    return status == STATUS_OK ? check_error_prefix(&in_error, message) : status;
}

/* ---- partition keys ---- */

unsigned key_name_namespaces(struct slice prefix)
{
    struct expression expression;
    unsigned found = 0;
    while (prefix_expression_next(&prefix, &expression) == STATUS_OK) {
        if (expression.kind == EXPRESSION_QUERY_KEY)
            found |= KEY_FROM_QUERY;
        if (expression.kind == EXPRESSION_LAMBDA_KEY)
            found |= KEY_FROM_LAMBDA;
    }
    return found;
}

static struct slice find_key(const struct partition_key *keys, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(keys[i].name, name))
            return keys[i].value;
    }
    return slice_make(NULL, 0);
}

/* The value of a partition key; empty when it has none that can be used. */
static struct slice key_value(const struct partition_source *source,
                              const struct expression *expression)
{
    bool is_query = expression->kind == EXPRESSION_QUERY_KEY;
    struct slice value =
        find_key(is_query ? source->query : source->lambda,
                 is_query ? source->query_count : source->lambda_count, expression->value);
    return slice_find(value, '\0') < value.len ? slice_make(NULL, 0) : value;
}

enum status key_name_partition(struct slice prefix, const struct partition_source *source,
                               struct text *out, const char **ret_why)
{
    struct expression expression;
    struct prefix_length length = {0, 0};
    while (prefix_expression_next(&prefix, &expression) == STATUS_OK) {
        if (!is_partition_key(&expression)) {
            add_expression_length(&length, &expression);
            continue;
        }
        struct slice value = key_value(source, &expression);
        *ret_why = "partitionKeys values must not be null or empty";
        if (value.len == 0)
            return STATUS_INVALID;
        *ret_why = "partitionKeys values must be UTF-8";
        if (!utf8_is_valid(value))
            return STATUS_INVALID;
        text_append(out, value);
        text_append_byte(out, '\0');
        add_length(&length, value);
    }
    *ret_why = "The evaluated prefix is longer than 512 characters (or 754 bytes)";
    return is_too_long(&length) ? STATUS_INVALID : out->status;
}
