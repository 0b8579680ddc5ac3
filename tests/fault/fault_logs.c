/*
 * Every allocation of a forwarder fails once: no event is lost, and none is sent twice but what was
 * under way. Patterns in an arena that ends earlier and earlier are never taken for other ones.
 */
#include "handlers/logs/filter_pattern.h"
#include "tests/unit/forwarder_fixture.h"

#define MINUTE INT64_C(60000)

static void sweep(bool sticky)
{
    FAULT_SWEEP(mem_fault, n, sticky) {
        void *state = NULL;
        fault_disarm(mem_fault);
        assert_int_equal(forwarder_set_up(&state), 0);
        forwarder_subscribe("f", "{ $.a = 1 || $.b = %x+% }");
        forwarder_put("{\"a\":1}");
        forwarder_put("{\"b\":\"yx\"}");
        fault_arm(mem_fault, n, sticky);
        forwarder_advance(0);
        bool fired = mem_fault->fired;
        fault_disarm(mem_fault);
        forwarder_put("{\"a\":1,\"c\":2}");
        forwarder_advance(10 * MINUTE);
        assert_slice(text_slice(&forwarder_world.got),
                     "{\"a\":1} {\"b\":\"yx\"} {\"a\":1,\"c\":2} ");
        assert_int_equal(forwarder_tear_down(&state), 0);
        mem_fault->fired = fired;
    }
}

static void no_event_is_lost_when_an_allocation_fails(void **state)
{
    (void)state;
    sweep(false);
}

static void nor_when_memory_stays_exhausted_for_a_while(void **state)
{
    (void)state;
    sweep(true);
}

/* Compiled and asked in one arena of this size. */
static enum status match(const char *pattern, const char *message, size_t max, bool *ret_matches)
{
    char words[256] = "";
    struct arena arena;
    struct text problem = {.ptr = words, .capacity = sizeof(words), .max_bytes = sizeof(words) - 1};
    struct filter_pattern parsed;
    struct filter_match found = {.is_match = false};
    arena_init(&arena, max);
    enum status status = filter_pattern_parse(slice_of(pattern), &arena, &parsed, &problem);
    if (status == STATUS_OK)
        status = filter_pattern_match(&parsed, slice_of(message), &arena, &found);
    *ret_matches = found.is_match;
    arena_clear(&arena);
    return status;
}

static void a_pattern_without_memory_is_neither_refused_nor_misunderstood(void **state)
{
    static const char *const patterns[][2] = {
        {"{ ($.a[1].b = 1.5 && $.c = \"x*\") || $.d = %a[0-9]{3}% }",
         "{\"a\":[0,{\"b\":1.5}],\"c\":\"xy\",\"d\":\"a\"}"},
        {"[a, b = \"c d\" && b != x, ..., e > 5]", "1 [c d] 2 \"3 4\" 6.5"},
        {"word -\"a phrase\" %x|y$% ?other", "word y"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        enum status status = STATUS_NO_MEMORY;
        bool matches = false;
        for (size_t max = 0; status == STATUS_NO_MEMORY; max += 256) {
            assert_true(max < (size_t)1024 * 1024);
            status = match(patterns[i][0], patterns[i][1], max, &matches);
        }
        assert_ok(status);
        assert_true(matches);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_event_is_lost_when_an_allocation_fails),
        cmocka_unit_test(nor_when_memory_stays_exhausted_for_a_while),
        cmocka_unit_test(a_pattern_without_memory_is_neither_refused_nor_misunderstood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
