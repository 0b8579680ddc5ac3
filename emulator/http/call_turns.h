/*
 * call_turns.h -- an answer that takes several turns of the loop to make, so that long reading
 * holds nobody else up: each step is a fraction of a millisecond's work.
 *
 * Embed it in what the service allocates in the call's arena. The last step answers. Loop thread
 * only.
 */
#ifndef EMULATOR_HTTP_CALL_TURNS_H
#define EMULATOR_HTTP_CALL_TURNS_H

#include <stdbool.h>

#include "emulator/loop/loop.h"

struct call;

struct call_turns {
    struct loop *loop; /* borrowed */
    struct loop_task task;
    bool (*step)(struct call_turns *turns); /* true: once more, in the next turn */
};

/*
 * The first step runs now, others until one returns false or the call is gone. STATUS_NO_MEMORY: no
 * step ran.
 */
NODISCARD enum status call_turns_run(struct call *call, struct loop *loop, struct call_turns *turns,
                                     bool (*step)(struct call_turns *turns));

#endif
