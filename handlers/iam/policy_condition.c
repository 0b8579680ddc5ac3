#include "handlers/iam/policy_condition.h"

#include <ctype.h>
#include <stddef.h>

#include "emulator/base/json.h"

static const char *const operators[] = {
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIgnoreCase",
    "StringNotLike",
    "StringNotEqualsIgnoreCase",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
};

/* Without "ForAnyValue:" and "IfExists". */
static struct slice bare(struct slice operator)
{
    static const struct slice prefixes[] = {SLICE_INIT("ForAnyValue:"),
                                            SLICE_INIT("ForAllValues:")};
    static const struct slice ending = SLICE_INIT("IfExists");
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (slice_starts_with(operator, prefixes[i])) {
            operator= slice_from(operator, prefixes[i].len);
            break;
        }
    }
    return slice_ends_with(operator, ending) ? slice_first(operator, operator.len - ending.len) :
                                             operator;
}

static bool is_operator(struct slice name)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (slice_equal_text(name, operators[i]))
            return true;
    return false;
}

static bool has_values(const struct json *keys)
{
    for (const struct json *value = json_first(keys); value != NULL; value = json_next(value))
        if (json_kind(value) == JSON_OBJECT || json_kind(value) == JSON_NULL)
            return false;
    return true;
}

bool policy_condition_is_right(const struct json *condition)
{
    if (condition == NULL)
        return true;
    if (json_kind(condition) != JSON_OBJECT)
        return false;
    for (const struct json *keys = json_first(condition); keys != NULL; keys = json_next(keys)) {
        if (json_kind(keys) != JSON_OBJECT || !has_values(keys))
            return false;
        if (!is_operator(bare(json_name(keys))) && json_count(keys) > 0)
            return false;
    }
    return true;
}

/* ---- dates ---- */

static bool is_number(struct slice digits, uint64_t low, uint64_t high)
{
    uint64_t value = 0;
    return slice_to_u64(digits, &value) == STATUS_OK && value >= low && value <= high;
}

/* Behind '+' or '-': two digits of hours, and of minutes. */
static bool is_offset(struct slice offset)
{
    struct slice hours = slice_cut(&offset, ':');
    return hours.len == 2 && is_number(hours, 0, 23) &&
           (offset.ptr == NULL || (offset.len == 2 && is_number(offset, 0, 59)));
}

/* Seconds, their fraction, and a zone. */
static bool is_seconds(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] != '+' && text.ptr[len] != '-' && text.ptr[len] != 'Z' &&
           text.ptr[len] != 'z')
        len++;
    struct slice fraction = slice_first(text, len);
    struct slice zone = slice_from(text, len);
    struct slice seconds = slice_cut(&fraction, '.');
    if (!is_number(seconds, 0, 59) || (fraction.ptr != NULL && !is_number(fraction, 0, 999999999)))
        return false;
    if (zone.len > 0 && tolower((unsigned char)zone.ptr[0]) == 'z')
        return zone.len == 1;
    return zone.len == 0 || is_offset(slice_from(zone, 1));
}

static bool is_time(struct slice text)
{
    struct slice hours = slice_cut(&text, ':');
    if (hours.len > 0 && !is_number(hours, 0, 23))
        return false;
    if (text.ptr == NULL)
        return true;
    struct slice minutes = slice_cut(&text, ':');
    return is_number(minutes, 0, 59) && (text.ptr == NULL || is_seconds(text));
}

static bool is_day(struct slice text)
{
    bool is_negative = slice_starts_with(text, SLICE("-"));
    if (is_negative)
        text = slice_from(text, 1);
    struct slice year = slice_cut(&text, '-');
    if (!is_number(year, 0, is_negative ? 292275054 : 292278993))
        return false;
    if (text.ptr == NULL)
        return true;
    struct slice month = slice_cut(&text, '-');
    return is_number(month, 1, 12) && (text.ptr == NULL || is_number(text, 1, 31));
}

static size_t find_t(struct slice text)
{
    size_t upper = slice_find(text, 'T');
    size_t lower = slice_find(text, 't');
    return upper < lower ? upper : lower;
}

bool policy_condition_is_date(struct slice text)
{
    size_t t = find_t(text);
    if (t == text.len && slice_find(text, '-') == text.len)
        return is_number(text, 0, INT64_MAX);
    struct slice time = slice_from(text, t < text.len ? t + 1 : t);
    return is_day(slice_first(text, t)) && (time.len == 0 || is_time(time));
}

static bool is_date_value(const struct json *value)
{
    return json_kind(value) != JSON_STRING || policy_condition_is_date(json_string(value));
}

static bool are_dates(const struct json *value)
{
    if (json_kind(value) != JSON_ARRAY)
        return is_date_value(value);
    for (const struct json *element = json_first(value); element; element = json_next(element))
        if (!is_date_value(element))
            return false;
    return true;
}

bool policy_condition_has_dates(const struct json *condition)
{
    for (const struct json *keys = json_first(condition); keys != NULL; keys = json_next(keys)) {
        if (!slice_starts_with(bare(json_name(keys)), SLICE("Date")))
            continue;
        for (const struct json *value = json_first(keys); value != NULL; value = json_next(value))
            if (!are_dates(value))
                return false;
    }
    return true;
}
