#include "loop_world.h"

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

/* Descriptors */

static int watched_fd;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(a_watch_tells_of_every_readable_byte),
        LOOP_TEST(a_bad_descriptor_is_refused),
        LOOP_TEST(stopping_still_runs_tasks_and_hooks_of_the_last_turn),
        LOOP_TEST(a_stop_before_the_run_ends_it_and_the_next_run_runs),
        LOOP_TEST(a_file_replaced_by_renaming_is_seen_and_its_neighbours_are_not),
        LOOP_TEST(a_file_that_does_not_exist_yet_is_seen_when_made),
        LOOP_TEST(watching_in_a_missing_folder_is_not_found),
        LOOP_TEST(a_signal_arrives_on_the_loop),
        LOOP_TEST(posts_of_many_threads_all_run_each_thread_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
