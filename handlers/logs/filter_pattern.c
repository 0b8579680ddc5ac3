#include "handlers/logs/filter_pattern.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_reader.h"

enum status filter_pattern_parse(struct slice pattern, struct arena *arena,
                                 struct filter_pattern *ret_pattern, struct text *problem)
{
    struct filter_reader r = {.rest = pattern, .arena = arena, .problem = problem};
    struct filter_pattern parsed = {.kind = FILTER_PATTERN_ALL};
    enum status status = STATUS_OK;
    if (filter_reader_sees(&r, "{")) {
        parsed.kind = FILTER_PATTERN_JSON;
        status = filter_json_take(&r, &parsed.json);
    } else if (filter_reader_sees(&r, "[")) {
        parsed.kind = FILTER_PATTERN_COLUMNS;
        status = filter_columns_take(&r, &parsed.columns);
    } else if (r.rest.len > 0) {
        parsed.kind = FILTER_PATTERN_TERMS;
        status = filter_terms_take(&r, &parsed.terms);
    }
    parsed.regexes = r.regexes;
    if (status == STATUS_OK && parsed.kind != FILTER_PATTERN_TERMS &&
        r.regexes > FILTER_PATTERN_MAX_REGEXES)
        status = filter_reader_refuse(&r);
    if (status == STATUS_OK)
        *ret_pattern = parsed;
    return status;
}

static enum status match_json(const struct filter_pattern *pattern, struct slice message,
                              struct arena *scratch, struct filter_match *match)
{
    enum status status = filter_json_read(message, scratch, &match->document);
    if (status != STATUS_OK || match->document == NULL)
        return status;
    return filter_json_matches(&pattern->json, match->document, scratch, &match->is_match);
}

static enum status match_columns(const struct filter_pattern *pattern, struct slice message,
                                 struct arena *scratch, struct filter_match *match)
{
    enum status status = filter_columns_split(message, scratch, &match->fields);
    if (status == STATUS_OK)
        match->is_match = filter_columns_match(&pattern->columns, &match->fields);
    return status;
}

enum status filter_pattern_match(const struct filter_pattern *pattern, struct slice message,
                                 struct arena *scratch, struct filter_match *ret_match)
{
    struct filter_match match = {.is_match = pattern->kind == FILTER_PATTERN_ALL};
    enum status status = STATUS_OK;
    if (pattern->kind == FILTER_PATTERN_TERMS)
        match.is_match = filter_terms_match(&pattern->terms, message);
    else if (pattern->kind == FILTER_PATTERN_JSON)
        status = match_json(pattern, message, scratch, &match);
    else if (pattern->kind == FILTER_PATTERN_COLUMNS)
        status = match_columns(pattern, message, scratch, &match);
    if (status == STATUS_OK)
        *ret_match = match;
    return status;
}

/* ---- values ---- */

static enum status json_value(const struct filter_match *match, struct slice selector,
                              struct arena *scratch, struct slice *ret_text)
{
    struct text problem;
    const struct filter_selector *parsed = NULL;
    text_init_in(&problem, scratch, 256);
    struct filter_reader r = {.rest = selector, .arena = scratch, .problem = &problem};
    enum status status = filter_selector_take(&r, &parsed);
    if (status == STATUS_INVALID || (status == STATUS_OK && r.rest.len > 0))
        return STATUS_NOT_FOUND;
    return status == STATUS_OK ? filter_selector_value(parsed, match->document, scratch, ret_text)
                               : status;
}

static enum status column_value(const struct filter_pattern *pattern,
                                const struct filter_match *match, struct slice name,
                                struct slice *ret_text)
{
    uint64_t number = 0;
    if (slice_to_u64(name, &number) == STATUS_OK && number > 0 && number <= match->fields.count) {
        *ret_text = match->fields.fields[number - 1];
        return STATUS_OK;
    }
    for (size_t i = 0; i < match->fields.count; i++) {
        struct slice column = filter_columns_name(&pattern->columns, &match->fields, i);
        if (column.len > 0 && slice_equal(column, name)) {
            *ret_text = match->fields.fields[i];
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

enum status filter_pattern_value(const struct filter_pattern *pattern,
                                 const struct filter_match *match, struct slice selector,
                                 struct arena *scratch, struct slice *ret_text)
{
    if (pattern->kind == FILTER_PATTERN_JSON && match->document != NULL)
        return json_value(match, selector, scratch, ret_text);
    if (pattern->kind == FILTER_PATTERN_COLUMNS && slice_starts_with(selector, SLICE("$")))
        return column_value(pattern, match, slice_from(selector, 1), ret_text);
    return STATUS_NOT_FOUND;
}

static bool was_told(const struct filter_pattern *pattern, const struct filter_selector *selector)
{
    const struct filter_selector *earlier = pattern->json.selectors;
    while (earlier != selector &&
           !slice_equal(filter_selector_text(earlier), filter_selector_text(selector)))
        earlier = filter_selector_next(earlier);
    return earlier != selector;
}

static enum status tell_json(const struct filter_pattern *pattern, const struct filter_match *match,
                             struct arena *scratch, filter_value_fn *fn, void *ctx)
{
    enum status status = STATUS_OK;
    for (const struct filter_selector *s = pattern->json.selectors;
         s != NULL && status == STATUS_OK; s = filter_selector_next(s)) {
        struct slice text;
        if (was_told(pattern, s))
            continue;
        status = filter_selector_value(s, match->document, scratch, &text);
        if (status == STATUS_OK)
            status = fn(ctx, filter_selector_text(s), text);
        else if (status == STATUS_NOT_FOUND)
            status = STATUS_OK;
    }
    return status;
}

static enum status tell_columns(const struct filter_pattern *pattern,
                                const struct filter_match *match, struct arena *scratch,
                                filter_value_fn *fn, void *ctx)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < match->fields.count && status == STATUS_OK; i++) {
        struct slice name = filter_columns_name(&pattern->columns, &match->fields, i);
        const char *selector = name.len > 0 ? arena_printf(scratch, "$%.*s", SLICE_ARG(name))
                                            : arena_printf(scratch, "$%zu", i + 1);
        if (selector == NULL)
            return STATUS_NO_MEMORY;
        status = fn(ctx, slice_of(selector), match->fields.fields[i]);
    }
    return status;
}

enum status filter_pattern_values(const struct filter_pattern *pattern,
                                  const struct filter_match *match, struct arena *scratch,
                                  filter_value_fn *fn, void *ctx)
{
    if (pattern->kind == FILTER_PATTERN_JSON && match->document != NULL)
        return tell_json(pattern, match, scratch, fn, ctx);
    if (pattern->kind == FILTER_PATTERN_COLUMNS)
        return tell_columns(pattern, match, scratch, fn, ctx);
    return STATUS_OK;
}
