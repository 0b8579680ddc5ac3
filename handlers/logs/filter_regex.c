#include "handlers/logs/filter_regex.h"

#include <stdint.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_reader.h"

enum { WORDS = FILTER_REGEX_MAX_POSITIONS / 64 + 1, BYTES = 256, REPEAT_MAX = 1000 };

/* A set of places between the positions: bit i means "everything before position i was seen". */
struct places {
    uint64_t bits[WORDS];
};

struct filter_regex {
    unsigned count;             /* of positions, the separators behind alternatives included */
    struct places takes[BYTES]; /* by byte: positions that take it */
    struct places skips;        /* positions that may be left out */
    struct places repeats;      /* positions that may come again */
    struct places starts;       /* where alternatives begin anywhere in the text */
    struct places anchored;     /* where they begin at its beginning only */
    struct places ends;         /* behind the last position of an alternative */
    struct places last_ends;    /* the same of one that ends with '$' */
};

struct class
{
    bool has[BYTES];
};

/* What is being compiled. */
struct compiler {
    struct filter_reader *reader;
    struct slice rest; /* of the expression */
    struct filter_regex *regex;
};

static void add(struct places *set, unsigned place)
{
    set->bits[place / 64] |= UINT64_C(1) << place % 64;
}

static enum status refuse(struct compiler *c)
{
    text_append_text(c->reader->problem, "Invalid regular expression in filter pattern");
    return STATUS_INVALID;
}

/* ---- classes ---- */

static bool is_plain(char c)
{
    return filter_reader_is_word(c) || (c != '\0' && strchr("#=@/;,-: ", c) != NULL);
}

static bool is_in_kind(char kind, int byte)
{
    bool is_digit = byte >= '0' && byte <= '9';
    bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (kind == 'd')
        return is_digit;
    if (kind == 'w')
        return is_digit || is_letter || byte == '_';
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Behind a backslash. `*ret_byte` is the one byte it stands for, or -1 for a kind of bytes. */
static bool take_escape(struct compiler *c, struct class *class, int *ret_byte)
{
    if (c->rest.len == 0)
        return false;
    char e = c->rest.ptr[0];
    size_t len = 1;
    *ret_byte = -1;
    if (e != '\0' && strchr("dDsSwW", e) != NULL) {
        bool is_negated = e < 'a';
        for (int byte = 0; byte < BYTES; byte++)
            class->has[byte] |= is_in_kind((char)(e | 0x20), byte) != is_negated;
    } else if (e == 'x' && c->rest.len >= 3 && hex_of(c->rest.ptr[1]) >= 0 &&
               hex_of(c->rest.ptr[2]) >= 0) {
        *ret_byte = hex_of(c->rest.ptr[1]) * 16 + hex_of(c->rest.ptr[2]);
        len = 3;
    } else if (e > ' ' && e < 0x7f && (!filter_reader_is_word(e) || e == '_')) {
        *ret_byte = (unsigned char)e;
    } else {
        return false;
    }
    c->rest = slice_from(c->rest, len);
    return true;
}

/* One byte or kind of bytes inside brackets. */
static bool take_member(struct compiler *c, struct class *class, int *ret_byte)
{
    char first = c->rest.ptr[0];
    if (first == '\\') {
        c->rest = slice_from(c->rest, 1);
        return take_escape(c, class, ret_byte);
    }
    if ((first & '\x80') != 0 || first == '[')
        return false;
    *ret_byte = (unsigned char)first;
    c->rest = slice_from(c->rest, 1);
    return true;
}

static bool take_range_end(struct compiler *c, struct class *class, int first)
{
    int last = first;
    if (c->rest.len >= 2 && c->rest.ptr[0] == '-' && c->rest.ptr[1] != ']') {
        c->rest = slice_from(c->rest, 1);
        if (!take_member(c, class, &last) || last < first)
            return false;
    }
    for (int byte = first; byte <= last; byte++)
        class->has[byte] = true;
    return true;
}

/* Behind '['. */
static bool take_brackets(struct compiler *c, struct class *class)
{
    bool is_negated = c->rest.len > 0 && c->rest.ptr[0] == '^';
    if (is_negated)
        c->rest = slice_from(c->rest, 1);
    bool is_empty = true;
    while (c->rest.len > 0 && c->rest.ptr[0] != ']') {
        int byte = -1;
        if (!take_member(c, class, &byte) || (byte >= 0 && !take_range_end(c, class, byte)))
            return false;
        is_empty = false;
    }
    if (c->rest.len == 0 || is_empty)
        return false;
    c->rest = slice_from(c->rest, 1);
    for (int byte = 0; is_negated && byte < BYTES; byte++)
        class->has[byte] = !class->has[byte];
    return true;
}

static bool take_class(struct compiler *c, struct class *class)
{
    char first = c->rest.ptr[0];
    int byte = -1;
    c->rest = slice_from(c->rest, 1);
    if (first == '[')
        return take_brackets(c, class);
    if (first == '\\') {
        if (!take_escape(c, class, &byte))
            return false;
    } else if (first == '.') {
        memset(class->has, true, sizeof(class->has));
    } else if ((first & '\x80') == 0 && is_plain(first)) {
        byte = (unsigned char)first;
    } else {
        return false;
    }
    if (byte >= 0)
        class->has[byte] = true;
    return true;
}

/* ---- positions ---- */

struct times {
    unsigned least;
    unsigned most;
    bool is_endless;
};

static bool take_number(struct compiler *c, unsigned *ret_number)
{
    size_t len = 0;
    unsigned number = 0;
    while (len < c->rest.len && c->rest.ptr[len] >= '0' && c->rest.ptr[len] <= '9' &&
           number <= REPEAT_MAX)
        number = number * 10 + (unsigned)(c->rest.ptr[len++] - '0');
    c->rest = slice_from(c->rest, len);
    *ret_number = number;
    return len > 0 && number <= REPEAT_MAX;
}

static bool take_byte(struct compiler *c, char byte)
{
    bool is_there = c->rest.len > 0 && c->rest.ptr[0] == byte;
    if (is_there)
        c->rest = slice_from(c->rest, 1);
    return is_there;
}

static bool take_times(struct compiler *c, struct times *times)
{
    *times = (struct times){1, 1, false};
    if (take_byte(c, '?'))
        times->least = 0;
    else if (take_byte(c, '*'))
        *times = (struct times){0, 1, true};
    else if (take_byte(c, '+'))
        times->is_endless = true;
    else if (take_byte(c, '{')) {
        if (!take_number(c, &times->least))
            return false;
        times->most = times->least;
        if (take_byte(c, ',')) {
            times->is_endless = c->rest.len > 0 && c->rest.ptr[0] == '}';
            if (!times->is_endless && !take_number(c, &times->most))
                return false;
        }
        return take_byte(c, '}') && times->most >= times->least && times->most > 0;
    }
    return true;
}

static bool add_position(struct filter_regex *regex, const struct class *class, bool skips,
                         bool repeats)
{
    if (regex->count >= FILTER_REGEX_MAX_POSITIONS)
        return false;
    unsigned place = regex->count++;
    for (int byte = 0; byte < BYTES; byte++)
        if (class->has[byte])
            add(&regex->takes[byte], place);
    if (skips)
        add(&regex->skips, place);
    if (repeats)
        add(&regex->repeats, place);
    return true;
}

static bool add_positions(struct filter_regex *regex, const struct class *class,
                          const struct times *times)
{
    for (unsigned i = 0; i < times->most; i++) {
        bool is_last = i + 1 == times->most;
        if (!add_position(regex, class, i >= times->least, is_last && times->is_endless))
            return false;
    }
    return true;
}

/* Up to '|' or the end, and a position behind it that takes nothing. */
static bool take_alternative(struct compiler *c)
{
    static const struct class none = {{false}};
    struct filter_regex *regex = c->regex;
    bool at_start = take_byte(c, '^');
    bool at_end = false;
    unsigned first = regex->count;
    while (c->rest.len > 0 && c->rest.ptr[0] != '|' && !at_end) {
        struct class class = {{false}};
        struct times times;
        at_end = take_byte(c, '$');
        if (!at_end && (!take_class(c, &class) || !take_times(c, &times) ||
                        !add_positions(regex, &class, &times)))
            return false;
    }
    if (c->rest.len > 0 && c->rest.ptr[0] != '|')
        return false;
    if (regex->count == first && !at_start && !at_end)
        return false;
    add(at_start ? &regex->anchored : &regex->starts, first);
    add(at_end ? &regex->last_ends : &regex->ends, regex->count);
    return add_position(regex, &none, false, false);
}

enum status filter_regex_take(struct filter_reader *r, const struct filter_regex **ret_regex)
{
    struct slice rest = slice_from(r->rest, 1);
    struct compiler c = {.reader = r, .rest = slice_first(rest, slice_find(rest, '%'))};
    if (c.rest.len == rest.len || c.rest.len == 0)
        return refuse(&c);
    r->rest = slice_from(rest, c.rest.len + 1);
    r->regexes++;
    c.regex = arena_zalloc(r->arena, sizeof(*c.regex));
    if (c.regex == NULL)
        return STATUS_NO_MEMORY;
    do {
        if (!take_alternative(&c))
            return refuse(&c);
    } while (take_byte(&c, '|'));
    *ret_regex = c.regex;
    return STATUS_OK;
}

/* ---- matching ---- */

static void join(struct places *set, const struct places *other)
{
    for (unsigned i = 0; i < WORDS; i++)
        set->bits[i] |= other->bits[i];
}

static bool meets(const struct places *a, const struct places *b)
{
    uint64_t common = 0;
    for (unsigned i = 0; i < WORDS; i++)
        common |= a->bits[i] & b->bits[i];
    return common != 0;
}

/* Go past positions that may be left out: a carry runs through each row of them. */
static void skip(struct places *at, const struct places *skips)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t reached = at->bits[i] | carry;
        uint64_t from = reached & skips->bits[i];
        for (uint64_t next = from << 1; (next & ~reached) != 0; next = from << 1) {
            reached |= next;
            from = reached & skips->bits[i];
        }
        carry = from >> 63;
        at->bits[i] = reached;
    }
}

/* Behind one more byte. */
static void step(const struct filter_regex *regex, unsigned char byte, struct places *at)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t taken = at->bits[i] & regex->takes[byte].bits[i];
        at->bits[i] = (taken << 1) | carry | (taken & regex->repeats.bits[i]);
        carry = taken >> 63;
    }
    join(at, &regex->starts);
    skip(at, &regex->skips);
}

bool filter_regex_matches(const struct filter_regex *regex, struct slice text)
{
    struct places at = regex->starts;
    join(&at, &regex->anchored);
    skip(&at, &regex->skips);
    for (size_t i = 0; i < text.len && !meets(&at, &regex->ends); i++)
        step(regex, (unsigned char)text.ptr[i], &at);
    return meets(&at, &regex->ends) || meets(&at, &regex->last_ends);
}
