#include "emulator/http/call_turns.h"

#include "emulator/http/call.h"

static void go_on(struct loop_task *task)
{
    struct call_turns *turns = list_entry(task, struct call_turns, task);
    if (turns->step(turns))
        loop_defer_turn(turns->loop, &turns->task);
}

static void on_clear(void *arg)
{
    struct call_turns *turns = arg;
    loop_task_cancel(&turns->task);
}

enum status call_turns_run(struct call *call, struct loop *loop, struct call_turns *turns,
                           bool (*step)(struct call_turns *turns))
{
    turns->loop = loop;
    turns->step = step;
    loop_task_init(&turns->task, go_on);
    enum status status = arena_on_clear(&call->arena, on_clear, turns);
    if (status == STATUS_OK)
        go_on(&turns->task);
    return status;
}
