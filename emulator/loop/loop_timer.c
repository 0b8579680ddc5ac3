/*
 * The uv_timer_t lives on the heap and dies in libuv's close callback, so that the embedded
 * loop_timer may go away right after loop_timer_close().
 */
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/loop_uv.h"

static void on_due(uv_timer_t *handle)
{
    struct loop_timer *timer = handle->data;
    timer->fn(timer);
}

static enum status open_handle(struct loop *loop, struct loop_timer *timer)
{
    uv_timer_t *handle = mem_alloc(sizeof(*handle));
    if (handle == NULL)
        return STATUS_NO_MEMORY;
    (void)uv_timer_init(loop_uv(loop), handle); /* cannot fail */
    timer->loop = loop;
    timer->handle = handle;
    return STATUS_OK;
}

enum status loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t delay_ms,
                             void (*fn)(struct loop_timer *timer))
{
    if (timer->handle == NULL) {
        enum status status = open_handle(loop, timer);
        if (status)
            return status;
    }
    uv_timer_t *handle = timer->handle;
    handle->data = timer;
    timer->fn = fn;
    /* The delay counts from now, not from when this turn began. */
    uv_update_time(loop_uv(loop));
    (void)uv_timer_start(handle, on_due, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
    return STATUS_OK;
}

void loop_timer_stop(struct loop_timer *timer)
{
    if (timer->handle != NULL)
        (void)uv_timer_stop(timer->handle);
}

static void free_handle(uv_handle_t *handle)
{
    mem_free(handle);
}

void loop_timer_close(struct loop_timer *timer)
{
    if (timer->handle == NULL)
        return;
    uv_close(timer->handle, free_handle);
    timer->handle = NULL;
    timer->loop = NULL;
}
