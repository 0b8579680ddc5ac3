/*
 * loop_uv.h -- the libuv loop inside a struct loop, for the other files of this folder only.
 */
#ifndef EMULATOR_LOOP_LOOP_UV_H
#define EMULATOR_LOOP_LOOP_UV_H

#include <uv.h>

#include "emulator/loop/loop.h"

uv_loop_t *loop_uv(struct loop *loop);

/* The worker's count of jobs that were submitted and are not done. Loop thread only. */
unsigned *loop_jobs(struct loop *loop);

#endif
