#include "tests/lib/asserts.h"

void assert_status_at(enum status got, enum status expected, const char *file, int line)
{
    if (got == expected)
        return;
    print_error("expected \"%s\", got \"%s\"\n", status_text(expected), status_text(got));
    _fail(file, line);
}

void assert_slice_at(struct slice got, struct slice expected, const char *file, int line)
{
    if (slice_equal(got, expected))
        return;
    print_error("expected \"%.*s\" (%zu bytes)\n     got \"%.*s\" (%zu bytes)\n",
                SLICE_ARG(expected), expected.len, SLICE_ARG(got), got.len);
    _fail(file, line);
}
