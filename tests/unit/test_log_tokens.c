#include "handlers/logs/log_tokens.h"

#include <stdio.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"

static void a_token_is_56_digits_in_the_order_of_time(void **state)
{
    (void)state;
    char text[LOG_TOKEN_CHARS + 1];
    log_token_write(LOG_TOKEN_EVENT, 12, (struct log_position){1795645643084, 4711}, text);
    assert_string_equal(text, "3"
                              "00000000000000012"
                              "0000001795645643084"
                              "0000000000000004711");
    char later[LOG_TOKEN_CHARS + 1];
    log_token_write(LOG_TOKEN_EVENT, 12, (struct log_position){1795645643085, 2}, later);
    assert_true(strcmp(text, later) < 0);
}

static void a_token_is_read_back(void **state)
{
    (void)state;
    static const struct log_position places[] = {{0, 0}, {1, 2}, {INT64_MAX, INT64_MAX}};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char text[LOG_TOKEN_CHARS + 1];
        struct log_position got = {-1, -1};
        log_token_write(LOG_TOKEN_FILTER, 7, places[i], text);
        assert_ok(log_token_read(LOG_TOKEN_FILTER, 7, slice_of(text), &got));
        assert_true(got.at_ms == places[i].at_ms && got.id == places[i].id);
    }
}

static void a_token_is_good_for_its_owner_and_kind_only(void **state)
{
    (void)state;
    char text[LOG_TOKEN_CHARS + 1];
    struct log_position got = {-1, -1};
    log_token_write(LOG_TOKEN_FILTER, 7, (struct log_position){1, 2}, text);
    assert_status(log_token_read(LOG_TOKEN_FILTER, 8, slice_of(text), &got), STATUS_INVALID);
    assert_status(log_token_read(LOG_TOKEN_EVENT, 7, slice_of(text), &got), STATUS_INVALID);
    assert_int_equal(got.at_ms, -1);
}

static void damaged_tokens_are_invalid(void **state)
{
    (void)state;
    char text[LOG_TOKEN_CHARS + 1];
    struct log_position got = {-1, -1};
    log_token_write(LOG_TOKEN_EVENT, 7, (struct log_position){1, 2}, text);
    assert_status(log_token_read(LOG_TOKEN_EVENT, 7, slice_make(text, LOG_TOKEN_CHARS - 1), &got),
                  STATUS_INVALID);
    text[20] = '-';
    assert_status(log_token_read(LOG_TOKEN_EVENT, 7, slice_of(text), &got), STATUS_INVALID);
    text[20] = '9';
    memset(text + 18, '9', 19); /* beyond an int64_t */
    assert_status(log_token_read(LOG_TOKEN_EVENT, 7, slice_of(text), &got), STATUS_INVALID);
    assert_status(log_token_read(LOG_TOKEN_EVENT, 7, SLICE(""), &got), STATUS_INVALID);
    assert_int_equal(got.at_ms, -1);
}

static enum status read_page(const char *form, bool *ret_backward, struct log_position *ret_place)
{
    char digits[LOG_TOKEN_CHARS + 1];
    char text[LOG_TOKEN_CHARS + 16];
    log_token_write(LOG_TOKEN_EVENT, 7, (struct log_position){1, 2}, digits);
    size_t mark = strcspn(form, "#");
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)mark, form, digits,
                   form[mark] == '#' ? form + mark + 1 : "");
    return log_token_read_page(7, slice_of(text), ret_backward, ret_place);
}

static void page_tokens_say_their_direction(void **state)
{
    (void)state;
    bool is_backward = true;
    struct log_position place;
    assert_ok(read_page("f/#/s", &is_backward, &place));
    assert_false(is_backward);
    assert_int_equal(place.id, 2);
    assert_ok(read_page("b/#/s", &is_backward, &place));
    assert_true(is_backward);

    static const char *const bad[] = {"x/#/s", "f/#/e", "f/#", "#", "f/#/s/", "f//#/s", "/#/s"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (read_page(bad[i], &is_backward, &place) != STATUS_INVALID)
            fail_msg("%s was taken", bad[i]);
}

static void list_tokens_hold_any_name(void **state)
{
    (void)state;
    struct arena arena;
    struct slice token;
    struct log_list_place got = {0, {NULL, 0}};
    const struct log_list_place place = {1795645643084, SLICE("a b/c [$LATEST] \xc3\xa4")};
    arena_init(&arena, 65536);
    assert_ok(log_list_token_write(&arena, &place, &token));
    assert_ok(log_list_token_read(&arena, token, &got));
    assert_int_equal(got.number, place.number);
    assert_slices_equal(got.name, place.name);

    static const char *const bad[] = {"", "!", "eA==", "eCB5", "MTI=", "MTIg"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (log_list_token_read(&arena, slice_of(bad[i]), &got) != STATUS_INVALID)
            fail_msg("%s was taken", bad[i]);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_56_digits_in_the_order_of_time),
        cmocka_unit_test(a_token_is_read_back),
        cmocka_unit_test(a_token_is_good_for_its_owner_and_kind_only),
        cmocka_unit_test(damaged_tokens_are_invalid),
        cmocka_unit_test(page_tokens_say_their_direction),
        cmocka_unit_test(list_tokens_hold_any_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
