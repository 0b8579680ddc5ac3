#include "handlers/logs/filter_pattern.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Beyond ASCII everything counts as a letter. */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & '\x80') != 0;
}

static struct slice skip_space(struct slice s)
{
    size_t at = 0;
    while (at < s.len && is_space(s.ptr[at]))
        at++;
    return slice_from(s, at);
}

static enum status refuse_character(char c, struct text *problem)
{
    text_printf(problem, "Invalid character(s) in term '%c'", c);
    return STATUS_INVALID;
}

/* `*rest` stands behind the opening quote and is moved behind the closing one. */
static enum status take_phrase(struct slice *rest, struct arena *arena, struct slice *ret_phrase,
                               struct text *problem)
{
    char *phrase = arena_alloc(arena, rest->len + 1);
    if (phrase == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != '"') {
        bool is_escape = rest->ptr[at] == '\\' && at + 1 < rest->len;
        at += is_escape ? 1 : 0;
        phrase[len++] = rest->ptr[at++];
    }
    if (at == rest->len) {
        text_append_text(problem, "Invalid filter pattern: a quotation mark is not closed");
        return STATUS_INVALID;
    }
    if (len == 0) {
        text_append_text(problem, "Invalid character(s) in term '\"\"'");
        return STATUS_INVALID;
    }
    *rest = slice_from(*rest, at + 1);
    *ret_phrase = slice_make(phrase, len);
    return STATUS_OK;
}

static enum status take_word(struct slice *rest, struct slice *ret_word, struct text *problem)
{
    size_t len = 0;
    while (len < rest->len && is_word(rest->ptr[len]))
        len++;
    if (len < rest->len && !is_space(rest->ptr[len]))
        return refuse_character(rest->ptr[len], problem);
    if (len == 0) {
        text_append_text(problem, "Invalid filter pattern");
        return STATUS_INVALID;
    }
    *ret_word = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return STATUS_OK;
}

static enum filter_term_kind take_sign(struct slice *rest)
{
    enum filter_term_kind kind = FILTER_TERM_WANTED;
    if (rest->len > 0 && rest->ptr[0] == '?')
        kind = FILTER_TERM_OPTIONAL;
    else if (rest->len > 0 && rest->ptr[0] == '-')
        kind = FILTER_TERM_EXCLUDED;
    if (kind != FILTER_TERM_WANTED)
        *rest = slice_from(*rest, 1);
    return kind;
}

static enum status take_term(struct slice *rest, struct arena *arena, struct filter_term *ret_term,
                             struct text *problem)
{
    struct filter_term term = {.kind = take_sign(rest)};
    enum status status;
    if (rest->len > 0 && rest->ptr[0] == '"') {
        *rest = slice_from(*rest, 1);
        status = take_phrase(rest, arena, &term.text, problem);
    } else {
        status = take_word(rest, &term.text, problem);
    }
    if (status == STATUS_OK)
        *ret_term = term;
    return status;
}

static enum status refuse_other_kinds(struct slice pattern, struct text *problem)
{
    const char *kind = NULL;
    if (pattern.ptr[0] == '{')
        kind = "JSON ({...})";
    else if (pattern.ptr[0] == '[')
        kind = "space-delimited ([...])";
    else if (pattern.ptr[0] == '%')
        kind = "regular expression (%...%)";
    if (kind == NULL)
        return STATUS_OK;
    text_printf(problem, "Hydrant does not support %s filter patterns yet.", kind);
    return STATUS_UNSUPPORTED;
}

enum status filter_pattern_parse(struct slice pattern, struct arena *arena,
                                 struct filter_pattern *ret_pattern, struct text *problem)
{
    struct filter_pattern parsed = {0};
    struct slice rest = skip_space(pattern);
    if (rest.len == 0) {
        *ret_pattern = parsed;
        return STATUS_OK;
    }
    enum status status = refuse_other_kinds(rest, problem);
    if (status != STATUS_OK)
        return status;
    parsed.terms = arena_alloc(arena, rest.len * sizeof(parsed.terms[0]));
    if (parsed.terms == NULL)
        return STATUS_NO_MEMORY;
    for (; rest.len > 0; rest = skip_space(rest)) {
        struct filter_term *term = &parsed.terms[parsed.term_count];
        status = take_term(&rest, arena, term, problem);
        if (status != STATUS_OK)
            return status;
        parsed.term_count++;
        parsed.has_wanted |= term->kind == FILTER_TERM_WANTED;
        parsed.has_optional |= term->kind == FILTER_TERM_OPTIONAL;
    }
    *ret_pattern = parsed;
    return STATUS_OK;
}

bool filter_pattern_matches(const struct filter_pattern *pattern, struct slice message)
{
    bool needs_optional = pattern->has_optional && !pattern->has_wanted;
    for (size_t i = 0; i < pattern->term_count; i++) {
        const struct filter_term *term = &pattern->terms[i];
        bool is_there = slice_search(message, term->text) < message.len;
        if (term->kind == FILTER_TERM_WANTED && !is_there)
            return false;
        if (term->kind == FILTER_TERM_EXCLUDED && is_there)
            return false;
        if (term->kind == FILTER_TERM_OPTIONAL && is_there)
            needs_optional = false;
    }
    return !needs_optional;
}
