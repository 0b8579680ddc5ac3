#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "emulator/loop/loop.h"

/* Everything a test lets happen writes one letter here; the loop stops after `stop_after`. */
static struct {
    struct loop *loop;
    char log[256];
    size_t len;
    size_t stop_after;
} seen;

static void note(char letter)
{
    assert_true(seen.len + 1 < sizeof(seen.log));
    seen.log[seen.len++] = letter;
    if (seen.len >= seen.stop_after)
        loop_stop(seen.loop);
}

static void run_until(size_t letters)
{
    seen.stop_after = letters;
    loop_run(seen.loop);
}

static int set_up(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    return loop_create(&seen.loop) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    loop_destroy(seen.loop);
    return 0;
}

/* A task or hook with a letter, and what it does besides writing it. */
struct letter_task {
    struct loop_task task;
    char letter;
    struct loop_task *defers_turn;
    struct loop_task *defers;
    struct loop_task *cancels;
};

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

static void letter_task_init(struct letter_task *t, char letter)
{
    memset(t, 0, sizeof(*t));
    loop_task_init(&t->task, run_letter);
    t->letter = letter;
}

struct letter_hook {
    struct loop_hook hook;
    char letter;
    int more; /* how often it says that it made work */
    struct loop_hook *removes;
    struct loop_task *defers;
};

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

static void add_letter_hook(struct letter_hook *h, char letter)
{
    memset(h, 0, sizeof(*h));
    h->hook.fn = run_letter_hook;
    h->letter = letter;
    loop_add_hook(seen.loop, &h->hook);
}

static void tasks_run_in_the_order_asked_and_once(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');

    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &c.task);
    assert_int_equal(seen.len, 0);
    run_until(3);

    assert_string_equal(seen.log, "bac");
    assert_false(b.task.waiting);
}

static void a_cancelled_task_does_not_run(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    a.cancels = &b.task;

    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &c.task);
    run_until(2);
    loop_task_cancel(&b.task);

    assert_string_equal(seen.log, "ac");
}

static void hooks_run_between_a_task_and_the_task_it_asked_for(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    struct letter_hook h;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    add_letter_hook(&h, 'H');
    a.defers = &b.task;

    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &c.task);
    run_until(5);

    assert_memory_equal(seen.log, "acHbH", 5);
}

static void a_hook_that_made_work_has_all_hooks_run_again(void **state)
{
    (void)state;
    struct letter_hook g, h;
    add_letter_hook(&g, 'g');
    add_letter_hook(&h, 'h');
    h.more = 2;

    run_until(6); /* nothing else would wake the loop */

    assert_memory_equal(seen.log, "ghghgh", 6);
}

static void a_task_asked_for_by_a_hook_runs_before_the_loop_sleeps(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_hook h;
    letter_task_init(&a, 'a');
    add_letter_hook(&h, 'h');
    h.defers = &a.task;

    run_until(3);

    assert_memory_equal(seen.log, "hah", 3);
}

static void a_hook_may_remove_itself_and_others(void **state)
{
    (void)state;
    struct letter_hook a, b, c, d;
    add_letter_hook(&a, 'a');
    add_letter_hook(&b, 'b');
    add_letter_hook(&c, 'c');
    add_letter_hook(&d, 'd');
    a.more = 1;
    b.removes = &c.hook;
    d.removes = &d.hook;

    run_until(5);

    assert_memory_equal(seen.log, "abdab", 5);
}

/* Timers */

struct letter_timer {
    struct loop_timer timer;
    char letter;
    int repeats;
    struct loop_timer *stops;
};

static void on_letter_timer(struct loop_timer *timer)
{
    struct letter_timer *t = list_entry(timer, struct letter_timer, timer);
    note(t->letter);
    if (t->stops != NULL)
        loop_timer_stop(t->stops);
    if (t->repeats-- > 0)
        assert_int_equal(loop_timer_start(seen.loop, timer, 0, on_letter_timer), STATUS_OK);
}

static void start_letter_timer(struct letter_timer *t, char letter, int64_t delay_ms)
{
    t->letter = letter;
    assert_int_equal(loop_timer_start(seen.loop, &t->timer, delay_ms, on_letter_timer), STATUS_OK);
}

static void timers_fire_by_delay_and_never_early(void **state)
{
    (void)state;
    struct letter_timer a = {0}, b = {0}, c = {0};
    int64_t before_us = loop_monotonic_us();

    start_letter_timer(&a, 'a', 100); /* far apart: a busy machine may stop us between two starts */
    start_letter_timer(&b, 'b', 2);
    start_letter_timer(&c, 'c', 1);
    start_letter_timer(&c, 'c', 200); /* moved */
    run_until(3);

    assert_string_equal(seen.log, "bac");
    assert_true(loop_monotonic_us() - before_us >= 199000);
    loop_timer_close(&a.timer);
    loop_timer_close(&b.timer);
    loop_timer_close(&c.timer);
}

static struct letter_timer late_timer;
static int64_t late_started_us;

static void start_timer_late_in_the_turn(struct loop_task *task)
{
    (void)task;
    late_started_us = loop_monotonic_us();
    while (loop_monotonic_us() < late_started_us + 10000)
        ;
    late_started_us = loop_monotonic_us();
    start_letter_timer(&late_timer, 't', 6);
}

static void a_delay_counts_from_the_start_not_from_the_turn(void **state)
{
    (void)state;
    struct loop_task task;
    struct letter_timer other = {0};
    loop_task_init(&task, start_timer_late_in_the_turn);

    start_letter_timer(&other, 'o', 2); /* due during the long task: the loop will not wait */
    loop_defer(seen.loop, &task);
    run_until(2);

    assert_string_equal(seen.log, "ot");
    assert_true(loop_monotonic_us() - late_started_us >= 5000); /* libuv counts milliseconds */
    loop_timer_close(&other.timer);
    loop_timer_close(&late_timer.timer);
}

static void a_timer_stopped_by_another_does_not_fire(void **state)
{
    (void)state;
    struct letter_timer a = {0}, b = {0}, c = {0};
    a.stops = &b.timer;

    start_letter_timer(&a, 'a', -5);
    start_letter_timer(&b, 'b', 0);
    start_letter_timer(&c, 'c', 5);
    run_until(2);

    assert_string_equal(seen.log, "ac");
    loop_timer_close(&a.timer);
    loop_timer_close(&b.timer);
    loop_timer_close(&c.timer);
    loop_timer_close(&c.timer);
}

static void a_timer_may_start_itself_again(void **state)
{
    (void)state;
    struct letter_timer a = {.repeats = 3};

    start_letter_timer(&a, 'a', 0);
    run_until(4);

    assert_string_equal(seen.log, "aaaa");
    loop_timer_close(&a.timer);
}

static void a_timer_never_started_can_be_stopped_and_closed(void **state)
{
    (void)state;
    struct loop_timer timer = {0};

    loop_timer_stop(&timer);
    loop_timer_close(&timer);

    assert_null(timer.handle);
}

/* The world is looked at although a task is always waiting. */
static void a_task_that_always_asks_again_does_not_starve_timers(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_timer t = {0};
    letter_task_init(&a, 'a');
    a.defers = &a.task;

    loop_defer(seen.loop, &a.task);
    run_until(2);
    start_letter_timer(&t, 'T', 0);
    run_until(seen.len + 40);

    assert_non_null(strchr(seen.log, 'T'));
    loop_task_cancel(&a.task);
    loop_timer_close(&t.timer);
}

/* Descriptors */

static int watched_fd;

static void a_task_for_the_next_turn_lets_the_tasks_of_this_one_pass(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_task b;
    struct letter_task c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    a.defers_turn = &b.task;
    a.defers = &c.task;

    loop_defer(seen.loop, &a.task);
    run_until(3);

    assert_string_equal(seen.log, "acb");
}

static void read_letter(void *arg)
{
    char letter = 0;
    assert_int_equal(read(watched_fd, &letter, 1), 1);
    note((char)(letter + *(char *)arg));
}

static void a_watch_tells_of_every_readable_byte(void **state)
{
    (void)state;
    int pipe_fds[2];
    struct loop_watch *watch = NULL;
    char shift = 1;
    assert_int_equal(pipe(pipe_fds), 0);
    watched_fd = pipe_fds[0];

    assert_int_equal(loop_watch_start(seen.loop, watched_fd, read_letter, &shift, &watch), 0);
    assert_int_equal(write(pipe_fds[1], "ace", 3), 3);
    run_until(3);
    loop_watch_stop(watch);

    assert_string_equal(seen.log, "bdf");
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void a_bad_descriptor_is_refused(void **state)
{
    (void)state;
    struct loop_watch *watch = NULL;

    assert_int_not_equal(loop_watch_start(seen.loop, -1, read_letter, NULL, &watch), STATUS_OK);

    assert_null(watch);
    loop_watch_stop(watch);
}

static struct letter_task last_task;

static void stop_and_defer(void *arg)
{
    (void)arg;
    loop_stop(seen.loop);
    loop_defer(seen.loop, &last_task.task);
}

static void stopping_still_runs_tasks_and_hooks_of_the_last_turn(void **state)
{
    (void)state;
    int pipe_fds[2];
    struct letter_hook h;
    struct loop_watch *watch = NULL;
    assert_int_equal(pipe(pipe_fds), 0);
    letter_task_init(&last_task, 'a');
    add_letter_hook(&h, 'H');
    assert_int_equal(loop_watch_start(seen.loop, pipe_fds[0], stop_and_defer, NULL, &watch), 0);
    assert_int_equal(write(pipe_fds[1], "x", 1), 1);

    run_until(SIZE_MAX);

    assert_string_equal(seen.log, "HaH");
    loop_watch_stop(watch);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void a_stop_before_the_run_ends_it_and_the_next_run_runs(void **state)
{
    (void)state;
    struct letter_task a, b;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');

    loop_stop(seen.loop);
    loop_defer(seen.loop, &a.task);
    run_until(SIZE_MAX);
    assert_string_equal(seen.log, "a");

    loop_defer(seen.loop, &b.task);
    run_until(2);
    assert_string_equal(seen.log, "ab");
}

/* Files */

static void note_change(void *arg)
{
    note(*(char *)arg);
}

static void write_file(const char *folder, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs("x", file) >= 0, 1);
    fclose(file);
}

static void rename_over(const char *folder, const char *from, const char *to)
{
    char old_path[256], new_path[256];
    (void)snprintf(old_path, sizeof(old_path), "%s/%s", folder, from);
    (void)snprintf(new_path, sizeof(new_path), "%s/%s", folder, to);
    assert_int_equal(rename(old_path, new_path), 0);
}

static void make_folder(char *folder)
{
    (void)snprintf(folder, 32, "/tmp/test_loop_XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void drop_file(const char *folder, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    (void)unlink(path);
}

static void a_file_replaced_by_renaming_is_seen_and_its_neighbours_are_not(void **state)
{
    (void)state;
    char folder[32], path[64], letter = 'f', fence = '.';
    struct loop_file_watch *watch = NULL, *all = NULL;
    make_folder(folder);
    write_file(folder, "code.so");
    write_file(folder, "code.so.new");
    (void)snprintf(path, sizeof(path), "%s/code.so", folder);

    assert_int_equal(loop_file_watch_start(seen.loop, path, note_change, &letter, &watch), 0);
    rename_over(folder, "code.so.new", "code.so");
    run_until(1);
    assert_string_equal(seen.log, "f");

    assert_int_equal(loop_file_watch_start(seen.loop, folder, note_change, &fence, &all), 0);
    write_file(folder, "other"); /* the watch of the folder ends the wait */
    run_until(2);
    assert_null(strchr(seen.log + 1, 'f'));

    loop_file_watch_stop(watch);
    loop_file_watch_stop(all);
    drop_file(folder, "code.so");
    drop_file(folder, "other");
    rmdir(folder);
}

static void a_file_that_does_not_exist_yet_is_seen_when_made(void **state)
{
    (void)state;
    char folder[32], path[64], letter = 'n';
    struct loop_file_watch *watch = NULL;
    make_folder(folder);
    (void)snprintf(path, sizeof(path), "%s/new", folder);

    assert_int_equal(loop_file_watch_start(seen.loop, path, note_change, &letter, &watch), 0);
    write_file(folder, "new");
    run_until(1);

    assert_int_equal(seen.log[0], 'n');
    loop_file_watch_stop(watch);
    drop_file(folder, "new");
    rmdir(folder);
}

static void watching_in_a_missing_folder_is_not_found(void **state)
{
    (void)state;
    char folder[32], path[64];
    struct loop_file_watch *watch = NULL;
    make_folder(folder);
    (void)snprintf(path, sizeof(path), "%s/none/file", folder);

    enum status got = loop_file_watch_start(seen.loop, path, note_change, NULL, &watch);

    assert_int_equal(got, STATUS_NOT_FOUND);
    assert_null(watch);
    rmdir(folder);
}

/* Signals and other threads */

static void note_signal(void *arg, int number)
{
    assert_int_equal(number, SIGUSR1);
    note(*(char *)arg);
}

static void a_signal_arrives_on_the_loop(void **state)
{
    (void)state;
    char letter = 's';

    assert_int_equal(loop_on_signal(seen.loop, SIGUSR1, note_signal, &letter), STATUS_OK);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(seen.len, 0);
    run_until(1);

    assert_string_equal(seen.log, "s");
}

enum { POSTERS = 4, POSTS = 500 };

static struct poster {
    pthread_t thread;

    struct post {
        struct loop_task task;
        int index;
        struct poster *poster;
    } posts[POSTS];

    int next;
} posters[POSTERS];

static int posts_left;

static void on_post(struct loop_task *task)
{
    struct post *post = list_entry(task, struct post, task);
    assert_int_equal(post->index, post->poster->next);
    post->poster->next++;
    if (--posts_left == 0)
        loop_stop(seen.loop);
}

static void *post_all(void *arg)
{
    struct poster *poster = arg;
    for (int i = 0; i < POSTS; i++) {
        struct post *post = &poster->posts[i];
        post->index = i;
        post->poster = poster;
        loop_task_init(&post->task, on_post);
        loop_post(seen.loop, &post->task);
    }
    return NULL;
}

static void posts_of_many_threads_all_run_each_thread_in_order(void **state)
{
    (void)state;
    memset(posters, 0, sizeof(posters));
    posts_left = POSTERS * POSTS;

    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_all, &posters[i]), 0);
    loop_run(seen.loop);
    for (int i = 0; i < POSTERS; i++)
        pthread_join(posters[i].thread, NULL);

    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(posters[i].next, POSTS);
}

static void the_clocks_of_the_loop_agree(void **state)
{
    (void)state;
    int64_t us = loop_monotonic_us();
    int64_t ms = loop_monotonic_ms();

    assert_in_range(ms, us / 1000, us / 1000 + 1000);
    assert_true(loop_wall_ms() > 1600000000000);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(tasks_run_in_the_order_asked_and_once),
        LOOP_TEST(a_cancelled_task_does_not_run),
        LOOP_TEST(hooks_run_between_a_task_and_the_task_it_asked_for),
        LOOP_TEST(a_hook_that_made_work_has_all_hooks_run_again),
        LOOP_TEST(a_task_asked_for_by_a_hook_runs_before_the_loop_sleeps),
        LOOP_TEST(a_hook_may_remove_itself_and_others),
        LOOP_TEST(timers_fire_by_delay_and_never_early),
        LOOP_TEST(a_delay_counts_from_the_start_not_from_the_turn),
        LOOP_TEST(a_timer_stopped_by_another_does_not_fire),
        LOOP_TEST(a_timer_may_start_itself_again),
        LOOP_TEST(a_timer_never_started_can_be_stopped_and_closed),
        LOOP_TEST(a_task_that_always_asks_again_does_not_starve_timers),
        LOOP_TEST(a_task_for_the_next_turn_lets_the_tasks_of_this_one_pass),
        LOOP_TEST(a_watch_tells_of_every_readable_byte),
        LOOP_TEST(a_bad_descriptor_is_refused),
        LOOP_TEST(stopping_still_runs_tasks_and_hooks_of_the_last_turn),
        LOOP_TEST(a_stop_before_the_run_ends_it_and_the_next_run_runs),
        LOOP_TEST(a_file_replaced_by_renaming_is_seen_and_its_neighbours_are_not),
        LOOP_TEST(a_file_that_does_not_exist_yet_is_seen_when_made),
        LOOP_TEST(watching_in_a_missing_folder_is_not_found),
        LOOP_TEST(a_signal_arrives_on_the_loop),
        LOOP_TEST(posts_of_many_threads_all_run_each_thread_in_order),
        LOOP_TEST(the_clocks_of_the_loop_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
