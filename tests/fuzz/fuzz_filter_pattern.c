/* A pattern written again from its terms, all quoted, matches the same messages. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_pattern.h"

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define TEXT_BYTES ((size_t)16 * 1024 * 1024)

static void write_pattern(struct text *out, const struct filter_pattern *pattern)
{
    static const char *const signs[] = {
        [FILTER_TERM_WANTED] = "", [FILTER_TERM_OPTIONAL] = "?", [FILTER_TERM_EXCLUDED] = "-"};
    for (size_t i = 0; i < pattern->term_count; i++) {
        struct slice term = pattern->terms[i].text;
        text_printf(out, " %s\"", signs[pattern->terms[i].kind]);
        for (size_t j = 0; j < term.len; j++) {
            text_append_byte(out, '\\');
            text_append_byte(out, term.ptr[j]);
        }
        text_append_byte(out, '"');
    }
}

/* The input's first line is the pattern, the rest the message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice message = slice_make(data, size);
    struct slice line = slice_cut(&message, '\n');
    struct filter_pattern first;
    struct filter_pattern second;
    struct arena arena;
    struct text problem;
    struct text written;
    arena_init(&arena, ARENA_BYTES);
    text_init(&problem, TEXT_BYTES);
    text_init(&written, TEXT_BYTES);
    enum status status = filter_pattern_parse(line, &arena, &first, &problem);
    FUZZ_CHECK((status == STATUS_OK) == (problem.len == 0));
    if (status == STATUS_OK) {
        write_pattern(&written, &first);
        FUZZ_CHECK(written.status == STATUS_OK);
        FUZZ_CHECK(filter_pattern_parse(text_slice(&written), &arena, &second, &problem) ==
                   STATUS_OK);
        FUZZ_CHECK(first.term_count == second.term_count);
        FUZZ_CHECK(filter_pattern_matches(&first, message) ==
                   filter_pattern_matches(&second, message));
    }
    text_close(&written);
    text_close(&problem);
    arena_clear(&arena);
    return 0;
}
