/*
 * exec_environment.h -- the environment of what `hydrant exec` runs: ours, but with everything that
 * leads an AWS client to a place, an identity or a proxy pointing at one Hydrant.
 */
#ifndef EMULATOR_CLI_EXEC_ENVIRONMENT_H
#define EMULATOR_CLI_EXEC_ENVIRONMENT_H

struct arena;

/* NULL-terminated and in the arena; NULL when out of memory. `region` when `given` names none. */
const char **exec_environment(struct arena *arena, const char *const *given, const char *url,
                              const char *region);

#endif
