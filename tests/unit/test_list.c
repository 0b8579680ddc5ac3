#include "emulator/base/list.h"

#include "tests/lib/asserts.h"

struct item {
    char letter;
    struct list link;
};

/* What is in the list, forwards and then backwards. */
static void assert_list(const struct list *head, const char *expected)
{
    char seen[32];
    size_t len = 0;
    list_for_each(link, (struct list *)(uintptr_t)head)
        seen[len++] = list_entry(link, struct item, link)->letter;
    for (const struct list *link = head->prev; link != head; link = link->prev)
        seen[len++] = list_entry(link, struct item, link)->letter;
    assert_slice(slice_make(seen, len), expected);
}

static void links_keep_the_order_they_came_in(void **state)
{
    (void)state;
    struct list head;
    struct item a = {.letter = 'a'};
    struct item b = {.letter = 'b'};
    list_init(&head);
    assert_true(list_is_empty(&head));
    list_append(&head, &a.link);
    list_append(&head, &b.link);
    assert_false(list_is_empty(&head));
    assert_list(&head, "abba");
}

static void removing_twice_is_harmless(void **state)
{
    (void)state;
    struct list head;
    struct item a = {.letter = 'a'};
    struct item b = {.letter = 'b'};
    list_init(&head);
    list_append(&head, &a.link);
    list_append(&head, &b.link);
    list_remove(&a.link);
    list_remove(&a.link);
    assert_list(&head, "bb");
}

static void the_first_is_taken_until_none_is_left(void **state)
{
    (void)state;
    struct list head;
    struct item a = {.letter = 'a'};
    struct item b = {.letter = 'b'};
    list_init(&head);
    list_append(&head, &a.link);
    list_append(&head, &b.link);
    assert_ptr_equal(list_take_first(&head), &a.link);
    assert_ptr_equal(list_take_first(&head), &b.link);
    assert_null(list_take_first(&head));
}

static void a_list_moves_behind_another(void **state)
{
    (void)state;
    struct list to;
    struct list from;
    struct item items[] = {{.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}};
    list_init(&to);
    list_init(&from);
    list_append(&to, &items[0].link);
    list_append(&from, &items[1].link);
    list_append(&from, &items[2].link);
    list_move_all(&to, &from);
    assert_list(&to, "abccba");
    assert_true(list_is_empty(&from));
    list_move_all(&to, &from);
    assert_list(&to, "abccba");
}

static void links_may_go_while_walking(void **state)
{
    (void)state;
    struct list head;
    struct item items[] = {{.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}};
    list_init(&head);
    for (size_t i = 0; i < 3; i++)
        list_append(&head, &items[i].link);
    list_for_each_safe(link, &head) {
        if (list_entry(link, struct item, link)->letter != 'b')
            list_remove(link);
    }
    assert_list(&head, "bb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_keep_the_order_they_came_in),
        cmocka_unit_test(removing_twice_is_harmless),
        cmocka_unit_test(the_first_is_taken_until_none_is_left),
        cmocka_unit_test(a_list_moves_behind_another),
        cmocka_unit_test(links_may_go_while_walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
