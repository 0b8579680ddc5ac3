#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/events/event_bus.h"

static char seen[64];
static size_t seen_len;
static const struct event *last;

struct letter_reader {
    struct event_reader reader;
    char letter;
    bool once;
};

static void read_letter(struct event_reader *reader, const struct event *event)
{
    struct letter_reader *r = list_entry(reader, struct letter_reader, reader);
    seen[seen_len++] = r->letter;
    last = event;
    if (r->once)
        event_bus_remove(reader);
}

static struct letter_reader make_reader(char letter, bool once)
{
    return (struct letter_reader){.reader = {.read = read_letter}, .letter = letter, .once = once};
}

static int set_up(void **state)
{
    (void)state;
    memset(seen, 0, sizeof(seen));
    seen_len = 0;
    last = NULL;
    return 0;
}

static void every_reader_reads_in_the_order_added(void **state)
{
    (void)state;
    struct event_bus bus;
    struct letter_reader a = make_reader('a', false), b = make_reader('b', false);
    const struct event event = {.kind = EVENT_DELIVERED, .resource = SLICE("likes"), .records = 3};
    event_bus_init(&bus);
    event_bus_add(&bus, &b.reader);
    event_bus_add(&bus, &a.reader);

    event_bus_publish(&bus, &event);
    assert_string_equal(seen, "ba"); /* within the call */
    event_bus_publish(&bus, &event);

    assert_string_equal(seen, "baba");
    assert_ptr_equal(last, &event);
}

static void a_bus_without_readers_takes_events(void **state)
{
    (void)state;
    struct event_bus bus;
    const struct event event = {.kind = EVENT_CLOCK};
    event_bus_init(&bus);

    event_bus_publish(&bus, &event);

    assert_null(last);
}

static void a_removed_reader_reads_no_more(void **state)
{
    (void)state;
    struct event_bus bus;
    struct letter_reader a = make_reader('a', false), b = make_reader('b', false);
    const struct event event = {.kind = EVENT_LOG};
    event_bus_init(&bus);
    event_bus_add(&bus, &a.reader);
    event_bus_add(&bus, &b.reader);

    event_bus_remove(&a.reader);
    event_bus_remove(&a.reader);
    event_bus_publish(&bus, &event);

    assert_string_equal(seen, "b");
}

static void a_reader_may_remove_itself_while_reading(void **state)
{
    (void)state;
    struct event_bus bus;
    struct letter_reader a = make_reader('a', true), b = make_reader('b', false),
                         c = make_reader('c', true);
    const struct event event = {.kind = EVENT_LOG};
    event_bus_init(&bus);
    event_bus_add(&bus, &a.reader);
    event_bus_add(&bus, &b.reader);
    event_bus_add(&bus, &c.reader);

    event_bus_publish(&bus, &event);
    event_bus_publish(&bus, &event);

    assert_string_equal(seen, "abcb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_reader_reads_in_the_order_added, set_up),
        cmocka_unit_test_setup(a_bus_without_readers_takes_events, set_up),
        cmocka_unit_test_setup(a_removed_reader_reads_no_more, set_up),
        cmocka_unit_test_setup(a_reader_may_remove_itself_while_reading, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
