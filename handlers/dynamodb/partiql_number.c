#include "handlers/dynamodb/partiql_number.h"

#include "emulator/base/json.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/refusal.h"

/* The exponent as written; false when there is none that could be read. */
static bool find_exponent(struct slice text, int64_t *ret_exponent, size_t *ret_at)
{
    size_t at = slice_find(text, 'e');
    if (at == text.len)
        at = slice_find(text, 'E');
    *ret_at = at;
    *ret_exponent = 0;
    if (at == text.len)
        return true;
    struct slice digits = slice_from(text, at + 1);
    if (digits.len > 0 && digits.ptr[0] == '+')
        digits = slice_from(digits, 1);
    return slice_to_i64(digits, ret_exponent) == STATUS_OK;
}

static bool fits(int64_t number)
{
    return number >= INT32_MIN && number <= INT32_MAX;
}

static bool is_number_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c < '0' || c > '9') && c != '.' && c != '+' && c != '-' && c != 'e' && c != 'E')
            return false;
    }
    return true;
}

bool partiql_number_is_convertible(struct slice text)
{
    int64_t exponent = 0;
    size_t end = 0;
    if (!is_number_text(text))
        return true;
    if (!find_exponent(text, &exponent, &end) || !fits(exponent) || !fits(-exponent))
        return false;
    size_t point = slice_find(slice_first(text, end), '.');
    int64_t places = point < end ? (int64_t)(end - point - 1) : 0;
    return fits(places - exponent);
}

/* An exponent that fits, but with the digits before it does not, comes out as a tiny number. */
static bool wraps(struct slice text)
{
    int64_t exponent = 0;
    size_t end = 0;
    return is_number_text(text) && find_exponent(text, &exponent, &end) && end > 0 &&
           exponent > INT32_MAX - (int64_t)end;
}

static enum status check_text(struct slice text, struct refusal *refusal)
{
    if (!partiql_number_is_convertible(text))
        return refuse(refusal, "%s: %.*s", decimal_problem_text(DECIMAL_NOT_A_NUMBER),
                      SLICE_ARG(text));
    if (wraps(text))
        return refuse(refusal, "%s", decimal_problem_text(DECIMAL_UNDERFLOW));
    return STATUS_OK;
}

/* Deeper values are refused for their depth. */
static enum status check_value(const struct json *value, int depth, struct refusal *refusal)
{
    const struct json *number = json_member(value, "N");
    const struct json *inner = json_member(value, "M");
    enum status status = number != NULL ? check_text(json_string(number), refusal) : STATUS_OK;
    if (inner == NULL)
        inner = json_member(value, "L");
    if (depth > VALUE_MAX_DEPTH)
        return STATUS_OK;
    for (const struct json *e = json_first(json_member(value, "NS"));
         e != NULL && status == STATUS_OK; e = json_next(e))
        status = check_text(json_string(e), refusal);
    for (const struct json *e = json_first(inner); e != NULL && status == STATUS_OK;
         e = json_next(e))
        status = check_value(e, depth + 1, refusal);
    return status;
}

enum status partiql_number_check(const struct json *value, struct refusal *refusal)
{
    return check_value(value, 1, refusal);
}
