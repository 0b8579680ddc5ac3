/*
 * process_one.h -- what the first process of a container owes the others there: it passes signals
 * on, and takes leave of those whose parents are gone.
 */
#ifndef EMULATOR_LOOP_PROCESS_ONE_H
#define EMULATOR_LOOP_PROCESS_ONE_H

#include <stdbool.h>

/*
 * In process 1 the rest of the program goes on in a child, where this answers false, as it does in
 * any other process. In process 1 itself it answers true when the child has ended: *ret_code is
 * what to exit with, and the kernel then ends whoever is left. Before any thread.
 */
bool process_one_stands_by(int *ret_code);

#endif
