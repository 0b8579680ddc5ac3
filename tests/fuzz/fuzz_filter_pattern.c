/*
 * Every pattern is taken or refused with a message. What is taken says the same of a message each
 * time, and of one that matches it tells values that are the message's. One more space at the ends
 * changes nothing.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_pattern.h"

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

struct fixture {
    struct arena arena;
    struct text problem;
    struct filter_pattern pattern;
    struct slice message;
};

static enum status check_value(void *ctx, struct slice selector, struct slice text)
{
    const struct fixture *f = ctx;
    FUZZ_CHECK(selector.len > 1 && selector.ptr[0] == '$');
    FUZZ_CHECK(f->pattern.kind != FILTER_PATTERN_COLUMNS || text.len <= f->message.len);
    return STATUS_OK;
}

static bool matches(struct fixture *f, const struct filter_pattern *pattern)
{
    struct filter_match match;
    FUZZ_CHECK(filter_pattern_match(pattern, f->message, &f->arena, &match) == STATUS_OK);
    if (match.is_match)
        FUZZ_CHECK(filter_pattern_values(pattern, &match, &f->arena, check_value, f) == STATUS_OK);
    return match.is_match;
}

static void match_with_space(struct fixture *f, struct slice line)
{
    struct filter_pattern spaced;
    const char *text = arena_printf(&f->arena, " %.*s\t", SLICE_ARG(line));
    FUZZ_CHECK(text != NULL);
    struct slice pattern = slice_make(text, line.len + 2);
    FUZZ_CHECK(filter_pattern_parse(pattern, &f->arena, &spaced, &f->problem) == STATUS_OK);
    FUZZ_CHECK(spaced.kind == f->pattern.kind && spaced.regexes == f->pattern.regexes);
    FUZZ_CHECK(matches(f, &f->pattern) == matches(f, &spaced));
}

/* The input's first line is the pattern, the rest the message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture f = {.message = slice_make(data, size)};
    struct slice line = slice_cut(&f.message, '\n');
    arena_init(&f.arena, ARENA_BYTES);
    text_init(&f.problem, 4096);
    enum status status = filter_pattern_parse(line, &f.arena, &f.pattern, &f.problem);
    FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID);
    FUZZ_CHECK((status == STATUS_OK) == (f.problem.len == 0));
    if (status == STATUS_OK && slice_find(line, '\0') == line.len)
        match_with_space(&f, line);
    text_close(&f.problem);
    arena_clear(&f.arena);
    return 0;
}
