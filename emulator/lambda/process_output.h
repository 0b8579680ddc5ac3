/*
 * process_output.h -- what a function's process writes to stdout and stderr, line by line into the
 * log of what it works on (function_process.h). Loop thread only.
 *
 * What it writes between two runs waits for the next one, as far as there is room in the line.
 */
#ifndef EMULATOR_LAMBDA_PROCESS_OUTPUT_H
#define EMULATOR_LAMBDA_PROCESS_OUTPUT_H

#include "emulator/base/slice.h"

struct function_process;

/* A child's on_output; `ctx` is the process. */
void process_output_take(void *ctx, struct slice bytes);

/* Nothing more of it will come for this run: what has no line feed yet is a line, too. */
void process_output_end(struct function_process *process);

#endif
