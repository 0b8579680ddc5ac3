/*
 * A turn of the loop:
 *
 *     timers -> [ tasks -> hooks ] repeated while there is new work -> wait for the world
 *
 * Tasks and hooks run in libuv's prepare phase, the last thing before it waits. A round takes
 * the tasks that wait when it begins; what they ask for runs in the next round, so the hooks
 * run between a task and the task it asked for. After MAX_ROUNDS the world is looked at without
 * waiting for it: tasks that go on asking for tasks cannot starve the sockets.
 */
#include "emulator/loop/loop.h"

#include <assert.h>
#include <time.h>

#include "emulator/base/mem.h"
#include "emulator/loop/loop_uv.h"

enum { MAX_ROUNDS = 16 };

struct loop {
    uv_loop_t uv;
    uv_prepare_t turn;
    uv_idle_t busy;     /* active while work is left: libuv does not wait then */
    uv_async_t knock;   /* wakes the loop for `posted` */
    uv_mutex_t lock;    /* guards `posted` */
    struct list posted; /* struct loop_task, by any thread */
    struct list tasks;
    struct list later; /* tasks for the next turn */
    struct list hooks;
    unsigned jobs; /* of workers, under way */
    bool stopping;
};

static void on_busy(uv_idle_t *handle)
{
    (void)handle; /* its being active is what counts */
}

static void take_posted(uv_async_t *handle)
{
    struct loop *loop = handle->data;
    uv_mutex_lock(&loop->lock);
    list_move_all(&loop->tasks, &loop->posted);
    uv_mutex_unlock(&loop->lock);
}

static void run_tasks(struct loop *loop)
{
    struct list round;
    list_init(&round);
    list_move_all(&round, &loop->tasks);
    struct list *link = NULL;
    while ((link = list_take_first(&round)) != NULL) {
        struct loop_task *task = list_entry(link, struct loop_task, link);
        task->waiting = false;
        task->fn(task);
    }
}

/* A mark in the list, not a saved `next`: a hook may remove any hook, also itself. */
static bool run_hooks(struct loop *loop)
{
    bool new_work = false;
    struct list mark;
    list_append(loop->hooks.next, &mark); /* in front of the first */
    while (mark.next != &loop->hooks) {
        struct list *link = mark.next;
        list_remove(&mark);
        list_append(link->next, &mark);
        struct loop_hook *hook = list_entry(link, struct loop_hook, link);
        new_work |= hook->fn(hook);
    }
    list_remove(&mark);
    return new_work;
}

static void run_turn(struct loop *loop)
{
    bool new_work = true;
    list_move_all(&loop->tasks, &loop->later);
    for (int round = 0; new_work && round < MAX_ROUNDS; round++) {
        run_tasks(loop);
        new_work = run_hooks(loop) || !list_is_empty(&loop->tasks);
    }
    if (new_work || !list_is_empty(&loop->later))
        uv_idle_start(&loop->busy, on_busy);
    else
        uv_idle_stop(&loop->busy);
}

static void on_turn(uv_prepare_t *handle)
{
    run_turn(handle->data);
}

/* These initialisers cannot fail, and neither can starting a handle with a callback. */
static void start_turns(struct loop *loop)
{
    uv_prepare_init(&loop->uv, &loop->turn);
    loop->turn.data = loop;
    uv_prepare_start(&loop->turn, on_turn);
    uv_idle_init(&loop->uv, &loop->busy);
}

static int init(struct loop *loop)
{
    list_init(&loop->posted);
    list_init(&loop->tasks);
    list_init(&loop->later);
    list_init(&loop->hooks);
    int error = uv_mutex_init(&loop->lock);
    if (error)
        return error;
    error = uv_loop_init(&loop->uv);
    if (error)
        goto no_loop;
    error = uv_async_init(&loop->uv, &loop->knock, take_posted);
    if (error)
        goto no_knock;
    loop->knock.data = loop;
    start_turns(loop);
    return 0;

no_knock:
    (void)uv_loop_close(&loop->uv);
no_loop:
    uv_mutex_destroy(&loop->lock);
    return error;
}

enum status loop_create(struct loop **ret_loop)
{
    struct loop *loop = mem_zalloc(sizeof(*loop));
    if (loop == NULL)
        return STATUS_NO_MEMORY;
    int error = init(loop);
    if (error) {
        mem_free(loop);
        return status_from_errno(-error);
    }
    *ret_loop = loop;
    return STATUS_OK;
}

static void free_signal(uv_handle_t *handle)
{
    mem_free(handle->data);
}

/* Signals live as long as the loop. Anything else still open was forgotten by its owner. */
static void close_left_over(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (uv_is_closing(handle))
        return;
    assert(handle->type == UV_SIGNAL);
    uv_close(handle, handle->type == UV_SIGNAL ? free_signal : NULL);
}

void loop_destroy(struct loop *loop)
{
    if (loop == NULL)
        return;
    uv_close((uv_handle_t *)&loop->turn, NULL);
    uv_close((uv_handle_t *)&loop->busy, NULL);
    uv_close((uv_handle_t *)&loop->knock, NULL);
    uv_walk(&loop->uv, close_left_over, NULL);
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0) /* the close callbacks */
        ;
    (void)uv_loop_close(&loop->uv);
    uv_mutex_destroy(&loop->lock);
    mem_free(loop);
}

void loop_run(struct loop *loop)
{
    while (!loop->stopping)
        (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    run_turn(loop); /* what happened in the last turn is committed too */
    loop->stopping = false;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
    uv_stop(&loop->uv);
}

uv_loop_t *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

unsigned *loop_jobs(struct loop *loop)
{
    return &loop->jobs;
}

int64_t loop_monotonic_us(void)
{
    return (int64_t)(uv_hrtime() / 1000);
}

int64_t loop_monotonic_ms(void)
{
    return loop_monotonic_us() / 1000;
}

size_t loop_process_memory(void)
{
    size_t bytes = 0;
    return uv_resident_set_memory(&bytes) == 0 ? bytes : 0;
}

int64_t loop_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: clock and pointer are good */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void loop_task_init(struct loop_task *task, void (*fn)(struct loop_task *task))
{
    list_init(&task->link);
    task->fn = fn;
    task->waiting = false;
}

void loop_defer(struct loop *loop, struct loop_task *task)
{
    if (task->waiting)
        return;
    task->waiting = true;
    list_append(&loop->tasks, &task->link);
}

void loop_defer_turn(struct loop *loop, struct loop_task *task)
{
    if (task->waiting)
        return;
    task->waiting = true;
    list_append(&loop->later, &task->link);
}

void loop_task_cancel(struct loop_task *task)
{
    if (!task->waiting)
        return;
    task->waiting = false;
    list_remove(&task->link);
}

void loop_post(struct loop *loop, struct loop_task *task)
{
    uv_mutex_lock(&loop->lock);
    assert(!task->waiting);
    task->waiting = true;
    list_append(&loop->posted, &task->link);
    uv_mutex_unlock(&loop->lock);
    (void)uv_async_send(&loop->knock); /* cannot fail on an open handle */
}

void loop_add_hook(struct loop *loop, struct loop_hook *hook)
{
    list_append(&loop->hooks, &hook->link);
}

void loop_remove_hook(struct loop_hook *hook)
{
    list_remove(&hook->link);
}
