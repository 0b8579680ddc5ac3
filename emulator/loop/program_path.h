/*
 * program_path.h -- where a program is, as a shell would look for it. Any thread.
 */
#ifndef EMULATOR_LOOP_PROGRAM_PATH_H
#define EMULATOR_LOOP_PROGRAM_PATH_H

struct arena;

/* Its file on the daemon's PATH, in the arena; one of a version manager only when there is no
 * other. NULL: there is none, or no memory. */
const char *program_path_find(struct arena *arena, const char *name);

#endif
