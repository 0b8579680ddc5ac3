#include "emulator/base/log.h"

#include <string.h>
#include <unistd.h>

#include "tests/lib/asserts.h"

/* What `write_lines` puts on standard error. */
static size_t capture(void (*write_lines)(void), char *text, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int before = dup(STDERR_FILENO);
    assert_true(before >= 0 && dup2(ends[1], STDERR_FILENO) >= 0);
    write_lines();
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    assert_int_equal(close(before) | close(ends[1]), 0);
    ssize_t len = read(ends[0], text, size);
    assert_int_equal(close(ends[0]), 0);
    assert_true(len >= 0);
    return (size_t)len;
}

static void write_all_levels(void)
{
    log_line(LOG_DEBUG, "d");
    log_line(LOG_INFO, "i %d", 1);
    log_set_level(LOG_ERROR);
    log_line(LOG_WARNING, "w");
    log_line(LOG_ERROR, "e");
    log_set_level(LOG_INFO);
}

static void lines_below_the_level_are_dropped(void **state)
{
    (void)state;
    char text[256];
    size_t len = capture(write_all_levels, text, sizeof(text));
    assert_slice(slice_make(text, len), "hydrant: info: i 1\nhydrant: error: e\n");
}

static void write_line_ends(void)
{
    log_line(LOG_INFO, "%s", "a\nb\r\nc");
}

static void a_message_cannot_start_a_line(void **state)
{
    (void)state;
    char text[256];
    size_t len = capture(write_line_ends, text, sizeof(text));
    assert_slice(slice_make(text, len), "hydrant: info: a b  c\n");
}

static void write_controls(void)
{
    log_line(LOG_INFO, "%s", "a\x1B[31mb\tc\x7F\xC3\xA9");
}

static void a_message_cannot_steer_a_terminal(void **state)
{
    (void)state;
    char text[256];
    size_t len = capture(write_controls, text, sizeof(text));
    assert_slice(slice_make(text, len), "hydrant: info: a [31mb c \xC3\xA9\n");
}

static void write_long_line(void)
{
    char message[10000];
    memset(message, 'x', sizeof(message) - 1);
    message[sizeof(message) - 1] = '\0';
    log_line(LOG_INFO, "%s", message);
}

static void a_long_line_is_cut_and_still_ended(void **state)
{
    (void)state;
    char text[10000];
    size_t len = capture(write_long_line, text, sizeof(text));
    assert_int_equal(len, 4095);
    assert_slice(slice_from(slice_make(text, len), len - 3), "xx\n");
}

static int64_t a_moment(void)
{
    return 1764064800084;
}

static void write_as_json(void)
{
    log_set_json(a_moment);
    log_line(LOG_WARNING, "%s", "a \"b\" \\c\n\xC3\xA9 \xFF");
    log_set_json(NULL);
    log_line(LOG_INFO, "text");
}

static void a_json_line_holds_any_message_and_the_time(void **state)
{
    (void)state;
    char text[512];
    size_t len = capture(write_as_json, text, sizeof(text));
    assert_slice(slice_make(text, len),
                 "{\"time\":\"2025-11-25T10:00:00.084Z\",\"level\":\"warning\",\"message\":"
                 "\"a \\\"b\\\" \\\\c \xC3\xA9 ?\"}\nhydrant: info: text\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_below_the_level_are_dropped),
        cmocka_unit_test(a_message_cannot_start_a_line),
        cmocka_unit_test(a_message_cannot_steer_a_terminal),
        cmocka_unit_test(a_long_line_is_cut_and_still_ended),
        cmocka_unit_test(a_json_line_holds_any_message_and_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
