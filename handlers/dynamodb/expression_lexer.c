#include "handlers/dynamodb/expression_lexer.h"

#include "emulator/base/utf8.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word_part(char c)
{
    return is_word_start(c) || is_digit(c);
}

static size_t run_length(struct slice s, size_t start, bool (*belongs)(char c))
{
    size_t end = start;
    while (end < s.len && belongs(s.ptr[end]))
        end++;
    return end - start;
}

static enum token_kind punctuation(char c)
{
    switch (c) {
    case '.':
        return TOKEN_DOT;
    case ',':
        return TOKEN_COMMA;
    case '(':
        return TOKEN_OPEN;
    case ')':
        return TOKEN_CLOSE;
    case '[':
        return TOKEN_OPEN_INDEX;
    case ']':
        return TOKEN_CLOSE_INDEX;
    case '+':
        return TOKEN_PLUS;
    case '-':
        return TOKEN_MINUS;
    case '=':
        return TOKEN_EQUAL;
    default:
        return TOKEN_BAD;
    }
}

/* "<", "<=", "<>", ">" or ">=" */
static enum token_kind comparator(struct slice s, size_t *ret_len)
{
    char first = s.ptr[0];
    char second = '\0';
    if (s.len > 1)
        second = s.ptr[1];
    *ret_len = 2;
    if (second == '=')
        return first == '<' ? TOKEN_LESS_EQUAL : TOKEN_GREATER_EQUAL;
    if (first == '<' && second == '>')
        return TOKEN_NOT_EQUAL;
    *ret_len = 1;
    return first == '<' ? TOKEN_LESS : TOKEN_GREATER;
}

static enum token_kind classify(struct slice s, size_t at, size_t *ret_len)
{
    char c = s.ptr[at];
    if (is_word_start(c)) {
        *ret_len = run_length(s, at, is_word_part);
        return TOKEN_WORD;
    }
    if (is_digit(c)) {
        *ret_len = run_length(s, at, is_digit);
        return TOKEN_NUMBER;
    }
    if (c == '#' || c == ':') {
        *ret_len = 1 + run_length(s, at + 1, is_word_part);
        if (*ret_len > 1)
            return c == '#' ? TOKEN_NAME : TOKEN_VALUE;
        return TOKEN_BAD;
    }
    if (c == '<' || c == '>')
        return comparator(slice_from(s, at), ret_len);
    size_t step = utf8_step(slice_from(s, at));
    *ret_len = step > 0 ? step : 1;
    return punctuation(c);
}

static struct token scan(struct expression_lexer *lexer)
{
    lexer->at += run_length(lexer->source, lexer->at, is_space);
    if (lexer->at >= lexer->source.len)
        return (struct token){TOKEN_END, SLICE("<EOF>"), lexer->at, lexer->at};
    size_t len = 0;
    size_t start = lexer->at;
    enum token_kind kind = classify(lexer->source, start, &len);
    lexer->at += len;
    return (struct token){kind, slice_make(lexer->source.ptr + start, len), start, start + len};
}

void expression_lexer_init(struct expression_lexer *lexer, struct slice source)
{
    *lexer = (struct expression_lexer){.source = source};
    lexer->current = scan(lexer);
    lexer->next = scan(lexer);
}

void expression_lexer_advance(struct expression_lexer *lexer)
{
    lexer->previous = lexer->current;
    lexer->current = lexer->next;
    lexer->next = scan(lexer);
}

struct slice expression_lexer_near(const struct expression_lexer *lexer)
{
    const struct token *first =
        lexer->previous.kind != TOKEN_NONE ? &lexer->previous : &lexer->current;
    const struct token *last = &lexer->next;
    if (last->kind == TOKEN_END)
        last = lexer->current.kind != TOKEN_END ? &lexer->current : &lexer->previous;
    size_t end = last->end > first->start ? last->end : first->start;
    return slice_make(lexer->source.ptr + first->start, end - first->start);
}

bool expression_lexer_at_keyword(const struct expression_lexer *lexer, const char *keyword)
{
    return lexer->current.kind == TOKEN_WORD &&
           slice_equal_nocase(lexer->current.text, slice_of(keyword));
}
