#include "handlers/logs/filter_terms.h"

#include "emulator/base/arena.h"
#include "handlers/logs/filter_reader.h"
#include "handlers/logs/filter_regex.h"

static enum status take_phrase(struct filter_reader *r, struct slice *ret_phrase)
{
    enum status status = filter_reader_take_quoted(r, ret_phrase);
    if (status == STATUS_OK && ret_phrase->len == 0)
        status = filter_reader_refuse_character(r, '"');
    return status;
}

static enum status take_word(struct filter_reader *r, struct slice *ret_word)
{
    size_t len = 0;
    while (len < r->rest.len && filter_reader_is_word(r->rest.ptr[len]))
        len++;
    if (len < r->rest.len && !filter_reader_is_space(r->rest.ptr[len]))
        return filter_reader_refuse_character(r, r->rest.ptr[len]);
    if (len == 0)
        return filter_reader_refuse(r);
    *ret_word = slice_first(r->rest, len);
    r->rest = slice_from(r->rest, len);
    return STATUS_OK;
}

static enum filter_term_kind take_sign(struct filter_reader *r)
{
    if (filter_reader_take(r, "?"))
        return FILTER_TERM_OPTIONAL;
    return filter_reader_take(r, "-") ? FILTER_TERM_EXCLUDED : FILTER_TERM_WANTED;
}

static enum status take_term(struct filter_reader *r, struct filter_term *term)
{
    term->kind = take_sign(r);
    if (slice_starts_with(r->rest, SLICE("\"")))
        return take_phrase(r, &term->text);
    if (slice_starts_with(r->rest, SLICE("%")))
        return filter_regex_take(r, &term->regex);
    return take_word(r, &term->text);
}

enum status filter_terms_take(struct filter_reader *r, struct filter_terms *ret_terms)
{
    struct filter_terms read = {.count = 0};
    read.terms = arena_zalloc(r->arena, (r->rest.len + 1) * sizeof(read.terms[0]));
    if (read.terms == NULL)
        return STATUS_NO_MEMORY;
    for (filter_reader_skip_space(r); r->rest.len > 0; filter_reader_skip_space(r)) {
        struct filter_term *term = &read.terms[read.count];
        enum status status = take_term(r, term);
        if (status != STATUS_OK)
            return status;
        read.count++;
        read.has_wanted |= term->kind == FILTER_TERM_WANTED;
        read.has_optional |= term->kind == FILTER_TERM_OPTIONAL;
    }
    *ret_terms = read;
    return STATUS_OK;
}

static bool is_found(const struct filter_term *term, struct slice message)
{
    if (term->regex != NULL)
        return filter_regex_matches(term->regex, message);
    return slice_search(message, term->text) < message.len;
}

bool filter_terms_match(const struct filter_terms *terms, struct slice message)
{
    bool needs_optional = terms->has_optional && !terms->has_wanted;
    for (size_t i = 0; i < terms->count; i++) {
        const struct filter_term *term = &terms->terms[i];
        if (term->kind == FILTER_TERM_OPTIONAL && !needs_optional)
            continue;
        bool is_there = is_found(term, message);
        if (term->kind == FILTER_TERM_WANTED && !is_there)
            return false;
        if (term->kind == FILTER_TERM_EXCLUDED && is_there)
            return false;
        if (term->kind == FILTER_TERM_OPTIONAL && is_there)
            needs_optional = false;
    }
    return !needs_optional;
}
