#include "handlers/dynamodb/decimal.h"

#include <assert.h>
#include <string.h>

#include "emulator/base/text.h"

enum { CODE_NEGATIVE = 0x40, CODE_ZERO = 0x80, CODE_POSITIVE = 0xC0, CODE_NEGATIVE_END = 0x66 };

const char *decimal_problem_text(enum decimal_problem problem)
{
    static const char *const texts[] = {
        [DECIMAL_FINE] = "",
        [DECIMAL_NOT_A_NUMBER] = "The parameter cannot be converted to a numeric value",
        [DECIMAL_TOO_PRECISE] = "Attempting to store more than 38 significant digits in a Number",
        [DECIMAL_OVERFLOW] = "Number overflow. Attempting to store a number with magnitude larger "
                             "than supported range",
        [DECIMAL_UNDERFLOW] = "Number underflow. Attempting to store a number with magnitude "
                              "smaller than supported range",
    };
    return texts[problem];
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Far outside the range, far inside an int64: longer exponents are clipped to it. */
#define EXPONENT_CLIP 1000000000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct reader {
    struct slice text;
    size_t at;
    size_t digits_seen;   /* any, also leading zeros */
    size_t digits_used;   /* from the first that is not zero */
    int64_t last_nonzero; /* position among the used ones, of the last that is not zero */
    int64_t point;        /* used digits before the point, less zeros right after it */
};

static char peek(const struct reader *r)
{
    if (r->at == r->text.len)
        return '\0';
    return r->text.ptr[r->at];
}

static void read_digit(struct reader *r, char c, bool after_point, struct decimal *d)
{
    r->digits_seen++;
    if (c == '0' && r->digits_used == 0) {
        r->point -= after_point;
        return;
    }
    if (r->digits_used < DECIMAL_MAX_DIGITS)
        d->digits[r->digits_used] = (uint8_t)(c - '0');
    if (c != '0')
        r->last_nonzero = (int64_t)r->digits_used;
    r->digits_used++;
    r->point += !after_point;
}

static void read_mantissa(struct reader *r, struct decimal *d)
{
    bool after_point = false;
    for (; r->at < r->text.len; r->at++) {
        char c = peek(r);
        if (c == '.' && !after_point)
            after_point = true;
        else if (is_digit(c))
            read_digit(r, c, after_point, d);
        else
            return;
    }
}

/* False when there is something that is no exponent. */
static bool read_exponent(struct reader *r, int64_t *ret_exponent)
{
    int64_t exponent = 0;
    *ret_exponent = 0;
    if (r->at == r->text.len)
        return true;
    if (peek(r) != 'e' && peek(r) != 'E')
        return false;
    r->at++;
    bool is_negative = peek(r) == '-';
    if (is_negative || peek(r) == '+')
        r->at++;
    if (!is_digit(peek(r)))
        return false;
    for (; is_digit(peek(r)); r->at++)
        if (exponent < EXPONENT_CLIP)
            exponent = exponent * 10 + (peek(r) - '0');
    *ret_exponent = is_negative ? -exponent : exponent;
    return r->at == r->text.len;
}

static enum decimal_problem check_exponent(int64_t exponent)
{
    if (exponent > DECIMAL_MAX_EXPONENT)
        return DECIMAL_OVERFLOW;
    return exponent < DECIMAL_MIN_EXPONENT ? DECIMAL_UNDERFLOW : DECIMAL_FINE;
}

enum decimal_problem decimal_parse(struct slice text, struct decimal *ret_decimal)
{
    struct decimal d = {.count = 0};
    struct reader r = {.text = text, .last_nonzero = -1};
    int64_t exponent = 0;

    d.is_negative = peek(&r) == '-';
    if (d.is_negative || peek(&r) == '+')
        r.at++;
    read_mantissa(&r, &d);
    if (r.digits_seen == 0 || !read_exponent(&r, &exponent))
        return DECIMAL_NOT_A_NUMBER;
    if (r.digits_used == 0) {
        *ret_decimal = (struct decimal){.count = 0};
        return DECIMAL_FINE;
    }
    if (r.last_nonzero >= DECIMAL_MAX_DIGITS)
        return DECIMAL_TOO_PRECISE;
    exponent += r.point - 1;
    enum decimal_problem problem = check_exponent(exponent);
    if (problem != DECIMAL_FINE)
        return problem;
    d.count = (size_t)r.last_nonzero + 1;
    d.exponent = (int)exponent;
    *ret_decimal = d;
    return DECIMAL_FINE;
}

/* ---- the stored code ------------------------------------------------------------------------ */

size_t decimal_encode(const struct decimal *d, uint8_t *code)
{
    if (d->count == 0) {
        code[0] = CODE_ZERO;
        return 1;
    }
    size_t len = 0;
    int exponent = d->exponent - DECIMAL_MIN_EXPONENT;
    code[len++] = d->is_negative ? CODE_NEGATIVE : CODE_POSITIVE;
    code[len++] = (uint8_t)(d->is_negative ? 255 - exponent : exponent);
    for (size_t i = 0; i < d->count; i += 2) {
        int pair = d->digits[i] * 10 + (i + 1 < d->count ? d->digits[i + 1] : 0);
        code[len++] = (uint8_t)(d->is_negative ? 100 - pair : pair + 1);
    }
    if (d->is_negative)
        code[len++] = CODE_NEGATIVE_END;
    return len;
}

struct decimal decimal_decode(struct slice code)
{
    struct decimal d = {.count = 0};
    const uint8_t *bytes = (const uint8_t *)code.ptr;
    if (code.len < 3)
        return d;
    d.is_negative = bytes[0] == CODE_NEGATIVE;
    d.exponent = (d.is_negative ? 255 - bytes[1] : bytes[1]) + DECIMAL_MIN_EXPONENT;
    size_t end = d.is_negative ? code.len - 1 : code.len;
    for (size_t i = 2; i < end && d.count + 2 <= DECIMAL_MAX_DIGITS; i++) {
        int pair = d.is_negative ? 100 - bytes[i] : bytes[i] - 1;
        d.digits[d.count++] = (uint8_t)(pair / 10);
        d.digits[d.count++] = (uint8_t)(pair % 10);
    }
    if (d.count > 0 && d.digits[d.count - 1] == 0)
        d.count--;
    return d;
}

static size_t format(const struct decimal *d, char *out)
{
    size_t len = 0;
    if (d->is_negative)
        out[len++] = '-';
    int first = d->exponent < 0 ? 0 : d->exponent;
    int last = d->exponent - (int)d->count + 1;
    if (last > 0)
        last = 0;
    for (int place = first; place >= last; place--) {
        int index = d->exponent - place;
        if (place == -1)
            out[len++] = '.';
        bool is_there = index >= 0 && index < (int)d->count;
        out[len++] = (char)('0' + (is_there ? d->digits[index] : 0));
    }
    return len;
}

/* A sign, a point and every place from 1E125 to the last of 38 digits after 1E-130. */
#define FORMAT_MAX_CHARS (2 + 126 + 130 + DECIMAL_MAX_DIGITS)

void decimal_append(struct text *out, struct slice code)
{
    struct decimal d = decimal_decode(code);
    if (d.count == 0) {
        text_append_byte(out, '0');
        return;
    }
    char *room = text_reserve(out, FORMAT_MAX_CHARS);
    if (room != NULL)
        text_grew(out, format(&d, room));
}

/* ---- arithmetic ----------------------------------------------------------------------------- */

struct decimal decimal_negate(struct decimal d)
{
    d.is_negative = d.count > 0 && !d.is_negative;
    return d;
}

/* One column per power of ten, from the smallest place any number has; one more for a carry. */
enum {
    LOWEST_PLACE = DECIMAL_MIN_EXPONENT - DECIMAL_MAX_DIGITS + 1,
    COLUMNS = DECIMAL_MAX_EXPONENT - LOWEST_PLACE + 2,
};

static void add_columns(const struct decimal *d, int sign, int *columns)
{
    for (size_t i = 0; i < d->count; i++)
        columns[d->exponent - (int)i - LOWEST_PLACE] += sign * d->digits[i];
}

static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    if (a->count == 0 || b->count == 0)
        return (a->count > 0) - (b->count > 0);
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    return slice_compare(slice_make(a->digits, a->count), slice_make(b->digits, b->count));
}

static void carry(int *columns)
{
    for (int i = 0; i + 1 < COLUMNS; i++) {
        if (columns[i] < 0) {
            columns[i] += 10;
            columns[i + 1]--;
        } else if (columns[i] > 9) {
            columns[i] -= 10;
            columns[i + 1]++;
        }
    }
}

static enum decimal_problem from_columns(const int *columns, bool is_negative,
                                         struct decimal *ret_decimal)
{
    int high = COLUMNS - 1;
    int low = 0;
    while (high >= 0 && columns[high] == 0)
        high--;
    if (high < 0) {
        *ret_decimal = (struct decimal){.count = 0};
        return DECIMAL_FINE;
    }
    while (columns[low] == 0)
        low++;
    enum decimal_problem problem = check_exponent(high + LOWEST_PLACE);
    if (problem != DECIMAL_FINE)
        return problem;
    if (high - low + 1 > DECIMAL_MAX_DIGITS)
        return DECIMAL_TOO_PRECISE;
    struct decimal d = {.is_negative = is_negative, .exponent = high + LOWEST_PLACE};
    for (int i = high; i >= low; i--)
        d.digits[d.count++] = (uint8_t)columns[i];
    *ret_decimal = d;
    return DECIMAL_FINE;
}

enum decimal_problem decimal_add(const struct decimal *a, const struct decimal *b,
                                 struct decimal *ret_sum)
{
    int columns[COLUMNS] = {0};
    const struct decimal *big = compare_magnitude(a, b) >= 0 ? a : b;
    const struct decimal *small = big == a ? b : a;
    add_columns(big, 1, columns);
    add_columns(small, a->is_negative == b->is_negative ? 1 : -1, columns);
    carry(columns);
    return from_columns(columns, big->is_negative, ret_sum);
}

/* ---- other measures ------------------------------------------------------------------------- */

size_t decimal_size(struct slice code)
{
    struct decimal d = decimal_decode(code);
    if (d.count == 0)
        return 1;
    size_t before_point = 0;
    if (d.exponent >= 0)
        before_point = (size_t)d.exponent + 1 < d.count ? (size_t)d.exponent + 1 : d.count;
    size_t after_point = d.count - before_point;
    return 1 + (before_point + 1) / 2 + (after_point + 1) / 2 + (d.is_negative ? 1 : 0);
}

/* Pairs of digits around the decimal point, base 100 with the exponent in front. */
size_t decimal_hash_input(const struct decimal *d, uint8_t *bytes)
{
    if (d->count == 0) {
        bytes[0] = 0x80;
        return 1;
    }
    int places = d->exponent + 1;
    int shift = places % 2 != 0 ? 1 : 0;
    size_t pairs = (d->count + (size_t)shift + 1) / 2;
    uint8_t first = (uint8_t)((places + shift) / 2 - 64);
    size_t len = 0;
    bytes[len++] = d->is_negative ? (uint8_t)~first : first;
    for (size_t i = 0; i < pairs; i++) {
        int high = (int)(2 * i) - shift;
        int pair = high >= 0 ? d->digits[high] * 10 : 0;
        if (high + 1 < (int)d->count)
            pair += d->digits[high + 1];
        bytes[len++] = (uint8_t)(d->is_negative ? 101 - pair : pair + 1);
    }
    if (d->is_negative && pairs < 20)
        bytes[len++] = 102;
    return len;
}
