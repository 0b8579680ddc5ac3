#include "emulator/base/json_check.h"

#include <string.h>

#include "emulator/base/utf8.h"

/* What is left to look at; the functions below eat from its front. */
struct cursor {
    const char *at;
    const char *end;
};

static bool eat(struct cursor *c, char byte)
{
    if (c->at == c->end || *c->at != byte)
        return false;
    c->at++;
    return true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool eat_digits(struct cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && is_digit(*c->at))
        c->at++;
    return c->at > start;
}

static bool eat_fraction(struct cursor *c)
{
    return !eat(c, '.') || eat_digits(c);
}

static bool eat_exponent(struct cursor *c)
{
    if (!eat(c, 'e') && !eat(c, 'E'))
        return true;
    if (!eat(c, '+'))
        (void)eat(c, '-');
    return eat_digits(c);
}

static enum status check_number(struct cursor *c)
{
    const char *start = c->at;
    (void)eat(c, '-');
    bool has_integer = eat(c, '0') || eat_digits(c);
    if (!has_integer || !eat_fraction(c) || !eat_exponent(c))
        return STATUS_INVALID;
    if (c->at < c->end && is_digit(*c->at)) /* behind a leading zero */
        return STATUS_INVALID;
    return c->at - start <= JSON_NUMBER_MAX_CHARS ? STATUS_OK : STATUS_UNSUPPORTED;
}

static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' && byte != '\\';
}

/* Eight bytes at once: subtracting borrows from the high bit of the lowest byte below a limit. */
static bool are_plain(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = ones * 0x80;
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    uint64_t below_space = word - ones * 0x20;
    uint64_t quotes = (word ^ ones * '"') - ones;
    uint64_t backslashes = (word ^ ones * '\\') - ones;
    return ((word | below_space | quotes | backslashes) & highs) == 0;
}

size_t json_plain_length(struct slice text)
{
    size_t len = 0;
    while (text.len - len >= 8 && are_plain(text.ptr + len))
        len += 8;
    while (len < text.len && is_plain(text.ptr[len]))
        len++;
    return len;
}

/* Behind the backslash. Which escapes there are is cJSON's to say. */
static enum status check_escape(struct cursor *c)
{
    struct slice rest = slice_make(c->at, (size_t)(c->end - c->at));
    if (slice_starts_with(rest, SLICE("u0000")))
        return STATUS_UNSUPPORTED;
    if (rest.len == 0 || (unsigned char)*c->at < 0x20)
        return STATUS_INVALID;
    c->at++;
    return STATUS_OK;
}

static enum status check_character(struct cursor *c)
{
    if (eat(c, '\\'))
        return check_escape(c);
    size_t len = utf8_step(slice_make(c->at, (size_t)(c->end - c->at)));
    if (len < 2) /* one byte that is not plain: a control character */
        return STATUS_INVALID;
    c->at += len;
    return STATUS_OK;
}

/* Behind the opening quote. */
static enum status check_string(struct cursor *c)
{
    for (;;) {
        c->at += json_plain_length(slice_make(c->at, (size_t)(c->end - c->at)));
        if (c->at == c->end)
            return STATUS_INVALID;
        if (eat(c, '"'))
            return STATUS_OK;
        enum status status = check_character(c);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status check_token(struct cursor *c)
{
    if (eat(c, '"'))
        return check_string(c);
    if (*c->at == '-' || is_digit(*c->at))
        return check_number(c);
    if (!is_plain(*c->at) && *c->at != '\n' && *c->at != '\r' && *c->at != '\t')
        return STATUS_INVALID;
    c->at++;
    return STATUS_OK;
}

enum status json_check(struct slice text)
{
    static const struct slice byte_order_mark = SLICE_INIT("\xEF\xBB\xBF"); /* cJSON skips it too */
    if (slice_starts_with(text, byte_order_mark))
        text = slice_from(text, byte_order_mark.len);
    if (text.len == 0)
        return STATUS_OK;
    struct cursor c = {text.ptr, text.ptr + text.len};
    enum status status = STATUS_OK;
    while (status == STATUS_OK && c.at < c.end)
        status = check_token(&c);
    return status;
}
