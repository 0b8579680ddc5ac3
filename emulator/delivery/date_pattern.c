#include "emulator/delivery/date_pattern.h"

#include <stdbool.h>
#include <string.h>

#include "emulator/base/text.h"
#include "emulator/delivery/date_fields.h"

/* One letter: how many may stand in a row, and how many make it a name (0: never). */
struct letter {
    char letter;
    unsigned max;
    unsigned name_from;
    bool is_offset;
};

static const struct letter known[] = {
    {'G', 5, 1, false},  {'y', 19, 0, false}, {'u', 19, 0, false}, {'Y', 19, 0, false},
    {'Q', 5, 3, false},  {'q', 5, 3, false},  {'M', 5, 3, false},  {'L', 5, 3, false},
    {'w', 2, 0, false},  {'W', 1, 0, false},  {'d', 2, 0, false},  {'D', 3, 0, false},
    {'E', 5, 1, false},  {'e', 5, 3, false},  {'c', 5, 3, false},  {'a', 1, 1, false},
    {'H', 2, 0, false},  {'h', 2, 0, false},  {'K', 2, 0, false},  {'k', 2, 0, false},
    {'m', 2, 0, false},  {'s', 2, 0, false},  {'S', 9, 0, false},  {'A', 19, 0, false},
    {'n', 19, 0, false}, {'N', 19, 0, false}, {'Z', 5, 0, true},   {'X', 5, 0, true},
    {'x', 5, 0, true},   {'O', 4, 0, true},
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

/* Numbers of letters Java does not know in between. */
static bool is_gap(char letter, size_t count)
{
    return (letter == 'c' && count == 2) || (letter == 'O' && (count == 2 || count == 3));
}

static enum status take_letters(struct slice *rest, struct piece *ret_piece)
{
    size_t count = 1;
    while (count < rest->len && rest->ptr[count] == rest->ptr[0])
        count++;
    const struct letter *letter = find_letter(rest->ptr[0]);
    if (letter == NULL || count > letter->max || is_gap(letter->letter, count))
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

bool date_pattern_is_of_seconds(struct slice pattern)
{
    struct piece piece;
    while (next_piece(&pattern, &piece) == STATUS_OK)
        if (piece.letter != NULL &&
            (piece.letter->is_offset || strchr("SAnN", piece.letter->letter) != NULL))
            return false;
    return true;
}

/* S: that many digits of the fraction, which has nine. */
static void append_fraction(struct text *out, unsigned count, int ms)
{
    char digits[16];
    struct text fraction = {.ptr = digits, .capacity = sizeof(digits), .max_bytes = 15};
    text_printf(&fraction, "%03d000000", ms);
    text_append(out, slice_make(digits, count));
}

static void append_number(struct text *out, const struct piece *piece, const struct date *date)
{
    char letter = piece->letter->letter;
    int64_t value = date_number(letter, date);
    if ((letter == 'y' || letter == 'u' || letter == 'Y') && piece->count == 2)
        value %= 100;
    text_printf(out, "%0*lld", (int)piece->count, (long long)value);
}

static void append_letters(struct text *out, const struct piece *piece, const struct date *date)
{
    const struct letter *letter = piece->letter;
    if (letter->is_offset)
        date_offset_append(out, letter->letter, piece->count, date->offset_s);
    else if (letter->name_from > 0 && piece->count >= letter->name_from)
        date_name_append(out, letter->letter, piece->count, date);
    else if (letter->letter == 'S')
        append_fraction(out, piece->count, date->ms);
    else
        append_number(out, piece, date);
}

void date_pattern_append(struct text *out, struct slice pattern, int64_t local_ms, int32_t offset_s)
{
    struct date date = date_make(local_ms, offset_s);
    struct piece piece;
    while (next_piece(&pattern, &piece) == STATUS_OK) {
        if (piece.letter == NULL)
            text_append(out, piece.text);
        else
            append_letters(out, &piece, &date);
    }
}
