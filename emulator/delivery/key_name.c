#include "emulator/delivery/key_name.h"

#include "emulator/base/ids.h"
#include "emulator/base/text.h"
#include "emulator/delivery/date_pattern.h"
#include "emulator/delivery/time_zone.h"
#include "emulator/loop/random.h"

#define RANDOM_STRING_CHARS 11
#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define CONSTRAINT "Ths supplied prefix(es) do not satisfy the following constraint: " /* sic */

enum expression_kind {
    EXPRESSION_TEXT, /* what stands between expressions */
    EXPRESSION_TIMESTAMP,
    EXPRESSION_RANDOM_STRING,
    EXPRESSION_ERROR_TYPE,
    EXPRESSION_PARTITION_KEY
};

struct expression {
    enum expression_kind kind;
    struct slice value; /* the text, or the pattern */
};

static const struct slice opening = SLICE_INIT("!{");

bool key_name_has_expression(struct slice prefix)
{
    return slice_search(prefix, opening) < prefix.len;
}

static enum status classify(struct slice inside, struct expression *ret_expression)
{
    struct slice value = inside;
    struct slice space = slice_cut(&value, ':');
    struct expression expression = {.value = value};
    if (slice_equal_text(space, "timestamp"))
        expression.kind = EXPRESSION_TIMESTAMP;
    else if (slice_equal_text(inside, "firehose:random-string"))
        expression.kind = EXPRESSION_RANDOM_STRING;
    else if (slice_equal_text(inside, "firehose:error-output-type"))
        expression.kind = EXPRESSION_ERROR_TYPE;
    else if (slice_equal_text(space, "partitionKeyFromQuery") ||
             slice_equal_text(space, "partitionKeyFromLambda"))
        expression.kind = EXPRESSION_PARTITION_KEY;
    else
        return STATUS_INVALID;
    if (value.len == 0)
        return STATUS_INVALID;
    *ret_expression = expression;
    return STATUS_OK;
}

/* Cut the next text or expression off; STATUS_END behind the last. */
static enum status next_expression(struct slice *rest, struct expression *ret_expression)
{
    if (rest->len == 0)
        return STATUS_END;
    size_t at = slice_search(*rest, opening);
    if (at > 0) {
        *ret_expression = (struct expression){EXPRESSION_TEXT, slice_first(*rest, at)};
        *rest = slice_from(*rest, at);
        return STATUS_OK;
    }
    struct slice inside = slice_from(*rest, opening.len);
    size_t end = slice_find(inside, '}');
    if (end == inside.len)
        return STATUS_INVALID;
    *rest = slice_from(inside, end + 1);
    return classify(slice_first(inside, end), ret_expression);
}

/* As a clock in the stream's time zone shows it. */
static void append_date(struct text *out, struct slice pattern, const struct key_name *name)
{
    int64_t oldest_s = name->oldest_ms / 1000 - (name->oldest_ms % 1000 < 0 ? 1 : 0);
    int64_t offset_ms = (int64_t)time_zone_offset(name->zone, oldest_s) * 1000;
    date_pattern_append(out, pattern, name->oldest_ms + offset_ms);
}

static void append_prefix(struct text *out, struct slice prefix, const struct key_name *name,
                          struct random *random)
{
    struct expression expression;
    while (next_expression(&prefix, &expression) == STATUS_OK) {
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
        case EXPRESSION_PARTITION_KEY: /* refused by the check */
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

/* What one prefix is made of. */
struct prefix_parts {
    bool has_expression;
    bool has_error_type;
    bool has_partition_key;
};

static enum status look_into(struct slice prefix, const char *member, struct prefix_parts *parts,
                             struct text *message)
{
    *parts = (struct prefix_parts){.has_expression = key_name_has_expression(prefix)};
    struct expression expression;
    enum status status = STATUS_OK;
    while ((status = next_expression(&prefix, &expression)) == STATUS_OK) {
        parts->has_error_type |= expression.kind == EXPRESSION_ERROR_TYPE;
        parts->has_partition_key |= expression.kind == EXPRESSION_PARTITION_KEY;
        if (expression.kind == EXPRESSION_TIMESTAMP &&
            date_pattern_check(expression.value) != STATUS_OK) {
            text_printf(message,
                        CONSTRAINT "%s contains the timestamp pattern '%.*s', which is not valid"
                                   " or not supported",
                        member, SLICE_ARG(expression.value));
            return STATUS_INVALID;
        }
    }
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

static enum status check_together(const struct prefix_parts *prefix,
                                  const struct prefix_parts *error, bool has_error_prefix,
                                  struct text *message)
{
    if (prefix->has_expression && !has_error_prefix)
        return refuse(message, CONSTRAINT "ErrorOutputPrefix cannot be null or empty when Prefix"
                                          " contains expressions");
    if (prefix->has_error_type)
        return refuse(message, CONSTRAINT "Prefix cannot contain !{firehose:error-output-type}");
    if (error->has_partition_key)
        return refuse(message, CONSTRAINT "ErrorOutputPrefix cannot contain partition keys");
    if (error->has_expression && !error->has_error_type)
        return refuse(message, CONSTRAINT "ErrorOutputPrefix must contain"
                                          " !{firehose:error-output-type} when it contains"
                                          " expressions");
    if (!prefix->has_partition_key)
        return STATUS_OK;
    text_append_text(message, "Dynamic Partitioning Namespaces can only be part of a prefix"
                              " expression when Dynamic Partitioning is enabled.");
    return STATUS_UNSUPPORTED;
}

enum status key_name_check(struct slice prefix, struct slice error_prefix, struct text *message)
{
    struct prefix_parts in_prefix;
    struct prefix_parts in_error;
    enum status status = look_into(prefix, "Prefix", &in_prefix, message);
    if (status == STATUS_OK)
        status = look_into(error_prefix, "ErrorOutputPrefix", &in_error, message);
    if (status == STATUS_OK)
        status = check_together(&in_prefix, &in_error, error_prefix.len > 0, message);
    return status;
}
