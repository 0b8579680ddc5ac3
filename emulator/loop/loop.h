/*
 * loop.h -- THE port to the world: the event loop, descriptors, signals, real-time timers.
 *
 * One loop, one thread: everything but loop_post() is called on the thread that runs
 * loop_run(), the loop thread. No other file of Hydrant calls uv_*, time() or clock_gettime().
 * A callback is always asynchronous (never from inside the call that asked for it) and
 * fires once for each thing asked.
 *
 * What belongs to a sandbox's time is in sim_clock.h, its randomness in random.h, work off the
 * loop thread in worker.h. The timers here run on real, monotonic time: connection and
 * execution timeouts only.
 */
#ifndef EMULATOR_LOOP_LOOP_H
#define EMULATOR_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/status.h"

struct loop;

NODISCARD enum status loop_create(struct loop **ret_loop);

/* After loop_run() returned and everything embedded was stopped. NULL is a no-op. */
void loop_destroy(struct loop *loop);

/* Run until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Monotonic real milliseconds; microseconds. Any thread. */
int64_t loop_monotonic_ms(void);
int64_t loop_monotonic_us(void);

/* Real milliseconds since the epoch. Any thread. For a sandbox's time see sim_clock.h. */
int64_t loop_wall_ms(void);

/* Bytes of memory this process has in use now; 0 when that is not known. Any thread. */
size_t loop_process_memory(void);

/*
 * A task: fn(task) soon on the loop thread, in the order of asking. Embed it; it must stay
 * where it is until fn ran or loop_task_cancel() was called. Asking for a task that is
 * already waiting does nothing.
 */
struct loop_task {
    struct list link;
    void (*fn)(struct loop_task *task);
    bool waiting;
};

void loop_task_init(struct loop_task *task, void (*fn)(struct loop_task *task));
void loop_defer(struct loop *loop, struct loop_task *task); /* loop thread only */
void loop_task_cancel(struct loop_task *task);              /* loop thread; not after loop_post() */

/* The same, but not before the world has been looked at: for long work in many small steps. */
void loop_defer_turn(struct loop *loop, struct loop_task *task);

/* The same from any thread. The task must be initialised, not waiting, and is run once. */
void loop_post(struct loop *loop, struct loop_task *task);

/* A real-time timer, one shot. Embed it; starting it again moves it. */
struct loop_timer {
    struct loop *loop; /* NULL until started */
    void *handle;      /* owned by the loop */
    void (*fn)(struct loop_timer *timer);
};

/* STATUS_NO_MEMORY the first time at most. */
NODISCARD enum status loop_timer_start(struct loop *loop, struct loop_timer *timer,
                                       int64_t delay_ms, void (*fn)(struct loop_timer *timer));
void loop_timer_stop(struct loop_timer *timer); /* may be started again */
void loop_timer_close(
    struct loop_timer *timer); /* gives back the handle; safe when never started */

/*
 * A hook runs at the end of every turn, after all callbacks and tasks and before the loop waits
 * for the world again: where a group of writes is committed. It returns true when it made
 * new work, and then all hooks are run once more before the loop sleeps.
 */
struct loop_hook {
    struct list link;
    bool (*fn)(struct loop_hook *hook);
};

void loop_add_hook(struct loop *loop, struct loop_hook *hook);
void loop_remove_hook(struct loop_hook *hook);

/* Call fn(arg) whenever `fd` is readable. The watch owns nothing of the descriptor. */
struct loop_watch;
NODISCARD enum status loop_watch_start(struct loop *loop, int fd, void (*fn)(void *arg), void *arg,
                                       struct loop_watch **ret_watch);
void loop_watch_stop(struct loop_watch *watch); /* NULL is a no-op */

/* Call fn(arg) when `path` (a file, or a folder's entries) changed. */
struct loop_file_watch;
NODISCARD enum status loop_file_watch_start(struct loop *loop, const char *path,
                                            void (*fn)(void *arg), void *arg,
                                            struct loop_file_watch **ret_watch);
void loop_file_watch_stop(struct loop_file_watch *watch);

/* Call fn(arg, number) on the loop thread when the signal arrives. For the process's life. */
NODISCARD enum status loop_on_signal(struct loop *loop, int number,
                                     void (*fn)(void *arg, int number), void *arg);

#endif
