#include "loop_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct seen seen;

void note(char letter)
{
    assert_true(seen.len + 1 < sizeof(seen.log));
    seen.log[seen.len++] = letter;
    if (seen.len >= seen.stop_after)
        loop_stop(seen.loop);
}

void run_until(size_t letters)
{
    seen.stop_after = letters;
    loop_run(seen.loop);
}

int set_up(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    return loop_create(&seen.loop) == STATUS_OK ? 0 : -1;
}

int tear_down(void **state)
{
    (void)state;
    loop_destroy(seen.loop);
    return 0;
}

static void run_letter(struct loop_task *task)
{
    struct letter_task *t = list_entry(task, struct letter_task, task);
    note(t->letter);
    if (t->defers_turn != NULL)
        loop_defer_turn(seen.loop, t->defers_turn);
    if (t->defers != NULL)
        loop_defer(seen.loop, t->defers);
    if (t->cancels != NULL)
        loop_task_cancel(t->cancels);
}

void letter_task_init(struct letter_task *t, char letter)
{
    memset(t, 0, sizeof(*t));
    loop_task_init(&t->task, run_letter);
    t->letter = letter;
}

static bool run_letter_hook(struct loop_hook *hook)
{
    struct letter_hook *h = list_entry(hook, struct letter_hook, hook);
    note(h->letter);
    if (h->removes != NULL)
        loop_remove_hook(h->removes);
    if (h->defers != NULL)
        loop_defer(seen.loop, h->defers);
    h->defers = NULL;
    return h->more-- > 0;
}

void add_letter_hook(struct letter_hook *h, char letter)
{
    memset(h, 0, sizeof(*h));
    h->hook.fn = run_letter_hook;
    h->letter = letter;
    loop_add_hook(seen.loop, &h->hook);
}
