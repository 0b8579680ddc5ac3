/* loop_world.h -- a loop, and tasks and hooks that leave a letter each when they run. */
#ifndef TESTS_UNIT_LOOP_WORLD_H
#define TESTS_UNIT_LOOP_WORLD_H

#include "emulator/loop/loop.h"

/* Everything a test lets happen writes one letter here; the loop stops after `stop_after`. */
struct seen {
    struct loop *loop;
    char log[256];
    size_t len;
    size_t stop_after;
};

extern struct seen seen;

/* A task or hook with a letter, and what it does besides writing it. */
struct letter_task {
    struct loop_task task;
    char letter;
    struct loop_task *defers_turn;
    struct loop_task *defers;
    struct loop_task *cancels;
};

struct letter_hook {
    struct loop_hook hook;
    char letter;
    int more; /* how often it says that it made work */
    struct loop_hook *removes;
    struct loop_task *defers;
};

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int set_up(void **state);
int tear_down(void **state);
void note(char letter);
void run_until(size_t letters);
void letter_task_init(struct letter_task *t, char letter);
void add_letter_hook(struct letter_hook *h, char letter);

#endif
