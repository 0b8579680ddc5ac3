#include "emulator/delivery/error_folder.h"

#include "emulator/base/text.h"
#include "emulator/delivery/date_pattern.h"
#include "emulator/delivery/key_name.h"
#include "emulator/delivery/prefix_expression.h"

#define TIME_MAX_BYTES ((size_t)1024) /* an S3 key */

static const struct slice error_types[] = {
    SLICE_INIT("processing-failed"),
    SLICE_INIT("decompression-failed"),
    SLICE_INIT("http-endpoint-failed"),
};

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_text(struct slice *rest, struct slice text)
{
    bool is_there = slice_starts_with(*rest, text);
    if (is_there)
        *rest = slice_from(*rest, text.len);
    return is_there;
}

static bool take_random_string(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && len < RANDOM_STRING_CHARS && is_letter_or_digit(rest->ptr[len]))
        len++;
    if (len < RANDOM_STRING_CHARS)
        return false;
    *rest = slice_from(*rest, len);
    return true;
}

static bool take_error_type(struct slice *rest)
{
    for (size_t i = 0; i < sizeof(error_types) / sizeof(error_types[0]); i++) {
        if (take_text(rest, error_types[i]))
            return true;
    }
    return false;
}

/* "yyyy/MM/dd/HH/" */
static bool take_hour(struct slice *rest)
{
    static const char form[] = "0000/00/00/00/";
    size_t len = sizeof(form) - 1;
    if (rest->len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool is_digit = rest->ptr[i] >= '0' && rest->ptr[i] <= '9';
        if (form[i] == '0' ? !is_digit : rest->ptr[i] != form[i])
            return false;
    }
    *rest = slice_from(*rest, len);
    return true;
}

/* What does not fit here is in no key. */
static bool take_time(struct slice *rest, struct slice pattern, int64_t local_ms)
{
    char bytes[TIME_MAX_BYTES + 1];
    struct text time = {.ptr = bytes, .capacity = sizeof(bytes), .max_bytes = TIME_MAX_BYTES};
    date_pattern_append(&time, pattern, local_ms, 0);
    return time.status == STATUS_OK && take_text(rest, text_slice(&time));
}

static bool take_expression(struct slice *rest, const struct expression *expression,
                            int64_t local_ms)
{
    switch (expression->kind) {
    case EXPRESSION_TEXT:
        return take_text(rest, expression->value);
    case EXPRESSION_RANDOM_STRING:
        return take_random_string(rest);
    case EXPRESSION_ERROR_TYPE:
        return take_error_type(rest);
    case EXPRESSION_TIMESTAMP:
        return take_time(rest, expression->value, local_ms);
    case EXPRESSION_QUERY_KEY:
    case EXPRESSION_LAMBDA_KEY:
        break;
    }
    return false;
}

static bool is_any_text(const struct expression *expression)
{
    return expression->kind == EXPRESSION_TIMESTAMP &&
           !date_pattern_is_of_seconds(expression->value);
}

/* What a time may end with. */
static bool ends_with_word(struct slice folder)
{
    char last = folder.len > 0 ? folder.ptr[folder.len - 1] : '\0';
    return last != '-' && last != '_';
}

/* Some times are any text: the shortest that lets the rest fit. */
static bool may_evaluate_to(struct slice prefix, struct slice folder, int64_t local_ms)
{
    struct expression expression;
    struct slice behind_time = prefix; /* where the prefix goes on behind the last time */
    bool has_time = false;
    struct slice left = folder;
    struct slice rest = prefix;
    for (;;) {
        if (rest.len == 0 && left.len == 0)
            return true;
        if (rest.len == 0 && has_time && behind_time.len == 0)
            return ends_with_word(left);
        bool fits = prefix_expression_next(&rest, &expression) == STATUS_OK;
        if (fits && is_any_text(&expression)) {
            has_time = true;
            behind_time = rest;
            folder = left;
        } else if (!fits || !take_expression(&left, &expression, local_ms)) {
            if (!has_time || folder.len == 0)
                return false;
            folder = slice_from(folder, 1);
            left = folder;
            rest = behind_time;
        }
    }
}

bool error_folder_fits(struct slice prefix, struct slice folder, int64_t local_ms)
{
    if (key_name_has_expression(prefix))
        return may_evaluate_to(prefix, folder, local_ms);
    return take_text(&folder, prefix) && take_error_type(&folder) &&
           take_text(&folder, SLICE("/")) && take_hour(&folder) && folder.len == 0;
}
