#include "emulator/delivery/date_pattern.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "emulator/base/text.h"

/* One letter: how many may stand in a row, and how many make it a name (0: never). */
struct letter {
    char letter;
    unsigned max;
    unsigned name_from;
};

static const struct letter known[] = {
    {'y', 9, 0}, {'u', 9, 0}, {'M', 5, 3}, {'L', 5, 3}, {'d', 2, 0},
    {'D', 3, 0}, {'E', 5, 1}, {'H', 2, 0}, {'h', 2, 0}, {'K', 2, 0},
    {'k', 2, 0}, {'m', 2, 0}, {'s', 2, 0}, {'S', 9, 0}, {'a', 1, 1},
};

/* One piece of a pattern: a run of one letter, or literal text. */
struct piece {
    const struct letter *letter; /* NULL: text */
    unsigned count;
    struct slice text;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const struct letter *find_letter(char c)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].letter == c)
            return &known[i];
    }
    return NULL;
}

static enum status take_letters(struct slice *rest, struct piece *ret_piece)
{
    size_t count = 1;
    while (count < rest->len && rest->ptr[count] == rest->ptr[0])
        count++;
    const struct letter *letter = find_letter(rest->ptr[0]);
    if (letter == NULL || count > letter->max)
        return STATUS_INVALID;
    *ret_piece = (struct piece){.letter = letter, .count = (unsigned)count};
    *rest = slice_from(*rest, count);
    return STATUS_OK;
}

/* Behind an opening quote: up to the next one. '' is one quote, inside and outside. */
static enum status take_quoted(struct slice *rest, struct piece *ret_piece)
{
    struct slice inside = slice_from(*rest, 1);
    size_t end = slice_find(inside, '\'');
    if (end == inside.len)
        return STATUS_INVALID;
    ret_piece->text = end == 0 ? slice_first(inside, 1) : slice_first(inside, end);
    *rest = slice_from(inside, end + 1);
    if (end > 0 && rest->len > 0 && rest->ptr[0] == '\'')
        ret_piece->text = slice_first(inside, end + 1); /* ''-escape: the quoted text goes on */
    return STATUS_OK;
}

/* Cut the next piece off; STATUS_END behind the last. */
static enum status next_piece(struct slice *rest, struct piece *ret_piece)
{
    *ret_piece = (struct piece){0};
    if (rest->len == 0)
        return STATUS_END;
    char c = rest->ptr[0];
    if (is_letter(c))
        return take_letters(rest, ret_piece);
    if (c == '\'')
        return take_quoted(rest, ret_piece);
    if (strchr("{}#[]", c) != NULL) /* reserved or optional sections */
        return STATUS_INVALID;
    ret_piece->text = slice_first(*rest, 1);
    *rest = slice_from(*rest, 1);
    return STATUS_OK;
}

enum status date_pattern_check(struct slice pattern)
{
    struct piece piece;
    enum status status = STATUS_OK;
    while (status == STATUS_OK)
        status = next_piece(&pattern, &piece);
    return status == STATUS_END ? STATUS_OK : status;
}

static void append_name(struct text *out, const struct piece *piece, const struct tm *utc)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    if (piece->letter->letter == 'a') {
        text_append_text(out, utc->tm_hour < 12 ? "AM" : "PM");
        return;
    }
    bool is_day = piece->letter->letter == 'E';
    struct slice name = slice_of(is_day ? days[utc->tm_wday] : months[utc->tm_mon]);
    if (piece->count == 5)
        name = slice_first(name, 1);
    else if (piece->count < 4)
        name = slice_first(name, 3);
    text_append(out, name);
}

/* Of the letters that are numbers, but for S. */
static int value_of(char letter, const struct tm *utc)
{
    switch (letter) {
    case 'M':
    case 'L':
        return utc->tm_mon + 1;
    case 'd':
        return utc->tm_mday;
    case 'D':
        return utc->tm_yday + 1;
    case 'H':
        return utc->tm_hour;
    case 'h':
        return utc->tm_hour % 12 == 0 ? 12 : utc->tm_hour % 12;
    case 'K':
        return utc->tm_hour % 12;
    case 'k':
        return utc->tm_hour == 0 ? 24 : utc->tm_hour;
    case 'm':
        return utc->tm_min;
    case 's':
        return utc->tm_sec;
    default: /* y, u */
        return utc->tm_year + 1900;
    }
}

/* S: that many digits of the fraction, which has nine. */
static void append_fraction(struct text *out, unsigned count, int ms)
{
    char digits[16];
    struct text fraction = {.ptr = digits, .capacity = sizeof(digits), .max_bytes = 15};
    text_printf(&fraction, "%03d000000", ms);
    text_append(out, slice_make(digits, count));
}

static void append_number(struct text *out, const struct piece *piece, const struct tm *utc)
{
    char letter = piece->letter->letter;
    int value = value_of(letter, utc);
    if ((letter == 'y' || letter == 'u') && piece->count == 2)
        value %= 100;
    text_printf(out, "%0*d", (int)piece->count, value);
}

void date_pattern_append(struct text *out, struct slice pattern, int64_t epoch_ms)
{
    int ms = (int)(epoch_ms % 1000);
    time_t seconds = (time_t)(epoch_ms / 1000);
    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    struct tm utc = {0};
    (void)gmtime_r(&seconds, &utc);
    struct piece piece;
    while (next_piece(&pattern, &piece) == STATUS_OK) {
        if (piece.letter == NULL)
            text_append(out, piece.text);
        else if (piece.letter->name_from > 0 && piece.count >= piece.letter->name_from)
            append_name(out, &piece, &utc);
        else if (piece.letter->letter == 'S')
            append_fraction(out, piece.count, ms);
        else
            append_number(out, &piece, &utc);
    }
}
