#include "handlers/dynamodb/partiql_lexer.h"

#include <string.h>

#include "emulator/base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static char at(const struct partiql_lexer *lexer, size_t place)
{
    return place < lexer->source.len ? lexer->source.ptr[place] : '\0';
}

/* Behind a comment that begins here; the end of the source for one that has no end of its own. */
static size_t skip_comment(const struct partiql_lexer *lexer, size_t place, bool *ret_is_open)
{
    struct slice rest = slice_from(lexer->source, place);
    if (slice_starts_with(rest, SLICE("--")))
        return place + slice_find(rest, '\n');
    size_t end = slice_search(slice_from(rest, 2), SLICE("*/"));
    *ret_is_open = end + 2 >= rest.len;
    return *ret_is_open ? lexer->source.len : place + 2 + end + 2;
}

/* False: a comment has no end. */
static bool skip_space(struct partiql_lexer *lexer)
{
    bool is_open = false;
    while (lexer->at < lexer->source.len && !is_open) {
        struct slice rest = slice_from(lexer->source, lexer->at);
        if (memchr(" \t\r\n", rest.ptr[0], 4) != NULL)
            lexer->at++;
        else if (slice_starts_with(rest, SLICE("--")) || slice_starts_with(rest, SLICE("/*")))
            lexer->at = skip_comment(lexer, lexer->at, &is_open);
        else
            break;
    }
    return !is_open;
}

/* The place behind the closing quote, two of which stand for one inside; 0: there is none. */
static size_t end_of_quoted(const struct partiql_lexer *lexer, size_t start)
{
    char quote = at(lexer, start);
    for (size_t i = start + 1; i < lexer->source.len; i++) {
        if (at(lexer, i) != quote)
            continue;
        if (at(lexer, i + 1) != quote)
            return i + 1;
        i++;
    }
    return 0;
}

static size_t skip_digits(const struct partiql_lexer *lexer, size_t place)
{
    while (is_digit(at(lexer, place)))
        place++;
    return place;
}

/* An exponent counts only when it has digits. */
static size_t end_of_number(const struct partiql_lexer *lexer, size_t start)
{
    size_t end = skip_digits(lexer, start);
    if (at(lexer, end) == '.')
        end = skip_digits(lexer, end + 1);
    if (at(lexer, end) != 'e' && at(lexer, end) != 'E')
        return end;
    size_t exponent = end + 1;
    if (at(lexer, exponent) == '+' || at(lexer, exponent) == '-')
        exponent++;
    return is_digit(at(lexer, exponent)) ? skip_digits(lexer, exponent) : end;
}

static size_t end_of_word(const struct partiql_lexer *lexer, size_t start)
{
    size_t end = start;
    while (is_word_start(at(lexer, end)) || is_digit(at(lexer, end)))
        end++;
    return end;
}

static struct partiql_token make(const struct partiql_lexer *lexer, enum partiql_kind kind,
                                 size_t start, size_t end)
{
    struct slice text = slice_first(slice_from(lexer->source, start), end - start);
    return (struct partiql_token){kind, text, start};
}

static struct partiql_token scan_quoted(const struct partiql_lexer *lexer, size_t start,
                                        size_t *ret_end)
{
    size_t end = end_of_quoted(lexer, start);
    *ret_end = end > 0 ? end : lexer->source.len;
    if (end == 0)
        return make(lexer, PARTIQL_BAD, start, lexer->source.len);
    struct partiql_token token =
        make(lexer, at(lexer, start) == '"' ? PARTIQL_QUOTED : PARTIQL_STRING, start + 1, end - 1);
    token.start = start;
    return token;
}

/* "<<" opens a bag wherever it stands, and ">>" closes one. */
static struct partiql_token scan_comparator(const struct partiql_lexer *lexer, size_t start,
                                            size_t *ret_end)
{
    char first = at(lexer, start);
    char second = at(lexer, start + 1);
    bool is_double = (first == '<' && (second == '>' || second == '<')) ||
                     (first == '>' && second == '>') || (first != '=' && second == '=');
    *ret_end = start + (is_double ? 2 : 1);
    enum partiql_kind kind = PARTIQL_COMPARATOR;
    if (is_double && second == first)
        kind = first == '<' ? PARTIQL_OPEN_BAG : PARTIQL_CLOSE_BAG;
    else if (first == '!' && !is_double)
        kind = PARTIQL_BAD;
    return make(lexer, kind, start, *ret_end);
}

static struct partiql_token scan_other(const struct partiql_lexer *lexer, size_t start,
                                       size_t *ret_end)
{
    char c = at(lexer, start);
    *ret_end = start + 1;
    if (c == '?')
        return make(lexer, PARTIQL_PARAMETER, start, *ret_end);
    if (c != '\0' && strchr("()[]{},.:*+-", c) != NULL)
        return make(lexer, PARTIQL_MARK, start, *ret_end);
    size_t step = utf8_step(slice_from(lexer->source, start));
    *ret_end = start + (step > 0 ? step : 1);
    return make(lexer, PARTIQL_BAD, start, *ret_end);
}

static struct partiql_token scan(struct partiql_lexer *lexer)
{
    if (!skip_space(lexer))
        return make(lexer, PARTIQL_BAD, lexer->source.len, lexer->source.len);
    size_t start = lexer->at;
    size_t end = start;
    struct partiql_token token;
    char c = at(lexer, start);
    if (start >= lexer->source.len) {
        token = make(lexer, PARTIQL_END, start, start);
    } else if (c == '\'' || c == '"') {
        token = scan_quoted(lexer, start, &end);
    } else if (is_digit(c) || (c == '.' && is_digit(at(lexer, start + 1)))) {
        end = end_of_number(lexer, start);
        token = make(lexer, PARTIQL_NUMBER, start, end);
    } else if (is_word_start(c)) {
        end = end_of_word(lexer, start);
        token = make(lexer, PARTIQL_WORD, start, end);
    } else if (c == '=' || c == '<' || c == '>' || c == '!') {
        token = scan_comparator(lexer, start, &end);
    } else {
        token = scan_other(lexer, start, &end);
    }
    lexer->at = end;
    return token;
}

void partiql_lexer_init(struct partiql_lexer *lexer, struct slice source)
{
    *lexer = (struct partiql_lexer){.source = source};
    lexer->current = scan(lexer);
    lexer->next = scan(lexer);
}

void partiql_lexer_advance(struct partiql_lexer *lexer)
{
    lexer->current = lexer->next;
    lexer->next = scan(lexer);
}

bool partiql_lexer_is_keyword(const struct partiql_token *token, const char *keyword)
{
    return token->kind == PARTIQL_WORD && slice_equal_nocase(token->text, slice_of(keyword));
}

bool partiql_lexer_is_mark(const struct partiql_token *token, char mark)
{
    return token->kind == PARTIQL_MARK && token->text.ptr[0] == mark;
}

void partiql_lexer_place(const struct partiql_lexer *lexer, size_t start, size_t *ret_line,
                         size_t *ret_column)
{
    struct slice before = slice_first(lexer->source, start);
    *ret_line = 1;
    *ret_column = 1;
    while (before.len > 0) {
        size_t step = utf8_step(before);
        bool is_end = before.ptr[0] == '\n';
        *ret_line += is_end ? 1 : 0;
        *ret_column = is_end ? 1 : *ret_column + 1;
        before = slice_from(before, step > 0 ? step : 1);
    }
}
