/* filter_fixture.h -- patterns tried on messages. */
#ifndef TESTS_UNIT_FILTER_FIXTURE_H
#define TESTS_UNIT_FILTER_FIXTURE_H

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_pattern.h"
#include "tests/lib/asserts.h"

struct filter_fixture {
    struct arena arena;
    struct text problem;
    struct filter_pattern pattern;
    enum status status;
};

static inline void filter_parse(struct filter_fixture *f, const char *pattern)
{
    arena_init(&f->arena, (size_t)16 * 1024 * 1024);
    text_init(&f->problem, 4096);
    f->status = filter_pattern_parse(slice_of(pattern), &f->arena, &f->pattern, &f->problem);
}

static inline void filter_close(struct filter_fixture *f)
{
    text_close(&f->problem);
    arena_clear(&f->arena);
}

static inline void assert_match(const char *pattern, const char *message, bool expected)
{
    struct filter_fixture f;
    struct filter_match match = {.is_match = false};
    filter_parse(&f, pattern);
    if (f.status != STATUS_OK)
        fail_msg("pattern <%s>: %.*s", pattern, (int)f.problem.len, f.problem.ptr);
    assert_ok(filter_pattern_match(&f.pattern, slice_of(message), &f.arena, &match));
    if (match.is_match != expected)
        fail_msg("pattern <%s> and message <%s>: expected %d", pattern, message, expected);
    filter_close(&f);
}

static inline void assert_refused(const char *pattern, const char *expected_problem)
{
    struct filter_fixture f;
    filter_parse(&f, pattern);
    if (f.status != STATUS_INVALID)
        fail_msg("pattern <%s> was taken", pattern);
    assert_slice(text_slice(&f.problem), expected_problem);
    filter_close(&f);
}

static inline enum status append_value(void *ctx, struct slice selector, struct slice text)
{
    text_printf(ctx, "%.*s=%.*s;", SLICE_ARG(selector), SLICE_ARG(text));
    return STATUS_OK;
}

/* What TestMetricFilter calls extracted values, as "$a=1;$b=2;". */
static inline void assert_values(const char *pattern, const char *message, const char *expected)
{
    struct filter_fixture f;
    struct filter_match match = {.is_match = false};
    struct text values;
    text_init(&values, 4096);
    filter_parse(&f, pattern);
    assert_ok(f.status);
    assert_ok(filter_pattern_match(&f.pattern, slice_of(message), &f.arena, &match));
    assert_true(match.is_match);
    assert_ok(filter_pattern_values(&f.pattern, &match, &f.arena, append_value, &values));
    assert_slice(text_slice(&values), expected);
    text_close(&values);
    filter_close(&f);
}

#endif
